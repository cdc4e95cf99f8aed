"""Delimited text: what separates columns, line ends, marks, quoted cells, and what is no table."""

from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.facts.delimited import parse_delimited, read_delimited

TABLE = ("name", "value"), [("A", "1"), ("B b", "2")]


def parsed(text: str, ragged: bool = False) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    table = parse_delimited(Path("t.csv"), text, ragged=ragged)
    return table.columns, [line.cells for line in table.lines]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("told", [False, True])
def test_separators_and_line_ends(end: str, sign: str, told: bool) -> None:
    lines = [f"sep={sign}"] * told + [sign.join(cells) for cells in (TABLE[0], *TABLE[1])]
    assert parsed(end.join(lines)) == TABLE
    assert parsed(end.join(["", *lines, "", sign, ""])) == TABLE


def test_the_separator_that_is_told_holds_against_what_the_names_look_like() -> None:
    assert parsed("sep=;\na,b;c\n1;2\n") == (("a,b", "c"), [("1", "2")])
    assert parsed('"sep=;"\na,b;c\n1;2\n') == (("a,b", "c"), [("1", "2")])
    assert parsed("a,b;c\n1;2\n") == (("a,b", "c"), [("1", "2")])
    with pytest.raises(InputError, match=r"t.csv, line 1: separates columns by '\|'; use commas, semicolons or tabs"):
        parsed("sep=|\na|b\n1|2\n")
    with pytest.raises(InputError, match="nothing tells what separates them: 'a,b;c'"):
        parsed("a,b;c\n1\n")


def test_quoted_cells_hold_separators_and_lines() -> None:
    assert parsed('name, "va, lue"\n"A ""a""", "1\n2"\nB,3\n') == (("name", "va, lue"), [('A "a"', "1\n2"), ("B", "3")])


def test_lines_are_numbered_as_they_stand_in_the_file() -> None:
    table = parse_delimited(Path("t.csv"), '\nname,value\n"A\na",1\n\nB,2\n')
    assert [table.place(line) for line in table.lines] == ["t.csv, line 3", "t.csv, line 6"]


def test_the_first_column_may_have_no_name() -> None:
    """As in tables that number their lines."""
    assert parsed(",name\n0,A\n") == (("", "name"), [("0", "A")])


def test_empty_columns_behind_the_others_are_none() -> None:
    assert parsed("name,value,,\nA,1,,\nB b,2\n") == TABLE
    assert parsed("name,value\nA\nB b,2\n", ragged=True) == (TABLE[0], [("A", ""), ("B b", "2")])


@pytest.mark.parametrize(
    ("text", "message"),
    [("name,value\nA\n", "line 2: has 1 cell for 2 columns"),
     ("name,value\nA,6,74\n", "line 2: has 3 cells for 2 columns; write decimals with a point, and a cell that holds commas"),
     ("name,value\n# a remark\nA,1\n", "line 2: has 1 cell for 2 columns; a table has no comments"),
     ("My runs\nname,value\nA,1\n", "line 1: has one column, 'My runs'; the first line that is not empty must name"),
     ("name|value\nA|1\n", "line 1: has one column, 'name|value'; .* separated by commas, semicolons or tabs"),
     ("name,value\nA,1\n\"B,2\n", "line 3: is not valid CSV"),
     ("name,value,name\nA,1,2\n", "has two columns 'name'"),
     ("name,,value\nA,5,1\n", "line 2: holds '5' in a column without a name")],
)  # fmt: skip
def test_what_is_no_table_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parsed(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_a_mark_are_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("name;value\r\nÅ;1\r\n".encode(encoding))
    assert [line.cells for line in read_delimited(path).lines] == [("Å", "1")]


@pytest.mark.parametrize(
    ("encoding", "message"),
    [("cp1252", "byte 12, on line 2, 'Å' in Windows-1252"), ("utf-32", "UTF-32"), ("utf-16-le", "UTF-16 text without")],
)
def test_other_encodings_are_refused_by_name(encoding: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("name;value\r\nÅ;1\r\n".encode(encoding))
    with pytest.raises(InputError, match=f"t.csv: is .*{message}.*; save it as UTF-8"):
        read_delimited(path)
