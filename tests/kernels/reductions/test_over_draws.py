"""Statistics as values of decisions against brute force: at all of them, at some, with weights, NaN and any blocks."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from brute_decisions import TOLERANCE, Brute
from decision_problems import DrawnDecision, decisions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import computed

from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.evaluate import Evaluator, dependence, evaluate_at
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.model.statistic_quantity import StatisticQuantity, share_quantity, statistic_quantity
from flopwatt.kernels.model.statistics import Measure, Promise, ShareOfDraws, Statistic
from flopwatt.kernels.reductions import draws, over_draws
from flopwatt.kernels.reductions.over_draws import OverDraws, Tabulated, tabulate, wanted_statistics

P50 = Statistic("y", Measure.QUANTILE, Fraction(1, 2))
MEAN = Statistic("y", Measure.MEAN)
LEAST = Statistic("y", Measure.QUANTILE, Fraction(0))
SHARE = ShareOfDraws((Condition("y", "<=", 6.0), Condition("u", ">", "v")))


def with_statistics(problem: Problem, quantities: list[StatisticQuantity], kept: tuple[str, ...] = ()) -> Problem:
    """Add statistics over all uncertain axes that are not kept."""
    axes = tuple(axis for axis in problem.grid.axes if axis.uncertain and axis.name not in kept)
    return replace(
        problem,
        model=problem.model.extended({quantity.name: quantity for quantity in quantities}),
        statistics={quantity.name: OverDraws(quantity.taken, axes) for quantity in quantities},
    )


def problem() -> Problem:
    """y = a u + v by weighted draws of u and of v, which stand before, between and behind what is decided."""
    quantities = {name: Quantity(name, "", "given", "") for name in "auvb"}
    quantities["y"] = computed("y", "a * u + v", ["a", "u", "v"])
    axes = (
        Axis("u", {"u": np.array([3.0, np.nan, 1.0, 2.0])}, uncertain=True, weights=np.array([0.1, 0.0, 0.2, 0.7])),
        Axis("a", {"a": np.array([1.0, 2.0, np.nan, 4.0])}),
        Axis("v", {"v": np.array([1.0, 5.0])}, uncertain=True),
        Axis("b", {"b": np.array([1.0, 2.0, 3.0])}),
    )
    model = Model(quantities)
    asked = [statistic_quantity(statistic, model) for statistic in (P50, MEAN, LEAST)] + [share_quantity(SHARE, "share")]
    return with_statistics(Problem(model, Grid(axes)), asked)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_by_hand(dtype: str) -> None:
    at = evaluate_at(problem(), ["P50(y)", "mean(y)", "min(y)", "share", "y"], 6 * np.arange(4), dtype)
    # of a = 1 the values 2, 3, 4 and, with the other v, 6, 7, 8 weigh 0.2, 0.7 and 0.1, halved
    assert {array.dtype for array in at.values()} == {np.dtype(dtype)}
    np.testing.assert_array_equal(at["P50(y)"], [4, 7, np.nan, 9])
    np.testing.assert_allclose(at["mean(y)"], [4.9, 6.8, np.nan, 10.6], rtol=TOLERANCE[dtype])
    np.testing.assert_array_equal(at["min(y)"], [2, 3, np.nan, 5])
    np.testing.assert_array_equal(at["share"], np.array([0.4, 0.35, 0.0, 0.0], dtype))
    np.testing.assert_array_equal(at["y"], [4, 7, np.nan, 13])  # a bare quantity is that of the draw


def test_a_statistic_depends_on_no_draw_and_needs_no_axis_of_draws() -> None:
    whole = problem()
    assert dependence(whole, ["P50(y)", "share"]) == {"P50(y)": {1}, "share": {1}}
    left = replace(whole, grid=Grid(whole.grid.axes[1:2]), given={"v": 0.0, "u": 0.0})
    known = tabulate(left, wanted_statistics(left, ("P50(y)",)), "float64", lambda share: None)
    np.testing.assert_array_equal(evaluate_at(known, ["P50(y)"], np.arange(4))["P50(y)"], [4, 7, np.nan, 9])
    assert wanted_statistics(known, ("P50(y)", "y", "share")) == {"share": whole.statistics["share"]}


def test_what_is_known_is_what_is_computed_on_blocks_and_at_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_draws, "BLOCK_POINTS", 12)
    whole, names, said = problem(), ("P50(y)", "share", "mean(y)"), list[float]()
    known = tabulate(whole, wanted_statistics(whole, names), "float32", said.append)
    assert {type(known.statistics[name]) for name in names} == {Tabulated}
    assert said[-1] == 1.0
    assert all(a <= b for a, b in pairwise(said))
    flat = np.arange(whole.grid.size).reshape(4, -1)
    for name in names:
        table = known.statistics[name]
        assert isinstance(table, Tabulated)
        assert table.values.shape == (4,)
        np.testing.assert_array_equal(*(evaluate_at(at, [name], flat, "float32")[name] for at in (whole, known)))
    slices = [slice(0, 4), slice(1, 3), slice(0, 2), slice(0, 3)]
    for at in (whole, known):
        block = Evaluator(at, names, "float64").block(slices)
        assert {name: array.shape for name, array in block.items()} == dict.fromkeys(names, (1, 2, 1, 1))
    np.testing.assert_array_equal(block["P50(y)"].reshape(-1), [7, np.nan])


def test_of_no_draws_a_statistic_is_the_value() -> None:
    whole = problem()
    fixed = replace(whole, grid=Grid(whole.grid.axes[1::2]), given={"u": 2.0, "v": 1.0})
    fixed = replace(fixed, statistics={name: replace(over, axes_drawn=()) for name, over in whole.statistics.items()})  # type: ignore[type-var]
    values = evaluate_at(fixed, ["P50(y)", "mean(y)", "share"], np.array([0, 3, 9]))
    np.testing.assert_array_equal(values["P50(y)"], [3, 5, 9])
    np.testing.assert_array_equal(values["mean(y)"], [3, 5, 9])
    np.testing.assert_array_equal(values["share"], [1, 1, 0])


def test_no_decision_at_all_is_one() -> None:
    whole = problem()
    alone = replace(whole, grid=Grid(whole.grid.axes[::2]), given={"a": 1.0})
    known = tabulate(alone, wanted_statistics(alone, ("P50(y)", "share")), "float64", lambda share: None)
    for at in (alone, known):
        np.testing.assert_array_equal(evaluate_at(at, ["P50(y)"], np.arange(8))["P50(y)"], 4.0)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(decisions(), st.sampled_from(["float64", "float32"]), st.sampled_from([1, 7, 40, 2**17]))
def test_statistics_are_those_of_brute_force(drawn: DrawnDecision, dtype: str, points: int) -> None:
    brute, model = Brute(drawn.problem, drawn.question, dtype), drawn.problem.model
    promised = [p.statistic if isinstance(p, Promise) else ShareOfDraws(p.conditions) for p in drawn.question.promises]
    asked = {str(taken): taken for taken in (drawn.question.objective, *promised)}
    quantities = [
        replace(statistic_quantity(taken, model), name=f"#{name}")
        if isinstance(taken, Statistic)
        else share_quantity(taken, f"#{name}")
        for name, taken in asked.items()
    ]
    whole = with_statistics(drawn.problem, quantities, drawn.question.by)
    names = tuple(quantity.name for quantity in quantities)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(over_draws, "BLOCK_POINTS", points)
        known = tabulate(whole, wanted_statistics(whole, names), dtype, lambda share: None)
    flat = np.array(list(brute.draws))
    for at in (whole, known):
        values = evaluate_at(at, names, flat, dtype)
        for name, taken in zip(names, asked.values(), strict=True):
            for decision, value in zip(flat.tolist(), values[name], strict=True):
                if isinstance(taken, ShareOfDraws):
                    assert value == brute.dtype.type(float(brute.share(taken.conditions, decision)))
                elif taken.measure is not Measure.MEAN:
                    np.testing.assert_array_equal(value, brute.statistic(taken, decision))
                else:
                    size = max(abs(float(brute.at(taken.quantity, flat))) for _, flat in brute.draws[decision])
                    atol = 10 * TOLERANCE[dtype] * min(size, 1e300)
                    np.testing.assert_allclose(value, brute.statistic(taken, decision), rtol=0, atol=atol)


def test_more_decisions_than_there_is_memory_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_draws, "shortage", lambda needed: "250 MB" if needed > 40 else "")
    whole = problem()
    tabulate(whole, wanted_statistics(whole, ("share",)), "float64", lambda share: None)
    with pytest.raises(EngineError, match=r"the statistics of all decisions take 64 bytes of memory, and 250 MB are free"):
        tabulate(whole, wanted_statistics(whole, ("share", "P50(y)")), "float64", lambda share: None)


def test_more_draws_than_there_is_memory_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "shortage", lambda needed: "250 MB" if needed > 100 else "")
    with pytest.raises(EngineError, match=r"the draws of one decision take .* use fewer draws"):
        evaluate_at(problem(), ["share"], np.arange(2))
