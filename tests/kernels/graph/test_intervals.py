"""Interval arithmetic: by hand where ends are delicate, and against every value on random models."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import problems

from flopwatt.kernels.graph.expression import Graph, evaluate
from flopwatt.kernels.graph.intervals import Interval, bounds, step
from flopwatt.kernels.graph.tracing import trace

INF = float("inf")


def interval(low: float, high: float, nan: bool = False) -> Interval:
    return Interval(np.float64(low), np.float64(high), nan)


def bound(op: str, *sides: Interval) -> tuple[float, float, bool]:
    """An operation's interval."""
    graph = Graph()
    node = graph.node(op, *(graph.node("given", value=f"g{i}") for i in range(len(sides))))
    with np.errstate(all="ignore"):
        result = step(node, list(sides))
    return float(result.low), float(result.high), result.nan


@pytest.mark.parametrize(
    ("op", "sides", "expected"),
    [
        ("add", (interval(-1, 2), interval(3, 4)), (2, 6, False)),
        ("sub", (interval(-1, 2), interval(3, 4)), (-5, -1, False)),
        ("mul", (interval(-1, 2), interval(-3, 4)), (-6, 8, False)),
        ("div", (interval(1, 2), interval(-4, -2)), (-1, -0.25, False)),
        ("neg", (interval(-1, 2),), (-2, 1, False)),
        ("minimum", (interval(-1, 5), interval(0, 3)), (-1, 3, False)),
        ("maximum", (interval(-1, 5), interval(0, 3)), (0, 5, False)),
        ("ceil", (interval(0.2, 1.5),), (1, 2, False)),
        ("floor", (interval(0.2, 1.5),), (0, 1, False)),
        ("sqrt", (interval(4, 9),), (2, 3, False)),
        ("pow", (interval(0, 2), interval(0, 3)), (0, 8, False)),
        ("log2", (interval(0, 8),), (-INF, 3, False)),
        ("lt", (interval(-1, 2, nan=True), interval(3, 4)), (0, 1, False)),
        ("where", (interval(0, 1), interval(1, 2), interval(-5, 0, nan=True)), (-5, 2, True)),
    ],
)
def test_the_ends(op: str, sides: tuple[Interval, ...], expected: tuple[float, float, bool]) -> None:
    assert bound(op, *sides) == expected


@pytest.mark.parametrize(
    ("op", "sides"),
    [
        ("div", (interval(0, 1), interval(-1, 1))),  # 0 / 0
        ("div", (interval(1, INF), interval(1, INF))),  # inf / inf
        ("mul", (interval(-1, 1), interval(2, INF))),  # 0 * inf, inside the first
        ("sub", (interval(0, INF), interval(0, INF))),
        ("add", (interval(-INF, 0), interval(0, INF))),
        ("sqrt", (interval(-1e-300, 4),)),
        ("log2", (interval(-1, 4),)),
        ("pow", (interval(-1, 4), interval(0.5, 0.5))),
        ("add", (interval(0, 1, nan=True), interval(0, 1))),
    ],
)
def test_what_may_be_nan(op: str, sides: tuple[Interval, ...]) -> None:
    assert bound(op, *sides)[2]


def test_division_by_what_may_be_zero_is_unbounded_and_not_nan() -> None:
    assert bound("div", interval(1, 2), interval(0, 1)) == (-INF, INF, False)


def test_a_power_of_what_is_positive_has_ends() -> None:
    assert bound("pow", interval(1, 4), interval(0.5, 2)) == (1, 16, False)


def test_of_numbers() -> None:
    real = np.dtype("float32")
    assert Interval.of([3.0, 1.0, 2.0], real) == Interval(np.float32(1), np.float32(3))
    assert Interval.of([3.0, np.nan, 2.0], real) == Interval(np.float32(2), np.float32(3), True)
    assert Interval.of(np.nan, real) == Interval(np.float32(-INF), np.float32(INF), True)
    assert Interval.of(0.1, real).low == np.float32(0.1)
    assert Interval.of(np.array([True, False]), real) == Interval(np.float32(0), np.float32(1))
    assert interval(-1, 1).has(0)
    assert not interval(1, 2).has(0)
    assert interval(1, INF).infinite
    assert not interval(1, 2).infinite


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most_points=2000), st.sampled_from(["float64", "float32"]))
def test_every_value_lies_within(drawn, dtype: str) -> None:  # type: ignore[no-untyped-def]
    problem, real = drawn.problem, np.dtype(dtype)
    traced = trace(problem, drawn.quantities)
    outputs = list(traced.quantities.values())
    intervals = bounds(problem, outputs, dtype)
    index = dict(enumerate(problem.grid.indices(np.arange(problem.grid.size))))
    values = evaluate(problem, outputs, index, real)
    assert intervals.keys() == values.keys()
    for number, interval in intervals.items():
        numbers = np.asarray(values[number], dtype=real)
        nan = np.isnan(numbers)
        assert interval.nan or not nan.any()
        assert (nan | ((interval.low <= numbers) & (numbers <= interval.high))).all()
        if len(traced.graph.nodes[number].axes) == 1 and not nan.all():  # exact
            assert (interval.low, interval.high) == (np.nanmin(numbers), np.nanmax(numbers))
            assert interval.nan == nan.any()
