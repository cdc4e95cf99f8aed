"""Decimal signs of a table's numbers: whether commas or points stand before decimals, told from the whole file or refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import InputError

POINT, COMMA = ".", ","
# Between thousands, beside the other decimal sign: blanks (thin ones too, and such as do not break), apostrophes, underscores.
_MARKS = " \u00a0\u2007\u2009\u202f'\u2019_"


def _form(decimal: str, thousands: str) -> re.Pattern[str]:
    """Write the form of a number at the start of a cell: groups of three with one mark, or digits and a power of ten."""
    grouped = rf"[1-9][0-9]{{0,2}}(?P<mark>[{re.escape(thousands + _MARKS)}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*(?![0-9])"
    sign = re.escape(decimal)
    power = r"(?:[eE][-+]?[0-9]+)?"
    number = rf"{grouped}(?:{sign}[0-9]*)?|[0-9]+(?:{sign}[0-9]*)?{power}|{sign}[0-9]+{power}"
    # behind it a unit or a remark: neither digits nor what could be more of the number
    behind = rf"(?![-+.,\d{re.escape(_MARKS.strip())}]|[eE][-+]?\d|\s+\d)"
    return re.compile(rf"\s*[~≈]?\s*(?P<number>[-+]?(?:{number})){behind}")


_FORMS = {POINT: _form(POINT, COMMA), COMMA: _form(COMMA, POINT)}


@dataclass(frozen=True)
class NumberCell:
    """A cell that should hold a number.

    Attributes
    ----------
    text
        What stands in it.
    column
        The column's heading.
    place
        Names file and line.
    whole
        Whether the column's numbers are whole: 2.048 chips are 2048.
    parts
        Whether they have decimals as often as thousands: 1,500 in a column of billions.
    """

    text: str
    column: str
    place: str
    whole: bool = False
    parts: bool = False

    def readings(self) -> tuple[float | None, float | None]:
        """Read the number with a decimal point, and with a decimal comma; None where it has not that form."""
        point, comma = (self._reading(_FORMS[sign].match(self.text), sign) for sign in (POINT, COMMA))
        return point, comma

    def _reading(self, match: re.Match[str] | None, decimal: str) -> float | None:
        if match is None:
            return None
        value = float(_plain(match, decimal))
        alone = not self.text[match.end("number") :].strip()  # a letter for thousands may make a whole number of it
        return None if self.whole and alone and value % 1 else value

    def has_mark(self) -> bool:
        """Tell whether blanks, apostrophes or underscores stand between thousands."""
        matches = (form.match(self.text) for form in _FORMS.values())
        return any(match is not None and match["mark"] is not None and match["mark"] in _MARKS for match in matches)

    def told(self) -> str:
        """Say where the cell is and what it holds."""
        return f"{self.column[:60]} holds {self.text.strip()[:40]!r}"


def plain_number(text: str, decimal: str = POINT) -> str:
    """Write the number that a cell begins with without marks between thousands and with a decimal point.

    Parameters
    ----------
    text
        The cell; a unit or a remark may follow the number, and stays.
    decimal
        ``POINT`` or ``COMMA``: what stands before its decimals.

    Returns
    -------
    str
        The cell as it is where it begins with no number of that form.
    """
    match = _FORMS[decimal].match(text)
    if match is None:
        return text
    return f"{text[: match.start('number')]}{_plain(match, decimal)}{text[match.end('number') :]}"


def _plain(match: re.Match[str], decimal: str) -> str:
    """Write a number that was matched without its marks."""
    return match["number"].replace(match["mark"] or "", "").replace(decimal, POINT)


def decimal_sign(cells: Iterable[NumberCell], separator: str) -> str:
    """Tell the decimal sign of a file from all cells that should hold numbers.

    A comma is one only where commas do not separate the columns: where some number has no other reading, and none needs a
    decimal point. Where commas separate them it stands between thousands, and a number that only a decimal comma explains is
    left to who reads the cell, if others have a point. Where nothing tells ``1,500`` from 1.5, the file is refused.

    Parameters
    ----------
    cells
        The cells of the file's columns of numbers.
    separator
        What separates the columns.

    Returns
    -------
    str
        ``POINT`` or ``COMMA``.

    Raises
    ------
    InputError
        Where the cells contradict each other, or could be read in two manners; it names file, line and column.
    """
    cells = list(cells)
    points, commas, either = _sorted(cells)
    if separator == COMMA and points:
        commas = []
    if commas and separator == COMMA:
        raise _refused(commas[0], f"write {_right(commas[0], COMMA)}, or separate the columns with semicolons")
    if commas and points:
        other = f"{points[0].column[:60]} {points[0].text.strip()[:40]!r} ({points[0].place.rpartition(', ')[2]})"
        raise _refused(commas[0], f"a decimal comma, and {other} has a decimal point; write all numbers with the same sign")
    if commas:
        return COMMA
    if separator == COMMA:
        parts = any(cell.has_mark() for cell in cells)  # thousands stand apart in another manner, so that commas may be decimal
        either = [cell for cell in either if cell.whole or ((parts or cell.parts) and COMMA in cell.text)]
    if either and not points:
        cell = either[0]
        both = " or ".join(_right(cell, sign) for sign in (POINT, COMMA))
        raise _refused(cell, f"and no number of the file tells whether that is {both}; write it so")
    return POINT


def _sorted(cells: Iterable[NumberCell]) -> tuple[list[NumberCell], list[NumberCell], list[NumberCell]]:
    """Sort cells into those that only a decimal point explains, those that only a comma does, and those of two values."""
    points: list[NumberCell] = []
    commas: list[NumberCell] = []
    either: list[NumberCell] = []
    for cell in cells:
        point, comma = cell.readings()
        if point == comma:  # an integer, or no number at all
            continue
        (points if comma is None else commas if point is None else either).append(cell)
    return points, commas, either


def _right(cell: NumberCell, decimal: str) -> str:
    """Write a number so that it has one reading, its unit behind it: 1,500 as 1500 or as 1.5, 1,234 as 1234 or as 1.2340."""
    text = plain_number(cell.text, decimal).strip()
    text = re.sub(r"(\.\d*?[1-9]?)0+(?!\d)", r"\1", text, count=1)
    return re.sub(r"(?<!\d)([1-9]\d{0,2}\.\d{3})(?!\d)", r"\g<1>0", text, count=1)


def _refused(cell: NumberCell, why: str) -> InputError:
    return InputError(f"{cell.told()}{',' if why.startswith('a') else ';'} {why}", where=cell.place)
