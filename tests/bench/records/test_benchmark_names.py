"""Benchmarks by name: as it is printed, or by a pattern."""

import pytest
from made_records import timed

from flopwatt.bench.records.benchmark_names import is_named, matches, nearest_name


@pytest.mark.parametrize(
    ("name", "pattern", "expected"),
    [
        ("test_x[1]", "test_x[1]", True),
        ("test_x[12]", "test_x[1]", False),
        ("test_x[12]", "test_x[1*]", True),
        ("test_x[12]", "test_x[1?]", True),
        ("test_x[1-2]", "test_x*", True),
        ("test_x2", "test_x[12]", True),  # a set of characters
        ("test_x[12]", "test_x[[]12]", True),
        ("test_x[a*b]", "test_x[a*b]", True),
        ("test_X", "test_x", False),
        ("test_x[!a]", "test_x[!a]", True),
    ],
)
def test_a_name_and_a_pattern(name: str, pattern: str, expected: bool) -> None:
    assert matches(name, pattern) is expected


def test_the_full_name_is_a_name_too_and_the_nearest_is_suggested() -> None:
    benchmark = timed("tight", fullname="tests/test_a.py::TestA::test_it[tight]")
    assert is_named(benchmark, "tests/test_a.py::TestA::test_it[tight]")
    assert is_named(benchmark, "*::TestA::*")
    assert not is_named(benchmark, "*::TestB::*")
    assert nearest_name("test_it[tigh]", [benchmark, timed("other")]) == "; did you mean 'test_it[tight]'?"
