"""Relative differences, and which thresholds and numbers are within tolerance of one another."""

import numpy as np
import pytest

from flopwatt.bench.verify.tolerance import Agreement, around, met_within, relative, shift
from flopwatt.kernels.model.condition import Condition


def test_relative() -> None:
    a, b = np.array([1.0, np.nan, 0.0, np.inf, np.nan, 2.0]), np.array([1.0, np.nan, 0.0, np.inf, 1.0, 1.0])
    np.testing.assert_array_equal(relative(a, b), [0, 0, 0, 0, np.inf, 0.5])


def test_agreements_add_up_to_the_worse() -> None:
    assert Agreement(0.1) & Agreement(0.2, "it differs") == Agreement(0.2, "it differs")
    assert Agreement(0.1, "first") & Agreement(0.0, "second") == Agreement(0.1, "first")


@pytest.mark.parametrize(("op", "by", "moved"), [("<=", 0.1, 2.2), ("<", -0.1, 1.8), (">=", 0.1, 1.8), (">", -0.1, 2.2)])
def test_a_threshold_moves_so_that_more_or_fewer_are_let_in(op: str, by: float, moved: float) -> None:
    (shifted,) = shift(Condition("x", op, 2.0), by)
    assert (shifted.op, shifted.value) == (op, pytest.approx(moved))


VALUES = np.array([1.0, 2 - 4e-16, 2.0, 2 + 9e-16, 3.0])
# who must be let in, and who may be
WITHIN = {
    "<=": ([1, 0, 0, 0, 0], [1, 1, 1, 1, 0]),
    "<": ([1, 0, 0, 0, 0], [1, 1, 1, 1, 0]),
    ">=": ([0, 0, 0, 0, 1], [0, 1, 1, 1, 1]),
    ">": ([0, 0, 0, 0, 1], [0, 1, 1, 1, 1]),
    "==": ([0, 0, 1, 0, 0], [0, 1, 1, 1, 0]),
    "!=": ([1, 1, 0, 1, 1], [1, 1, 0, 1, 1]),
}


@pytest.mark.parametrize("op", WITHIN)
@pytest.mark.parametrize("threshold", [2.0, "limit"])
def test_a_number_at_a_threshold_may_be_let_in_or_not(op: str, threshold: float | str) -> None:
    met = met_within(Condition("x", op, threshold), {"x": VALUES, "limit": np.full(5, 2.0)}, "float64")
    for mask, expected in zip(met, WITHIN[op], strict=True):
        np.testing.assert_array_equal(mask, np.array(expected, bool))


def test_what_a_number_may_be_on_another_engine() -> None:
    low, high = around(np.array([-4.0, 0.0, 2.0, np.inf, np.nan], np.float32), 0.25)
    np.testing.assert_array_equal(low, [-5.0, 0.0, 1.5, np.inf, np.nan])
    np.testing.assert_array_equal(high, [-3.0, 0.0, 2.5, np.inf, np.nan])
    assert low.dtype == np.float64
