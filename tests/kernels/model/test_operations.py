"""The operations of formulas: on numbers, arrays and quantities with units, and on what brings its own meaning."""

import math
from typing import Any

import numpy as np
import pytest

from flopwatt.kernels.model import units
from flopwatt.kernels.model.operations import ceil, exp, floor, log2, maximum, minimum, sqrt, where


class Symbol:
    """What brings its own meaning of an operation."""

    def _apply_(self, name: str, *args: object) -> tuple[str, int]:
        return name, len(args)


def test_an_argument_may_bring_its_own_meaning_of_an_operation() -> None:
    assert where(np.array([True]), 1.0, Symbol()) == ("where", 3)
    assert maximum(Symbol(), 1.0) == ("maximum", 2)
    np.testing.assert_array_equal(ceil(np.array([0.5, -0.5])), [1.0, 0.0])


def test_values_on_arrays() -> None:
    x = np.array([4.0, 0.25, math.nan])
    np.testing.assert_array_equal(minimum(x, 1.0), [1.0, 0.25, math.nan])
    np.testing.assert_array_equal(maximum(1.0, x), [4.0, 1.0, math.nan])
    np.testing.assert_array_equal(where(x > 1, x, 0.0), [4.0, 0.0, 0.0])
    np.testing.assert_array_equal(sqrt(x), [2.0, 0.5, math.nan])
    np.testing.assert_array_equal(log2(x), [2.0, -2.0, math.nan])
    assert (floor(-0.5), exp(0.0)) == (-1.0, 1.0)


def second(value: float) -> Any:
    """A time with its unit."""
    return units.registry().Quantity(np.float64(value), "s")


def test_units_go_through_and_must_fit() -> None:
    import pint

    minute = units.registry().Quantity(np.float64(1.0), "min")
    assert minimum(second(90.0), minute) == second(60.0)
    assert where(second(1.0) > second(2.0), second(1.0), 0.0) == second(0.0)
    assert sqrt(second(4.0)) ** 2 == second(4.0)
    with pytest.raises(pint.DimensionalityError):
        maximum(second(1.0), 1.0)
    for operation in (log2, exp):
        with pytest.raises(pint.DimensionalityError):
            operation(second(1.5))
