"""Random decisions under uncertainty for hypothesis: models and grids of `strategies`, some of whose axes are uncertain."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from strategies import problems

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.evaluate import dependence, evaluate_at
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Decision, Problem
from flopwatt.kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic

OPS = ("<=", ">=", "<", ">", "<=", ">=", "==", "!=")
SHARES = (*(Fraction(n, 100) for n in (0, 1, 10, 25, 50, 80, 95, 100)), Fraction(1, 3), Fraction(2, 7))


@dataclass(frozen=True)
class DrawnDecision:
    problem: Problem
    question: Decision


@st.composite
def decisions(draw: st.DrawFn, most_points: int = 600, longest: int = 9) -> DrawnDecision:
    """A decision on a grid, whose quantities every engine gives to the last bit."""
    problem, names = draw(_uncertain_problems(most_points, longest))
    longest_draws = max((axis for axis in problem.grid.axes if axis.uncertain), key=len, default=problem.grid.axes[0])
    rarely = draw(st.integers(0, 9)) == 9
    axes = [axis.name for axis in problem.grid.axes if rarely or axis is not longest_draws] or [longest_draws.name]
    by = tuple(draw(st.lists(st.sampled_from(axes), unique=True, max_size=draw(st.sampled_from([0, 1, 2, 6])))))
    return DrawnDecision(problem, draw(_questions(problem, names, by)))


@st.composite
def _uncertain_problems(draw: st.DrawFn, most_points: int, longest: int) -> tuple[Problem, list[str]]:
    drawn = draw(problems(most_points=most_points, longest=longest, inexact=0.0))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    axes, last = [], max(drawn.problem.grid.axes, key=len)
    rarely = draw(st.integers(0, 9)) == 9
    for axis in drawn.problem.grid.axes:
        columns = {name: _spoilt(column, random) for name, column in axis.columns.items()}
        uncertain = bool(random.random() < 0.5) or (axis is last and not rarely)
        axes.append(Axis(axis.name, columns, uncertain=uncertain, weights=_weights(len(axis), random) if uncertain else None))
    problem = replace(drawn.problem, grid=Grid(tuple(axes)))
    return problem, [*(name for axis in axes for name in axis.columns), *drawn.quantities]


def _spoilt(column: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A column, now and then with an infinity or with ties."""
    column = column.copy()
    if random.random() < 0.2:
        column[random.integers(len(column))] = column[0]
    if random.random() < 0.1:
        column[random.integers(len(column))] = random.choice([np.inf, -np.inf])
    return column


def _weights(n: int, random: np.random.Generator) -> np.ndarray | None:
    """No weights, small whole ones, decimals or binary fractions; some 0 but not all. All keep their proportion exactly."""
    kind = random.integers(4)
    if kind == 0:
        return None
    weights = random.integers(0, 4, n).astype(float) if kind == 1 else random.integers(0, 11, n) / 10
    if kind == 3:
        weights = random.integers(0, 65, n) / 64
    weights[random.integers(n)] = 1.0
    return weights


@st.composite
def _questions(draw: st.DrawFn, problem: Problem, names: list[str], by: tuple[str, ...]) -> Decision:
    flags = {i for i, axis in enumerate(problem.grid.axes) if axis.uncertain and axis.name not in by}
    axes_of = dependence(problem, names)
    draws = {
        name: int(np.prod([problem.grid.shape[i] for i in axes_of[name] & flags])) for name in names if axes_of[name] & flags
    }
    fixed, drawn = [name for name in names if name not in draws], sorted(draws, key=lambda name: draws[name])
    values = evaluate_at(problem, names, np.arange(problem.grid.size))

    def bound(quantity: str) -> float | str:
        """A number that the quantity takes, another, or a quantity that no draw changes."""
        own = float(values[quantity][draw(st.integers(0, problem.grid.size - 1))])
        choices: list[Any] = [own, own, own, 0.0, 1.0, 2.0, 3.5, *fixed[-1:]]
        chosen = draw(st.sampled_from(choices))
        return chosen if isinstance(chosen, str) or np.isfinite(chosen) else 1.5

    def condition(quantities: list[str]) -> Condition:
        name = draw(st.sampled_from(quantities[-4:]))
        return Condition(name, draw(st.sampled_from(OPS)), bound(name))

    def promise() -> AnyPromise:
        if draw(st.booleans()):
            joined = tuple(condition(drawn + fixed[-1:]) for _ in range(draw(st.integers(1, 2))))
            return SharePromise(joined, draw(st.sampled_from(OPS)), draw(st.sampled_from(SHARES)))
        name = draw(st.sampled_from(drawn[-4:]))
        return Promise(draw(_statistics(name)), draw(st.sampled_from(OPS)), bound(name))

    objective = draw(_statistics(draw(st.sampled_from(drawn[-3:])))) if drawn else Statistic(fixed[-1])
    if fixed and draw(st.integers(0, 4)) == 0:
        objective = Statistic(draw(st.sampled_from(fixed[-3:])))
    return Decision(
        name="drawn",
        by=by,
        objective=objective,
        maximize=draw(st.booleans()),
        where=tuple(condition(fixed) for _ in range(draw(st.sampled_from([0, 0, 1, 2])) if fixed else 0)),
        promises=tuple(promise() for _ in range(draw(st.sampled_from([1, 1, 2, 3, 0])) if drawn else 0)),
        chosen=frozenset(draw(st.lists(st.sampled_from(fixed), max_size=1))) if fixed else frozenset(),
        confidences=draw(st.sampled_from([(), (), (Fraction(1, 2),), (Fraction(1, 2), Fraction(4, 5), Fraction(1))])),
    )


@st.composite
def _statistics(draw: st.DrawFn, quantity: str) -> Statistic:
    if draw(st.integers(0, 3)) == 0:
        return Statistic(quantity, Measure.MEAN)
    return Statistic(quantity, Measure.QUANTILE, draw(st.sampled_from(SHARES)))
