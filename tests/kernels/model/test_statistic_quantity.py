"""Statistics as quantities: their names and units, and what they are on a single draw."""

from fractions import Fraction

import numpy as np
import pytest

from flopwatt.kernels.graph.tracing import compile_alone
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.statistic_quantity import share_quantity, statistic_quantity
from flopwatt.kernels.model.statistics import Measure, ShareOfDraws, Statistic

MODEL = Model({"cost": Quantity("cost", "USD", "given", "", show="USD"), "time": Quantity("time", "day", "given", "")})


def test_a_statistic_has_the_unit_of_what_it_is_of() -> None:
    quantity = statistic_quantity(Statistic("cost", Measure.QUANTILE, Fraction(4, 5)), MODEL)
    assert (quantity.name, quantity.unit, quantity.show, quantity.parameters) == ("P80(cost)", "USD", "USD", ("cost",))
    assert quantity.doc == "The P80 of cost over what is uncertain."
    assert not quantity.given
    assert quantity(3.0) == 3.0


@pytest.mark.parametrize(
    ("op", "met"), [("<=", [1, 1, 0, 0]), ("<", [1, 0, 0, 0]), (">=", [0, 1, 1, 0]), ("==", [0, 1, 0, 0]), ("!=", [1, 0, 1, 0])]
)
def test_on_a_draw_a_share_is_whether_the_draw_meets_its_conditions(op: str, met: list[int]) -> None:
    share = ShareOfDraws((Condition("cost", op, 2.0), Condition("time", ">", "cost")))
    quantity = share_quantity(share, "share(so)")
    assert (quantity.name, quantity.unit, quantity.parameters) == ("share(so)", "", ("cost", "time"))
    cost = np.array([1.0, 2.0, 3.0, np.nan])
    np.testing.assert_array_equal(quantity(cost, np.full(4, 9.0)), met)
    np.testing.assert_array_equal(quantity(cost, np.array([0.0, np.nan, 3.0, 1.0])), 0)
    compile_alone(quantity)
