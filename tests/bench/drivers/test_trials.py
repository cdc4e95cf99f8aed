"""One input at a time: what the rows hold, and that their answers are those of a problem with that one value changed."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Drawn, computed, problems

from flopwatt.bench.drivers.alternatives import Alternative
from flopwatt.bench.drivers.trials import movers_at, trials_of
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Problem

ANYTHING = {"low": -math.inf, "high": math.inf}


def alternative(name: str, low: float, base: float, high: float) -> Alternative:
    return Alternative(name, "assumed", {name: base}, ({name: low}, {name: high}), "tried")


def problem_of(*items: Quantity, **given: float) -> Problem:
    inputs = [Quantity(name, "", "given", "", **ANYTHING) for name in given]
    return Problem(Model({item.name: item for item in (*inputs, *items)}), Grid(()), given)


def at_trials(problem: Problem, alternatives: list[Alternative]) -> Problem:
    columns = trials_of(alternatives).columns
    return replace(
        problem,
        grid=Grid((Axis("trials", columns),)),
        given={name: value for name, value in problem.given.items() if name not in columns},
    )


def test_rows_vary_one_input_at_a_time() -> None:
    trials = trials_of([alternative("a", 1, 2, 3), alternative("b", 10, 20, 30)])
    assert trials.count == 5
    assert trials.columns["a"].tolist() == [2, 1, 3, 2, 2]
    assert trials.columns["b"].tolist() == [20, 20, 20, 10, 30]


def test_columns_that_vary_together_do() -> None:
    both = Alternative("a", "drawn", {"a": 1, "b": 2}, ({"a": 3, "b": 4},), "")
    trials = trials_of([both, alternative("c", 5, 6, 7)])
    assert [trials.columns[name].tolist() for name in "abc"] == [[1, 3, 1, 1], [2, 4, 2, 2], [6, 6, 5, 7]]


def test_the_largest_effect_comes_first_and_what_moves_nothing_is_left_out() -> None:
    problem = problem_of(computed("y", "a + 10 * b + 0 * c", ["a", "b", "c"]), a=1.0, b=1.0, c=1.0)
    varied = [alternative(name, 0.9, 1.0, 1.1) for name in "abc"]
    movers = movers_at(at_trials(problem, varied), ["y"], trials_of(varied))["y"]
    assert [mover.name for mover in movers] == ["b", "a"]
    assert (movers[0].answer_low, movers[0].answer_base, movers[0].answer_high) == pytest.approx((10, 11, 12))
    assert movers[0].effect == pytest.approx(2)
    assert movers[0].relative_effect == pytest.approx(2 / 11)


def test_choices_come_in_the_order_of_their_answers() -> None:
    problem = problem_of(computed("y", "where(a == 1, 5.0, where(a == 2, 50.0, 20.0))", ["a"]), a=0.0)
    varied = [Alternative("a", "assumed", {"a": 0.0}, ({"a": 1.0}, {"a": 2.0}), "others", chooses=True)]
    (mover,) = movers_at(at_trials(problem, varied), ["y"], trials_of(varied))["y"]
    assert (mover.low, mover.base, mover.high) == (1, 0, 2)
    assert (mover.answer_low, mover.answer_base, mover.answer_high) == (5, 20, 50)


def test_a_choice_whose_answer_nobody_knows_is_said() -> None:
    problem = problem_of(computed("y", "where(a == 1, (0.0 - a) ** 0.5, 20.0 + a)", ["a"]), a=0.0)
    varied = [Alternative("a", "assumed", {"a": 0.0}, ({"a": 1.0}, {"a": 2.0}), "others", chooses=True)]
    (mover,) = movers_at(at_trials(problem, varied), ["y"], trials_of(varied))["y"]
    assert (mover.low, mover.high, mover.basis) == (0, 2, "others; the answer is not known at 1")


def test_an_end_without_a_finite_answer_is_said() -> None:
    infinite = computed("y", "1.0 / (2.0 - a)", ["a"])
    varied = [alternative("a", 0.0, 1.0, 2.0)]
    (mover,) = movers_at(at_trials(problem_of(infinite, a=1.0), varied), ["y"], trials_of(varied))["y"]
    assert mover.answer_high == math.inf == mover.effect == mover.relative_effect
    assert mover.basis == "tried; the answer is infinite at the high end"
    unknown = computed("y", "a ** 0.5", ["a"])
    varied = [alternative("a", -1.0, 1.0, 4.0)]
    (mover,) = movers_at(at_trials(problem_of(unknown, a=1.0), varied), ["y"], trials_of(varied))["y"]
    assert math.isnan(mover.answer_low)
    assert mover.effect == 1
    assert mover.basis == "tried; the answer is not known at the low end"


def test_an_answer_that_is_infinite_as_inputs_are_is_moved_by_what_makes_it_finite() -> None:
    infinite = computed("y", "1.0 / a + 0 * b", ["a", "b"])
    varied = [alternative("a", 0.0, 0.0, 2.0), alternative("b", 0.0, 1.0, 2.0)]
    (mover,) = movers_at(at_trials(problem_of(infinite, a=0.0, b=1.0), varied), ["y"], trials_of(varied))["y"]
    assert (mover.name, mover.answer_base, mover.answer_high, mover.effect) == ("a", math.inf, 0.5, math.inf)


def test_an_answer_that_nobody_knows_is_moved_by_nothing() -> None:
    varied = [alternative("a", 0.0, 1.0, 2.0)]
    problem = problem_of(computed("y", "a + b", ["a", "b"]), a=1.0, b=math.nan)
    assert movers_at(at_trials(problem, varied), ["y"], trials_of(varied)) == {"y": ()}


@settings(deadline=None, max_examples=30)
@given(problems(most_points=200, longest=6), st.integers(0, 2**32 - 1))
def test_movers_agree_with_problems_of_which_one_value_is_changed(drawn: Drawn, seed: int) -> None:
    random = np.random.default_rng(seed)
    grid, target = drawn.problem.grid, drawn.quantities[-1]
    point = {name: float(random.choice(column)) for axis in grid.axes for name, column in axis.columns.items()}
    given = {**drawn.problem.given, **point}
    place = replace(drawn.problem, grid=Grid(()), given=given)
    varied = [alternative(name, value - 0.5, value, value + 0.5) for name, value in given.items() if not math.isnan(value)]
    if not varied:
        return
    movers = {mover.name: mover for mover in movers_at(at_trials(place, varied), [target], trials_of(varied))[target]}

    def answer(**changed: float) -> float:
        return float(evaluate_at(replace(place, given={**given, **changed}), [target], np.zeros(1, np.int64))[target][0])

    base = answer()
    for one in varied:
        low, high = (answer(**values) for values in one.tries)
        if one.name in movers:
            mover = movers[one.name]
            assert [mover.answer_low, mover.answer_base, mover.answer_high] == pytest.approx([low, base, high], nan_ok=True)
        elif math.isfinite(base):
            ends = [end for end in (low, high) if not math.isnan(end)]
            assert ends == pytest.approx([base] * len(ends), rel=2e-6, abs=1e-12)
    effects = [mover.effect for mover in movers.values()]
    assert effects == sorted(effects, reverse=True)
