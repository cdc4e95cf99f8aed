"""CSV as people download it: separators, decimal signs, byte order marks, and what is wrong with a file."""

import math
from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.facts.public_csv import PublicRow, read_public


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('Name,Year,Value\nA,2024,"1,234.5"\n', 1234.5),
        ("Name;Year;Value\nA;2024;1234,5\n", 1234.5),
        ("Name;Year;Value\nA;2024;1.234,5\n", 1234.5),
        ("Name;Year;Value\nA;2024;1234.5\n", 1234.5),
        ("Name\tYear\tValue\nA\t2024\t1234,5\n", 1234.5),
        ("\n\nName,Year,Value\n\nA,2024,1.2345e3\n", 1234.5),
    ],
)
def test_numbers_of_either_decimal_sign(text: str, value: float, tmp_path: Path) -> None:
    file = read_public(written(tmp_path, text))
    assert file.columns == ("Name", "Year", "Value")
    (row,) = file.rows(("Year", "Value"))
    assert (row.text(["Name"]), row.number(["Year"]), row.number(["Value"])) == ("A", 2024, value)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert read_public(written(tmp_path, "Name,Value\nA,1\n", "utf-8-sig")).columns == ("Name", "Value")


def test_the_first_column_that_holds_something_is_taken() -> None:
    row = PublicRow({"a": "", "b": "7", "c": "8"}, "x")
    assert (row.number(["a", "b", "c"]), row.text(["a", "c"]), row.text(["d"])) == (7, "8", "")
    assert math.isnan(row.number(["a", "d"]))


def test_cells_that_a_line_lacks_are_empty_and_empty_ones_behind_it_are_no_cells(tmp_path: Path) -> None:
    short, long = read_public(written(tmp_path, "Name,Value,\nA\nB,2,,\n")).rows()
    assert (short.text(["Value"]), long.number(["Value"])) == ("", 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no table; a line of column names and lines of figures are needed"),
        ("Name,Value\n", "holds no table"),
        ('Name,Value\n"A,1\n', "is not valid CSV"),
        ("Name,Name\nA,1\n", "has two columns 'Name'"),
        ("N" * 200_000 + ",Value\nA,1\n", "is not valid CSV: field larger than field limit"),
        ("N" * 2000 + ",Value\nA,1\n", "has a name of 2,000 characters"),
    ],
)
def test_a_file_that_holds_no_table_is_said_in_a_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_public(written(tmp_path, text))
    assert "table.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unicode_text_of_spreadsheets_is_read(tmp_path: Path) -> None:
    (row,) = read_public(written(tmp_path, "Name\tValue\r\nÅ\t1,5\r\n", "utf-16")).rows(("Value",))
    assert (row.text(["Name"]), row.number(["Value"])) == ("Å", 1.5)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"byte 11, on line 2, 'Å' in Windows-1252"):
        read_public(written(tmp_path, "Name,Value\nÅ,1\n", "cp1252"))


def test_words_for_nothing_are_passed_over() -> None:
    row = PublicRow({"a": "n/a", "b": "nan", "c": "3"}, "x")
    assert row.number(["a", "b", "c"]) == 3
    assert row.states(["b", "c"])
    assert not row.states(["a", "b"])


def test_units_are_converted() -> None:
    row = PublicRow({"TDP (W)": "0.7 kW", "Memory (bytes)": "80"}, "x", {"Memory (bytes)": 1e9})
    assert row.number(["TDP (W)"], "W") == 700
    assert row.number(["Memory (bytes)"], "byte") == 80e9
    assert PublicRow({"Memory (bytes)": "80 GB"}, "x", {"Memory (bytes)": 1e6}).number(["Memory (bytes)"], "byte") == 80e9
    with pytest.raises(InputError, match="x: TDP holds '7', and nothing tells its unit"):
        PublicRow({"TDP": "7"}, "x", {"TDP": math.nan}).number(["TDP"], "W")


def test_too_many_cells_are_named_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"table.csv, line 3: has 3 cells for 2 columns"):
        read_public(written(tmp_path, "Name,Value\nA,1\nB,2,3\n"))


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("0,5", r"x: Value holds '0,5'; write a number, or nothing: '0,5' has a decimal comma; write 0.5"),
        ("about 5", r"x: Value holds 'about 5'; .*write 5 or ~5"),
        (".", "Value holds '.'; write a number, or nothing"),
        ("1e999", "Value holds '1e999'; .* too large"),
        ("5 kg", "Value holds '5 kg'; .* plain number is needed"),
    ],
)
def test_what_is_no_number_is_named(cell: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        PublicRow({"Value": cell}, "x").number(["Value"])
