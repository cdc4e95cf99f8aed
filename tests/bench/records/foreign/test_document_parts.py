"""Numbers of other tools' files: what costs a benchmark and what is refused."""

import math

import pytest

from flopwatt.bench.records.foreign.document_parts import Rows, check_order, count_of, number, scalar_of, seconds_of
from flopwatt.bench.records.foreign.errors import UnusableError
from flopwatt.kernels.validation.validator import DataError


@pytest.mark.parametrize("value", [None, True, "1", math.nan, math.inf, 10**400, [1.0]])
def test_what_is_no_number(value):
    with pytest.raises(UnusableError, match=r"^it is "):
        number(value, "it")


@pytest.mark.parametrize("value", [0, -1.0, 1e-16, 1e10])
def test_what_is_no_time(value):
    with pytest.raises(UnusableError, match="no time"):
        seconds_of(value, "it")


@pytest.mark.parametrize("value", [0, -2, 1.5, None, "3", True, 10**19])
def test_what_is_no_count(value):
    with pytest.raises(DataError, match=r"^it must be "):
        count_of(value, ("it",))


def test_counts_may_be_written_as_floats():
    assert count_of(499.0, ("it",)) == 499


def test_quantiles_may_miss_but_not_fall():
    names = ("min", "q1", "median")
    check_order({"min": 1.0, "median": 1.0}, names, ())
    check_order({"min": 1.0005, "median": 1.0}, names, (), 1e-3)
    with pytest.raises(DataError, match=r"stats\.min is 2, above median, 1"):
        check_order({"min": 2, "q1": None, "median": 1}, names, ("stats",))


def test_a_tenth_of_zeros_is_left_out_and_more_are_not():
    rows = Rows()
    assert len(rows.samples("a", [0.0] + [1.0] * 9, "times")) == 9
    assert rows.remarks == ["a: 1 of 10 samples left out, for they are 0"]
    with pytest.raises(UnusableError, match="2 of 10 samples are 0"):
        rows.samples("a", [0.0] * 2 + [1.0] * 8, "times")


def test_scalars_stay_and_the_rest_is_text():
    assert [scalar_of(value) for value in (1, "a", None, False, math.inf, [1])] == [1, "a", None, False, "inf", "[1]"]
