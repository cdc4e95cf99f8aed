"""Workbooks read back: texts are texts, numbers the same numbers, what is not known is empty."""

import math
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flopwatt.bench.errors import InputError
from flopwatt.bench.export import extras, workbook
from flopwatt.bench.export.sheets import ChartSeries, FrontSheet, Sheet, SheetChart, SheetColumn, SheetNumber
from flopwatt.bench.export.workbook import CUT, MAX_TEXT, cell_text, write_workbook

FRONT = FrontSheet("Answer", "title", ("One sentence.",), ("small print",))


def read_back(path: Path, columns: list[SheetColumn], chart: SheetChart | None = None) -> openpyxl.Workbook:
    write_workbook(path, FRONT, [Sheet("data", "what it holds", tuple(columns), chart)])
    return openpyxl.load_workbook(path)


def values(book: openpyxl.Workbook, column: int = 0) -> list[object]:
    return [row[column] for row in book["data"].iter_rows(min_row=2, values_only=True)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(-1e307, 1e307), min_size=1, max_size=8))
def test_numbers_come_back_to_fifteen_digits(tmp_path: Path, numbers: list[float]) -> None:
    book = read_back(tmp_path / "book.xlsx", [SheetColumn("x", numbers, "#,##0")])
    assert [pytest.approx(number, rel=1e-15, abs=0) for number in numbers] == values(book)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=6))
def test_texts_are_texts_and_no_formulas(tmp_path: Path, texts: list[str]) -> None:
    book = read_back(tmp_path / "book.xlsx", [SheetColumn("text", texts)])
    cells = [row[0] for row in book["data"].iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # a text of spaces alone may come back empty
    shown = [str(cell.value or "").strip() for cell in cells]
    assert shown == [cell_text(text).replace("\r", "").strip() for text in texts]


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@SUM(A1)", "{=1}", "https://x.y", "1e5", "_x0041_", "<script>", "∞"])
def test_what_looks_like_something_else_is_a_text(tmp_path: Path, text: str) -> None:
    book = read_back(tmp_path / "book.xlsx", [SheetColumn("text", [text])])
    cell = book["data"]["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert cell.value == text


def test_what_is_not_known_is_empty_and_infinity_is_said(tmp_path: Path) -> None:
    book = read_back(tmp_path / "book.xlsx", [SheetColumn("x", [math.nan, None, math.inf, -math.inf, 0.0], "0.0")])
    assert values(book) == [None, None, "∞", "-∞", 0]


def test_a_text_that_no_cell_holds_is_cut_with_a_word(tmp_path: Path) -> None:
    text = "𝄞" * MAX_TEXT
    book = read_back(tmp_path / "book.xlsx", [SheetColumn("x", [text])])
    (shown,) = values(book)
    assert str(shown).endswith(CUT)
    assert len(str(shown).encode("utf-16-le")) <= 2 * MAX_TEXT


def test_headings_stay_in_sight_and_filter(tmp_path: Path) -> None:
    columns = [
        SheetColumn("chip", ["a", "b"], is_label=True),
        SheetColumn("cost [USD]", [1.0, SheetNumber(0.5, "0.0%")], "#,##0"),
    ]
    page = read_back(tmp_path / "book.xlsx", columns)["data"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:B3")
    assert [page["B2"].number_format, page["B3"].number_format] == ["#,##0", "0.0%"]
    assert page["B1"].value == "cost [USD]"


def test_the_first_sheet_says_what_was_found_and_links_to_the_others(tmp_path: Path) -> None:
    page = read_back(tmp_path / "book.xlsx", [SheetColumn("x", [1.0, 2.0], "0")]).worksheets[0]
    assert (page.title, page["A1"].value, page["A3"].value) == ("Answer", "title", "One sentence.")
    assert [cell.value for cell in page[6]][:3] == ["data", "what it holds", 2]
    assert page["A6"].hyperlink.location == "'data'!A1"


def test_a_chart_shows_the_cells_with_error_bars(tmp_path: Path) -> None:
    chart = SheetChart("bars", "cost", "chip", "cost [USD]", (0, 0), (ChartSeries("cost", 2, (0, 2), 1, 3),))
    columns = [SheetColumn("chip", ["a", "b"], is_label=True), *(SheetColumn(f"P{q}", [q, q + 1.0], "0") for q in (10, 50, 90))]
    read_back(tmp_path / "book.xlsx", columns, chart)
    with zipfile.ZipFile(tmp_path / "book.xlsx") as parts:
        text = parts.read("xl/charts/chart1.xml").decode()
    assert "<c:f>data!$C$2:$C$3</c:f>" in text
    assert "<c:f>data!$A$2:$A$3</c:f>" in text
    assert text.count("<c:v>40.0</c:v>") == 4


def test_rows_that_go_to_the_disk_as_they_are_written_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MANY_ROWS", 1)
    columns = [SheetColumn("chip", ["=a", "b"], is_label=True), SheetColumn("x", [1.0, math.inf], "0")]
    book = read_back(tmp_path / "book.xlsx", columns)
    assert (values(book), values(book, 1)) == (["=a", "b"], [1, "∞"])
    assert book.worksheets[0]["A3"].value == "One sentence."


def test_the_same_run_makes_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    for path in paths:
        write_workbook(path, FRONT, [Sheet("data", "t", (SheetColumn("x", [1.0], "0"),))])
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("old")
    columns = (SheetColumn("x", [object()]),)
    with pytest.raises(TypeError):
        write_workbook(path, FRONT, [Sheet("data", "t", columns)])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_without_the_library_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"^out: .xlsx needs xlsxwriter, .* pip install 'flopwatt\[report\]'$"):
        extras.check_installed("xlsxwriter", ".xlsx")


def test_a_full_disk_is_one_error_and_no_more(tmp_path: Path) -> None:
    """An archive that is cut off and ends itself once more when it is forgotten would write a traceback to stderr."""
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from flopwatt.bench.export.sheets import FrontSheet\n"
        "from flopwatt.bench.export.workbook import write_workbook\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    write_workbook(Path(sys.argv[1]), FrontSheet('Answer', 't', (), ()), [])\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.xlsx")], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("File too large\n", "")
    assert list(tmp_path.iterdir()) == []
