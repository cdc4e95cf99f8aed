"""Rows as people and spreadsheets write them: numbers, cells that say there is none, CSV."""

import io
import math
import sys
import time
from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.validate import rows
from flopwatt.bench.validate.rows import CaseRow, read
from flopwatt.bench.validate.run import kind_of, kinds


@pytest.mark.parametrize(
    "cell", ["seven", "inf", "-3", "0", "1,00", "1.000,5", "1e999", "1e300", "1e-300", "12 kWh", True, 10**400, [1], {"a": 1}]
)
def test_a_number_that_is_none_names_row_and_column(cell: object) -> None:
    row = CaseRow({"gpu_hours": cell}, "runs.csv, line 7")
    with pytest.raises(InputError, match=r"runs\.csv, line 7: gpu_hours (must|is)"):
        row.positive("gpu_hours")
    assert math.isnan(row.positive("tokens_t"))


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,000", 1000), ("2,788,000.5", 2788000.5), ("30 840 000", 3.084e7), ("~5e6", 5e6), (" 7 ", 7), (12, 12)],
)
def test_a_number_as_people_write_it(cell: object, number: float) -> None:
    assert CaseRow({"gpu_hours": cell}, "").positive("gpu_hours") == number


@pytest.mark.parametrize("cell", ["n/a", "N/A", "nan", "-", "unknown", "Not reported", "not stated", ""])
def test_a_cell_that_says_there_is_none(cell: str) -> None:
    assert math.isnan(CaseRow({"gpu_hours": cell}, "").positive("gpu_hours"))


def test_a_csv_as_spreadsheets_leave_it(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_bytes("\ufeffModel, Hardware ,gpu_hours,,\r\n\r\nx,H100,n/a,,\r\n,,,,\r\n".encode())
    read = rows.read(path)
    assert read.columns == {"model", "hardware", "gpu_hours"}
    assert kind_of(read) is kinds()[0]
    assert [row.cells for row in read.rows] == [{"model": "x", "hardware": "H100", "gpu_hours": "n/a"}]


def test_a_cell_or_a_name_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"model,notes\nx,{'alloc' * 3000}\n")
    with pytest.raises(InputError, match=r"line 2: notes has 15,000 characters; at most 10,000 are read"):
        read(path)
    path.write_text(f"{'m' * 5000},notes\nx,y\n")
    with pytest.raises(InputError, match=r"has a name of 5,000 characters"):
        read(path)


def test_many_columns_and_empty_cells_take_no_time(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{','.join(map(str, range(100_000)))}\n1{',' * 99_999}{',' * 500_000}\n")
    start = time.perf_counter()
    assert len(read(path).columns) == 100_000
    assert time.perf_counter() - start < 5


def test_cases_come_from_the_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("model,notes\nx,y\n", '[[cases]]\nmodel = "x"\nnotes = "y"\n'):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert [row.text("notes") for row in read(Path("-")).rows] == ["y"]
