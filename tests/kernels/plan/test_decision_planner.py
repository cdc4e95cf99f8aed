"""Plans of decisions: a decision's draws are the innermost loops, whole within an outer point."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Decision, Problem
from flopwatt.kernels.model.statistics import Measure, Promise, Statistic
from flopwatt.kernels.plan.order import CPU, GPU, LaneMachine
from flopwatt.kernels.plan.planner import make


def problem(draws: int = 1000, sites: int = 7, counts: int = 100) -> Problem:
    """Cost of so many chips at sites, under draws of a speed and a price."""

    def quantity(name, function=None, parameters=()):  # type: ignore[no-untyped-def]
        return Quantity(name, "", "given" if function is None else "test", "", function, parameters)

    quantities = [quantity(name) for name in ("count", "site", "speed", "price")]
    quantities += [
        quantity("time", lambda count, speed: 1 / (count * speed), ("count", "speed")),
        quantity("power", lambda count, site: count * site, ("count", "site")),
        quantity("cost", lambda power, time, price: power * time * price, ("power", "time", "price")),
    ]
    random = np.random.default_rng(0)
    axes = (
        Axis("assumptions", {"speed": random.uniform(1, 2, draws), "price": random.uniform(1, 2, draws)}, uncertain=True),
        Axis("site", {"site": np.arange(1.0, sites + 1)}),
        Axis("count", {"count": np.arange(1.0, counts + 1)}),
    )
    return Problem(Model({item.name: item for item in quantities}), Grid(axes), {})


MEDIAN = Statistic("cost", Measure.QUANTILE, Fraction(1, 2))
SURE = Promise(Statistic("time", Measure.QUANTILE, Fraction(4, 5)), "<=", 0.1)
QUESTION = Decision(name="d", objective=MEDIAN, promises=(SURE,), where=(Condition("power", "<=", 300.0),))


@pytest.mark.parametrize("machine", [CPU, GPU, replace(CPU, inner=64), replace(GPU, inner=64)])
@pytest.mark.parametrize("by", [(), ("site",), ("site", "count")])
def test_draws_are_innermost_and_never_cut(machine: LaneMachine, by: tuple[str, ...]) -> None:
    plan = make(problem(), replace(QUESTION, by=by), "float64", machine)
    assert [loop.axis for loop in plan.middle[plan.cut.decided_level :]] == [0]
    assert plan.middle[-1].length == 1000
    assert 0 not in plan.lanes
    assert 0 not in [part.axis for part in plan.outer]
    assert plan.cut.draws == 1000


@pytest.mark.parametrize("draws", [1, 9, 40, 200, 333])
@pytest.mark.parametrize("groups", [1, 20, 30, 43])
@pytest.mark.parametrize("sites", [2, 3, 5])
def test_draws_are_never_cut_where_decisions_are_a_little_more_than_an_outer_point_should_have(
    draws: int, groups: int, sites: int
) -> None:
    drawn = problem(draws=draws, sites=sites, counts=300)
    kept = Axis("kept", {"kept": np.arange(float(groups))})
    model = drawn.model.extended({"kept": Quantity("kept", "", "given", "")})
    of_more = replace(drawn, model=model, grid=Grid((kept, *drawn.grid.axes)))
    for machine in (CPU, GPU, replace(CPU, inner=40, longest=16, decided=16)):
        plan = make(of_more, Decision(name="d", objective=MEDIAN, by=("kept",)), "float64", machine)
        (loop,) = plan.middle[plan.cut.decided_level :]
        assert (loop.axis, loop.length, loop.tiled) == (1, draws, False)
        assert 1 not in [part.axis for part in plan.cut.outer]


def test_a_condition_that_no_draw_changes_guards_or_is_decided_once() -> None:
    kept = make(problem(), replace(QUESTION, by=("site", "count")), "float64")
    assert len(kept.guards) == 1
    free = make(problem(), replace(QUESTION, by=()), "float64")
    assert free.deciding is not None
    assert len(free.guards) + len(free.deciding.fixed) == 1


def test_kept_uncertain_axes_are_no_draws() -> None:
    plan = make(problem(draws=16), replace(QUESTION, by=("assumptions",)), "float64")
    assert plan.cut.uncertain == ()


def test_the_nearest_has_a_term_for_each_soft_condition() -> None:
    plan = make(problem(), replace(QUESTION, nearest=True), "float64")
    assert plan.deciding is not None
    assert [term.measure for term in plan.deciding.terms] == [Measure.VALUE, Measure.QUANTILE]
    assert len(plan.deciding.missed) == 2
    assert plan.guards == ()
