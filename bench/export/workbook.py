"""Workbooks: sheets written with XlsxWriter, texts as texts and numbers as numbers."""

import io
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...kernels.files import write_whole
from ...kernels.text import visible
from .extras import check_installed
from .sheets import MAX_ROWS, FrontSheet, Sheet, SheetChart, SheetColumn, SheetNumber, SummaryRow

ENDING = ".xlsx"
MAX_TEXT = 32_767  # characters of a cell, in units of UTF-16
CUT = " ... (cut: a cell holds no more)"
INFINITY = "∞"
# Two workbooks of one run are alike to the byte: they carry the date that the parts of every such file have, not the clock's.
MADE = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_MANY_ROWS = 50_000  # from which on rows go to the disk as they are written
_WIDTHS = 8, 60  # characters
_LOOKED_AT = 1_000  # rows of a column that its width is taken from
_TEXT_WIDTH = 110
_NO_XML = re.compile("[\ufffe\uffff]")  # what no XML file may hold, beside what `visible` writes out


def cell_text(text: str) -> str:
    """Make a text fit for a cell: what no sheet may hold is written out, what is too long is cut with a word."""
    clean = _NO_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", visible(text))
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * MAX_TEXT:
        return clean
    return units[: 2 * (MAX_TEXT - len(CUT))].decode("utf-16-le", errors="ignore") + CUT


def write_workbook(path: Path, front: FrontSheet, sheets: Sequence[Sheet]) -> None:
    """Write a workbook whole or not at all.

    Parameters
    ----------
    path
        Where to.
    front
        The first sheet, which lists the others.
    sheets
        The others, in their order.

    Raises
    ------
    OSError
        Where it could not be written; then a file that was there stands as it was.
    InputError
        Where XlsxWriter is not installed.
    """
    check_installed("xlsxwriter", ENDING)
    import xlsxwriter

    many = any(sheet.length > _MANY_ROWS for sheet in sheets)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": many,
        "in_memory": not many,
    }
    content = io.BytesIO()  # an archive that a full disk cuts off would try to end itself once more when it is forgotten
    try:
        with xlsxwriter.Workbook(content, options) as book:
            book.set_properties({"title": cell_text(front.title)[:255], "author": "flopwatt", "created": MADE})
            writer = _Writer(book)
            writer.front(front, sheets)
            for sheet in sheets:
                writer.sheet(sheet)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error)) from None
    write_whole(path, content.getvalue())


class _Writer:
    """Writes sheets into an open workbook, with the formats that they share."""

    def __init__(self, book: Any):
        self.book = book
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **properties: Any) -> Any:
        """Return the one format of these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]

    def front(self, front: FrontSheet, sheets: Sequence[Sheet]) -> None:
        """Write the first sheet: title, sentences, the list of the others with links, small print."""
        page = self.book.add_worksheet(front.name)
        page.hide_gridlines(2)
        page.set_column(0, 0, 34)
        page.set_column(1, 1, _TEXT_WIDTH - 34)
        page.set_column(2, 2, 14)
        page.set_column(3, 3, 40)
        page.set_column(4, 4, 44)
        title, plain = self.style(bold=True, font_size=16), self.style(text_wrap=True, valign="top")
        page.write_string(0, 0, cell_text(front.title), title)
        row = 2
        for sentence in front.sentences:
            page.set_row(row, 15.0 * _lines(sentence, _TEXT_WIDTH))
            page.merge_range(row, 0, row, 1, "", plain)
            page.write_string(row, 0, cell_text(sentence), plain)
            row += 1
        row += bool(front.sentences)
        row = self.summary(page, front.summary, row) if front.summary else row
        for column, heading in enumerate(("Sheet", "What it holds", "Rows", "Note")):
            page.write_string(row, column, heading, self.style(bold=True, bottom=1))
        for sheet in sheets:
            row += 1
            target = "internal:'{}'!A1".format(sheet.name.replace("'", "''"))
            page.write_url(row, 0, target, self.style(font_color="#0563C1", underline=1), sheet.name)
            page.write_string(row, 1, cell_text(sheet.title), plain)
            page.write_number(row, 2, sheet.length, self.style(num_format="#,##0", valign="top"))
            page.write_string(row, 3, cell_text(sheet.note), plain)
        row += 2
        for line in front.small_print:
            page.write_string(row, 0, cell_text(line), self.style(font_color="#595959", valign="top"))
            row += 1

    def summary(self, page: Any, rows: Sequence[SummaryRow], row: int) -> int:
        """Write the rows that matter of all questions; return the row after them and an empty one."""
        for column, heading in enumerate(("Question", "Of", "Value", "Unit", "As it is read")):
            page.write_string(row, column, heading, self.style(bold=True, bottom=1))
        plain = self.style(text_wrap=True, valign="top")
        for one in rows:
            row += 1
            _write_cell(page, row, 0, one.question, plain, plain)
            _write_cell(page, row, 1, one.what, plain, plain)
            if one.value is not None:
                look = self.style(num_format=one.value.number_format, valign="top", align="right")
                _write_cell(page, row, 2, one.value.value, look, plain)
            _write_cell(page, row, 3, one.unit, plain, plain)
            _write_cell(page, row, 4, one.text, plain, plain)
        return row + 2

    def sheet(self, sheet: Sheet) -> None:
        """Write a sheet: headings, rows, and a chart to the right of them."""
        page = self.book.add_worksheet(sheet.name)
        heading = self.style(bold=True, text_wrap=True, valign="top", bottom=1)
        length = min(sheet.length, MAX_ROWS)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, _width(column))
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, cell_text(column.heading), heading)
        formats = [self.style(num_format=column.number_format or "General", valign="top") for column in sheet.columns]
        texts = self.style(valign="top", text_wrap=True), self.style(valign="top")
        for row in range(length):
            for place, column in enumerate(sheet.columns):
                cell: Any = column.values[row]
                value, look = cell, formats[place]
                if isinstance(cell, SheetNumber):
                    value, look = cell.value, self.style(num_format=cell.number_format, valign="top", align="right")
                _write_cell(page, row + 1, place, value, look, texts[column.is_label])
        page.freeze_panes(1, sum(column.is_label for column in sheet.columns))
        if sheet.columns:
            page.autofilter(0, 0, max(length, 1), len(sheet.columns) - 1)
        if sheet.chart is not None:
            self.chart(page, sheet, sheet.chart)

    def chart(self, page: Any, sheet: Sheet, asked: SheetChart) -> None:
        """Put a chart to the right of a sheet's columns."""
        forms = {"bars": {"type": "column"}, "lines": {"type": "scatter", "subtype": "straight_with_markers"}}
        chart = self.book.add_chart(forms.get(asked.form, {"type": "scatter"}))
        for series in asked.series:
            chart.add_series(_series(sheet, asked, series))
        chart.set_title({"name": _chart_text(asked.title), "name_font": {"size": 12}})
        chart.set_x_axis({"name": _chart_text(asked.across)})
        chart.set_y_axis({"name": _chart_text(asked.up), "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
        chart.set_legend({"none": True} if len(asked.series) == 1 else {"position": "bottom"})
        chart.set_size({"width": 720, "height": 420})
        page.insert_chart(1, len(sheet.columns) + 1, chart, {"description": _chart_text(asked.title)})


def _series(sheet: Sheet, asked: SheetChart, series: Any) -> dict[str, Any]:
    """Put a series into the words of XlsxWriter: ranges of cells, and error bars of numbers."""
    first, last = series.rows[0] + 1, series.rows[1]  # the heading is row 0
    result: dict[str, Any] = {
        "name": _chart_text(series.name),
        "categories": [sheet.name, first, asked.categories[0], last, asked.categories[1]],
        "values": [sheet.name, first, series.column, last, series.column],
    }
    if asked.form == "bars":
        result["gap"] = 60
    if series.low is not None and series.high is not None:
        middle, low, high = (
            [_bare(cell) for cell in sheet.columns[place].values[slice(*series.rows)]]
            for place in (series.column, series.low, series.high)
        )
        result["y_error_bars"] = {
            "type": "custom",
            "plus_values": [_distance(a, b) for a, b in zip(middle, high, strict=True)],
            "minus_values": [_distance(b, a) for a, b in zip(middle, low, strict=True)],
        }
    return result


def _bare(cell: Any) -> Any:
    return cell.value if isinstance(cell, SheetNumber) else cell


def _chart_text(text: str) -> str:
    """Make a text fit for a chart, where ``Sheet!A1`` would be taken for a range of cells."""
    return re.sub(r"!(?=\$?[A-Z])", "! ", cell_text(text)[:250])


def _distance(low: Any, high: Any) -> float:
    """Return the length of an error bar; nothing where an end is not known."""
    known = isinstance(low, float | int) and isinstance(high, float | int) and math.isfinite(low) and math.isfinite(high)
    return float(high - low) if known else 0.0


def _write_cell(page: Any, row: int, column: int, value: Any, number: Any, text: Any) -> None:
    """Write a text as a text, a number as a number, infinity as a word, and nothing where nothing is known."""
    if value is None:
        return
    if isinstance(value, str):
        page.write_string(row, column, cell_text(value), text)
    elif math.isfinite(value):
        page.write_number(row, column, value, number)
    elif math.isinf(value):
        page.write_string(row, column, INFINITY if value > 0 else f"-{INFINITY}", number)


def _width(column: SheetColumn) -> float:
    """Find a width for a column, in characters: of its longest text or its numbers, within reason."""
    texts = [value for value in column.values[:_LOOKED_AT] if isinstance(value, str)]
    longest = max((min(len(text), _WIDTHS[1]) for text in texts), default=12)
    words = max((len(word) for word in column.heading.split()), default=0)
    return float(min(max(_WIDTHS[0], longest + 2, min(words, 24) + 3), _WIDTHS[1]))


def _lines(text: str, width: int) -> int:
    return sum(-(-max(len(line), 1) // width) for line in text.splitlines() or [""])
