"""A side of a comparison: newest measurements, what could not be read, benchmarks that are there twice."""

import dataclasses
from pathlib import Path

import pytest
from made_records import record, timed

from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.sides import ambiguous_names, newest
from flopwatt.bench.errors import InputError


def at(fullname, median=0.01, **changes):
    made = timed("a", median, **changes)
    return dataclasses.replace(made, name=fullname.rpartition("::")[2], fullname=fullname, params={})


def test_one_name_in_two_files_is_two_benchmarks():
    base = record(at("a.py::test_x"), at("b.py::test_x", 0.002))
    cand = record(at("a.py::test_x", 0.1), at("b.py::test_x", 0.002))
    outcome = compare([base], [cand])
    assert {row.name: row.verdict for row in outcome.rows} == {"a.py::test_x": "slower", "b.py::test_x": "same"}
    assert outcome.exit_code == 1


def test_full_names_are_shown_only_where_names_are_not_enough():
    side = newest([record(at("a.py::test_x"), at("b.py::test_x"), at("a.py::test_y"))])
    assert ambiguous_names(side, side) == {"test_x"}


def test_one_benchmark_twice_is_an_error_that_names_both_and_the_file():
    twice = dataclasses.replace(record(at("a.py::test_x"), at("a.py::test_x")), path=Path("r.json"))
    with pytest.raises(InputError, match=r"r.json: benchmarks\[0\] and benchmarks\[1\] .* both are 'a.py::test_x'"):
        compare([twice], [record(at("a.py::test_x"))])


def test_a_record_from_a_folder_above_is_matched_and_said_by_its_files():
    outcome = compare([record(at("p/tests/a.py::test_x"))], [record(at("tests/a.py::test_x"))])
    assert outcome.counts == {"same": 1}
    other = compare([record(at("p/tests/a.py::test_x"), at("tests/a.py::test_x"))], [record(at("tests/a.py::test_x"))])
    assert other.counts == {"missing": 1, "same": 1}


@pytest.mark.parametrize("side", ["baseline", "candidate"])
def test_what_could_not_be_read_is_incomparable_on_either_side(side):
    whole, broken = record(at("a.py::test_x")), record(unreadable={"a.py::test_x": "stats.data[1] is null"})
    outcome = compare([broken], [whole]) if side == "baseline" else compare([whole], [broken])
    (row,) = outcome.rows
    assert (row.name, row.verdict) == ("a.py::test_x", "incomparable")
    assert row.reason == f"the {side}'s cannot be used: stats.data[1] is null"


def test_a_newer_record_decides_whether_a_benchmark_can_be_read():
    whole, broken = record(at("a.py::test_x")), record(unreadable={"a.py::test_x": "it failed"})
    assert compare([whole], [whole, broken]).counts == {"incomparable": 1}
    assert compare([whole], [broken, whole]).counts == {"same": 1}
