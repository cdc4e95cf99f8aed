"""A comparison on the screen: the outcome first, a table where it fits, two lines a benchmark where it does not."""

import re

import pytest
from made_records import record, timed

from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.screen import show


@pytest.fixture
def sides():
    return [record(timed("steady"), timed("slow"))], [record(timed("steady", seed=1), timed("slow", 0.02, seed=1))]


def printed(sides, capsys, monkeypatch, columns, form="table"):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("flopwatt.bench.compare.screen.LOG_WIDTH", columns)
    show(compare(*sides), *sides, form)
    return capsys.readouterr().out.splitlines()


def test_the_outcome_comes_first(sides, capsys, monkeypatch):
    lines = printed(sides, capsys, monkeypatch, 160)
    assert lines[1] == "FAILED: 1 of 2 benchmarks fail (1 slower, 1 same)."
    assert lines[2].startswith("All 2 together: ")
    heading = next(i for i, line in enumerate(lines) if line.startswith("verdict"))
    assert lines[heading + 1].split()[:2] == ["slower", "test_it[slow]"]
    assert "would see" in lines[heading]
    assert lines[-1].startswith("test_it[slow]: time +")


def test_a_narrow_screen_gets_names_and_numbers_on_lines_of_their_own(sides, capsys, monkeypatch):
    lines = printed(sides, capsys, monkeypatch, 60)
    slower = lines.index("slower  test_it[slow]")
    assert re.match(r"  [\d.]+ ms -> [\d.]+ ms, [12]\.\d+ times \(", lines[slower + 1])
    assert "would see" in lines[slower + 1]
    assert not any(line.startswith("verdict") for line in lines)


@pytest.mark.parametrize(("form", "start"), [("json", "{"), ("csv", "name,"), ("markdown", "**flopwatt compare**")])
def test_other_forms_are_printed_alone(sides, capsys, monkeypatch, form, start):
    assert printed(sides, capsys, monkeypatch, 80, form)[0].startswith(start)
