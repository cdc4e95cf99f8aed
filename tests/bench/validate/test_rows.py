"""Rows as people and spreadsheets write them: numbers, cells that say there is none, CSV."""

import math
from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.validate import rows
from flopwatt.bench.validate.rows import CaseRow
from flopwatt.bench.validate.run import kind_of, kinds


@pytest.mark.parametrize(
    "cell", ["seven", "inf", "-3", "0", "1,00", "1.000,5", "1e999", "1e300", "1e-300", "12 h", True, 10**400, [1], {"a": 1}]
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
