"""A table for people as lines of text: headings of at most two lines, a unit said once, cells wrapped and never cut."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ...kernels.text import visible
from .tables import GAP

MIN_LABEL = 12  # characters that a column of words is narrowed to at most
MAX_UPRIGHT = 3  # rows that are put upright where they are too wide
SLACK = 4  # characters by which a heading in one line may be wider than one that shares its lines with a unit


@dataclass(frozen=True)
class LaidColumn:
    """A column to be laid out.

    Attributes
    ----------
    heading
        In words.
    cells
        A text for each row, without the unit.
    left
        Whether the cells are read from the left.
    unit
        The scale and unit of all cells; empty where they have their own or none.
    group
        Neighbours of one group and unit have the unit once between them; empty where a column stands alone.
    kept
        Whether it stays where a table is too wide: what the rows are, and what is asked for.
    texts
        The cells with their unit, for where they do not stand below it; empty where they are the same.
    """

    heading: str
    cells: tuple[str, ...]
    left: bool = False
    unit: str = ""
    group: str = ""
    kept: bool = False
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A table as lines, none wider than the screen.

    Attributes
    ----------
    headings
        The lines above the rows.
    rows
        A tuple of lines for each row.
    left_out
        The headings of columns that there was no room for.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: tuple[str, ...] = ()


def text_width(text: str) -> int:
    """Return how many cells of a terminal a line takes: wide characters two, joined ones none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrap_sentence(text: str, width: int, indent: str) -> list[str]:
    """Break a sentence into lines of so many cells, its further lines indented; what a terminal would obey is written out.

    Parameters
    ----------
    text
        The sentence.
    width
        Of a line (cells).
    indent
        What each line but the first begins with.
    """
    words = visible(text)
    lines = _wrap(words, width)
    if len(lines) == 1:
        return lines
    rest = " ".join(words.split())[len(lines[0]) :].strip()
    return [lines[0], *(indent + line for line in _wrap(rest, width - len(indent)))]


def lay_out(columns: Sequence[LaidColumn], width: int, *, whole: bool = False) -> list[Layout]:
    """Lay a table out.

    Where it is too wide, words are wrapped first. Then few rows are put upright; of many rows the last columns are left out, or
    with ``whole`` put into further tables below. Rows are written out as lines of words where nothing else does.

    Parameters
    ----------
    columns
        The columns, all with as many cells.
    width
        Of the screen (characters).
    whole
        Whether every column must be there.

    Returns
    -------
    list
        One table; several with ``whole`` where one does not do.
    """
    columns = [_written_out(column) for column in columns]
    fitting = _fit(columns, width)
    if fitting is not None:
        return [fitting]
    upright = _upright(columns, width) if columns and len(columns[0].cells) <= MAX_UPRIGHT else None
    if upright is not None:
        return [upright]
    return (_blocks(columns, width) if whole else _without_last(columns, width)) or [_records(columns, width)]


def _written_out(column: LaidColumn) -> LaidColumn:
    """Write out what a terminal would obey, and fold line breaks: a cell is one line before it is wrapped."""
    cells, texts = (tuple(" ".join(visible(cell).split()) for cell in own) for own in (column.cells, column.texts))
    return replace(column, heading=" ".join(visible(column.heading).split()), cells=cells, texts=texts or cells)


def _fit(columns: Sequence[LaidColumn], width: int) -> Layout | None:
    """Lay columns side by side, words wrapped as far as need be; None where they are too wide all the same."""
    laid = [_Laid.of(column) for column in columns]
    spare = width - sum(one.width for one in laid) - GAP * (len(laid) - 1)
    for one in sorted((one for one in laid if one.column.left), key=lambda one: -one.width):
        if spare < 0:
            spare += one.narrow(max(one.width + spare, MIN_LABEL))
    groups = list(_groups(laid))
    spare -= sum(group.widen() for group in groups)
    if spare < 0:
        return None
    heads = [group.heading_lines() for group in groups]
    high = max(map(len, heads), default=0)
    lines = [[" " * group.width()] * (high - len(head)) + head for group, head in zip(groups, heads, strict=True)]
    headings = tuple((" " * GAP).join(parts).rstrip() for parts in zip(*lines, strict=True))
    count = len(columns[0].cells) if columns else 0
    return Layout(headings, tuple(_row_lines(laid, number) for number in range(count)))


@dataclass
class _Laid:
    """A column with its width, and its heading's lines."""

    column: LaidColumn
    width: int
    heading: list[str]

    @classmethod
    def of(cls, column: LaidColumn) -> "_Laid":
        cells = max(map(text_width, column.cells), default=0)
        heading = [column.heading] if column.group else _two_lines(column.heading, _left_of(column), cells)
        return cls(column, max(cells, *map(text_width, heading)), heading)

    def narrow(self, width: int) -> int:
        """Make it narrower, and return by how much it became so."""
        before, width = self.width, min(width, self.width)
        self.heading = _wrap(self.column.heading, width)
        lines = [*self.heading, *(line for cell in self.column.cells for line in _wrap(cell, width))]
        self.width = max(map(text_width, lines))
        return before - self.width

    def lines(self, number: int) -> list[str]:
        cell = self.column.cells[number]
        return [cell] if text_width(cell) <= self.width else _wrap(cell, self.width)


@dataclass
class _Group:
    """Neighbours that have their unit once between them, or a column alone."""

    laid: list[_Laid]

    def widen(self) -> int:
        """Widen the first column where the unit is wider than all are together, and return by how much."""
        unit = self.laid[0].column.unit if self.laid[0].column.group else ""
        missing = max(text_width(unit) - self.width(), 0)
        self.laid[0].width += missing
        return missing

    def width(self) -> int:
        return sum(one.width for one in self.laid) + GAP * (len(self.laid) - 1)

    def heading_lines(self) -> list[str]:
        first = self.laid[0]
        if not first.column.group:
            return [_justified(line, first.width, first.column.left) for line in first.heading]
        names = (" " * GAP).join(_justified(one.column.heading, one.width, one.column.left) for one in self.laid)
        unit, room = first.column.unit, self.width()
        return [
            names,
            " " * ((room - text_width(unit) + 1) // 2) + _justified(unit, 0) + " " * ((room - text_width(unit)) // 2),
        ]


def _groups(laid: Iterable[_Laid]) -> Iterable[_Group]:
    last: _Group | None = None
    for one in laid:
        column = one.column
        if last and column.group and (column.group, column.unit) == (last.laid[0].column.group, last.laid[0].column.unit):
            last.laid.append(one)
            continue
        if last:
            yield last
        last = _Group([one])
    if last:
        yield last


def _row_lines(laid: Sequence[_Laid], number: int) -> tuple[str, ...]:
    cells = [one.lines(number) for one in laid]
    high = max(map(len, cells))
    padded = [lines + [""] * (high - len(lines)) for lines in cells]
    return tuple(
        (" " * GAP).join(_justified(text, one.width, one.column.left) for one, text in zip(laid, line, strict=True)).rstrip()
        for line in zip(*padded, strict=True)
    )


def _justified(text: str, width: int, left: bool = False) -> str:
    blanks = " " * max(width - text_width(text), 0)
    return text + blanks if left else blanks + text


def _left_of(column: LaidColumn) -> str:
    """Return what of a unit a heading does not say already: ``million`` of chips below "number of chips"."""
    head, _, last = column.unit.rpartition(" ")
    said = {word.strip("(),").removesuffix("s") for word in column.heading.split()}
    return head if last.removesuffix("s") in said else column.unit


def _two_lines(heading: str, unit: str, cells: int) -> list[str]:
    """Break a heading with its unit into at most two lines, as wide as its cells or as narrow as that can be."""
    text = f"{heading}, {unit}" if unit else heading
    words = text.split()
    wrapped = next((w for w in range(max(cells, *map(text_width, words), 1), 10**6) if len(_wrap(text, w)) <= 2), 0)
    if unit and max(text_width(heading), text_width(unit)) <= max(wrapped, cells) + SLACK:
        return [heading, unit]
    return _wrap(text, wrapped)


def _wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of so many cells, at blanks where that can be."""
    if text.isascii():
        return textwrap.wrap(text, max(width, 1), break_on_hyphens=False) or [""]
    from rich.cells import chop_cells

    lines = [""]
    for word in text.split():
        for part in chop_cells(word, max(width, 2)):
            joined = f"{lines[-1]} {part}" if lines[-1] else part
            if text_width(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(part)
    return lines


def _upright(columns: Sequence[LaidColumn], width: int) -> Layout | None:
    """Put rows upright: a line for each column, its heading first."""
    headings = LaidColumn("", tuple(column.heading for column in columns), left=True)
    rows = zip(*(column.texts for column in columns), strict=True)
    laid = _fit([headings, *(LaidColumn("", tuple(row), left=True) for row in rows)], width)
    return None if laid is None else Layout((), laid.rows)


def _without_last(columns: Sequence[LaidColumn], width: int) -> list[Layout]:
    """Leave out as many columns as need be, from the last, but none that is kept."""
    left, out = list(columns), list[str]()
    while len(left) > 1:
        place = next((i for i in reversed(range(len(left))) if not left[i].kept), None)
        if place is None:
            return []
        out.insert(0, left.pop(place).heading)
        laid = _fit(left, width)
        if laid is not None:
            return [replace(laid, left_out=tuple(out))]
    return []


def _blocks(columns: Sequence[LaidColumn], width: int) -> list[Layout]:
    """Split the columns into tables that all begin with the columns of words and those that name the rows."""
    count = next((i for i, column in enumerate(columns) if not column.kept), len(columns))
    head, rest = columns[:count], list(columns[count:])
    blocks = []
    while rest:
        fitting = [laid for n in range(1, len(rest) + 1) if (laid := _fit([*head, *rest[:n]], width)) is not None]
        if not fitting:
            return []
        blocks.append(fitting[-1])
        rest = rest[len(fitting) :]
    return blocks


def _records(columns: Sequence[LaidColumn], width: int) -> Layout:
    """Write rows out as words: ``chip H100, cost 3 million USD``."""
    rows = []
    for cells in zip(*(column.texts for column in columns), strict=True):
        words = ", ".join(f"{column.heading} {cell}" for column, cell in zip(columns, cells, strict=True))
        first, *others = _wrap(words, width)
        rows.append((first, *(f"  {line}" for line in _wrap(" ".join(others), width - 2) if line)))
    return Layout((), tuple(rows))
