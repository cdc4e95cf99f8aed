"""What a comparison is written as: any name of a benchmark or a machine is read back."""

import csv
import dataclasses
import io
import json

import pytest
from made_records import MACHINE, record, timed

from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.report import as_csv, as_json, markdown

HOSTILE = ('a"b\\c', "a|b", "two\nlines", "<details>", "`x`", "x,y;z", "](http://x)", "\t\x01")


@pytest.fixture
def sides():
    machine = dataclasses.replace(MACHINE, name='a`b|"c')
    return [[record(*(timed(name, seed=seed) for name in HOSTILE), machine=machine)] for seed in (1, 2)]


def test_json_and_csv_have_every_name(sides) -> None:
    comparison = compare(*sides)
    names = {f"test_it[{name}]" for name in HOSTILE}
    document = json.loads(as_json(comparison, *sides))
    assert {row["name"] for row in document["benchmarks"]} == names
    assert document["baseline"][0]["machine"] == 'a`b|"c'
    assert {row["name"] for row in csv.DictReader(io.StringIO(as_csv(comparison), newline=""))} == names


def test_a_markdown_table_has_a_row_for_every_name(sides) -> None:
    text = markdown(compare(*sides), *sides)
    rows = [line.replace(r"\\", "").replace(r"\|", "") for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == len(HOSTILE) + 2
    assert {row.count("|") for row in rows} == {10}
    assert text.replace(r"\<", "").count("<details>") == 1
    assert "`aaaaaaaaaaaa` on `a'b|\"c`" in text
