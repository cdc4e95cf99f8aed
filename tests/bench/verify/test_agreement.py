"""What counts as equal, and what does not: ties, points at a threshold, bins' edges, NaN."""

from dataclasses import replace

import numpy as np
import pytest

from flopwatt.bench.verify.agreement import agreement, agreement_at_points
from flopwatt.bench.verify.best import at_coordinates
from flopwatt.bench.verify.subgrid import MAX_POINTS, sub_problem
from flopwatt.bench.verify.tolerance import TOLERANCE, relative
from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, given, quantity
from flopwatt.kernels.model.questions import Best, Condition, Problem, Quantiles, Question, Result, Summary, Table

with collecting() as _own:
    given("a", "", "a number", low=-np.inf)
    given("b", "", "another")
    given("g", "", "the group")

    @quantity(unit="", source="test")
    def y(a, b):  # type: ignore[no-untyped-def]
        return a * b


MODEL = Model(_own)
A = np.array([0.5, 1.0, np.nextafter(2.0, 3), 3.0, 4.0])
B = np.array([1.0, 2.0, 4.0])


def problem() -> Problem:
    axes = (Axis("g", {"g": np.array([1.0, 2.0])}), Axis("a", {"a": A}), Axis("b", {"b": B}))
    return Problem(MODEL, Grid(axes))


def reference(question: Question, dtype: str = "float64") -> Result:
    return get("numpy").prepare(problem(), question, Settings(dtype)).run()


def changed(result: Result, **values: object) -> Result:
    return replace(result, values={**result.values, **{name: np.asarray(value) for name, value in values.items()}})


QUESTIONS = [
    Best(name="q", objective="y", by=("g",), where=(Condition("a", ">=", 1.0),)),
    Best(name="q", objective="y", maximize=True),
    Summary(name="q", quantity="y", by=("a",), where=(Condition("y", "<=", 4.0),)),
    Quantiles(name="q", quantity="y", by=("b",), at=(0.1, 0.5, 1.0)),
]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("share", [0.0, 0.5, 3.0])
def test_the_tolerance_is_the_dtypes(question: Question, dtype: str, share: float) -> None:
    want = reference(question, dtype)
    off = 1 + share * TOLERANCE[dtype]
    got = changed(want, **{k: np.asarray(v, np.float64) * off for k, v in want.values.items() if v.dtype.kind == "f"})
    found = agreement(problem(), question, got, want, dtype)
    assert bool(found.wrong) == (share > 1)
    assert found.error == pytest.approx(share * TOLERANCE[dtype], rel=1e-3)


def test_a_tie_may_be_broken_otherwise() -> None:
    question = Best(name="q", objective="y", where=(Condition("y", ">=", 4.0),))
    want = reference(question)
    values = (A[:, None] * B[None, :]).ravel()
    ties = np.flatnonzero(values == 4.0)
    assert len(ties) > 1
    for tie in ties:
        assert not agreement(problem(), question, changed(want, index=tie), want, "float64").wrong


def test_coordinates_must_have_the_value_that_is_reported() -> None:
    question = Best(name="q", objective="y")
    want = reference(question)
    found = agreement(problem(), question, changed(want, index=3), want, "float64")
    assert "coordinates" in found.wrong


def test_coordinates_must_meet_the_conditions() -> None:
    question = Best(name="q", objective="y", where=(Condition("a", ">=", 1.0),))
    want = reference(question)
    candidate = changed(want, index=0, objective=0.5)
    assert "does not meet" in at_coordinates(problem(), question, candidate, "float64").wrong
    assert agreement(problem(), question, candidate, want, "float64").wrong


# the third of A is 2 + 4e-16: within tolerance of the threshold 2
NEAR = (Condition("a", "<=", 2.0),)


def test_a_count_may_differ_by_the_points_at_a_threshold_and_by_no_more() -> None:
    question = Summary(name="q", quantity="b", where=NEAR)
    want = reference(question)
    assert want.values["feasible"] == 2 * 2 * 3
    more = reference(replace(question, where=(Condition("a", "<=", 2.5),)))
    assert more.values["feasible"] == 3 * 2 * 3
    assert not agreement(problem(), question, more, want, "float64").wrong
    for feasible in (11, 19):
        assert "feasible" in agreement(problem(), question, changed(more, feasible=feasible), want, "float64").wrong
    assert "min" in agreement(problem(), question, changed(more, min=0.5), want, "float64").wrong
    assert "max" in agreement(problem(), question, changed(more, max=5.0), want, "float64").wrong
    assert "mean" in agreement(problem(), question, changed(more, mean=9.0), want, "float64").wrong


def test_a_best_may_be_a_point_at_a_threshold() -> None:
    question = Best(name="q", objective="y", maximize=True, where=NEAR)
    want = reference(question)
    more = reference(replace(question, where=(Condition("a", "<=", 2.5),)))
    assert want.values["objective"] < more.values["objective"]
    assert not agreement(problem(), question, more, want, "float64").wrong
    far = reference(replace(question, where=(Condition("a", "<=", 3.5),)))
    assert agreement(problem(), question, far, want, "float64").wrong


def test_null_on_one_side_is_a_disagreement_unless_a_threshold_explains_it() -> None:
    question = Best(name="q", objective="y", where=(Condition("a", ">", 4.0),))
    want = reference(question)
    assert np.isnan(want.values["objective"])
    there = reference(replace(question, where=(Condition("a", ">=", 4.0),)))
    assert not agreement(problem(), question, there, want, "float64").wrong
    lower = reference(replace(question, where=(Condition("a", ">=", 3.0),)))
    assert agreement(problem(), question, lower, want, "float64").wrong
    every = Best(name="q", objective="y")
    none = changed(reference(every), index=-1, objective=np.nan)
    assert agreement(problem(), every, none, reference(every), "float64").wrong


def test_a_quantile_may_fall_into_the_next_bin_only_at_an_edge() -> None:
    question = Quantiles(name="q", quantity="b", at=(0.4,))
    want = reference(question)
    (value,) = want.values["quantiles"]
    assert value == pytest.approx(2, rel=0.008)
    # 2 is the lower edge of its bin: a number a little below it has the bin before
    before = changed(want, quantiles=np.array([2 - 2 / 256]))
    assert not agreement(problem(), question, before, want, "float64").wrong
    after = changed(want, quantiles=np.array([value * (1 + 1 / 64)]))
    assert agreement(problem(), question, after, want, "float64").wrong
    assert agreement(problem(), question, changed(want, quantiles=np.array([value * 1.1])), want, "float64").wrong


def test_counts_of_all_points_and_of_unknown_ones_are_exact() -> None:
    question = Summary(name="q", quantity="y")
    want = reference(question)
    for name in ("count", "nan"):
        found = agreement(problem(), question, changed(want, **{name: want.values[name] + 1}), want, "float64")
        assert name in found.wrong


def test_relative() -> None:
    a, b = np.array([1.0, np.nan, 0.0, np.inf, np.nan, 2.0]), np.array([1.0, np.nan, 0.0, np.inf, 1.0, 1.0])
    np.testing.assert_array_equal(relative(a, b), [0, 0, 0, 0, np.inf, 0.5])


@pytest.mark.parametrize("shape", [(10,) * 9, (2,) * 40, (1_000_000,), (7, 300_000, 3), (5, 5)])
def test_a_sample_has_the_ends_of_every_axis_and_is_small(shape: tuple[int, ...]) -> None:
    axes = tuple(Axis(f"x{i}", {f"x{i}": np.arange(n, dtype=float)}) for i, n in enumerate(shape))
    whole = Problem(MODEL, Grid(axes))
    part, again = sub_problem(whole), sub_problem(whole)
    assert part.grid.size <= MAX_POINTS
    assert part.grid.size > min(whole.grid.size, MAX_POINTS) / 3
    for axis, small, same in zip(axes, part.grid.axes, again.grid.axes, strict=True):
        values = small.columns[axis.name]
        np.testing.assert_array_equal(values, same.columns[axis.name])
        assert (np.diff(values) > 0).all()
        assert set(values) <= set(axis.columns[axis.name])
        if len(values) > 1:
            assert (values[0], values[-1]) == (0, len(axis) - 1)


def test_a_table_has_no_result_to_compare() -> None:
    with pytest.raises(TypeError, match="as it is walked"):
        agreement(problem(), Table(name="q", quantities=("y",)), Result({}, 0), Result({}, 0), "float64")


def test_single_points_are_checked_where_a_kind_reports_them() -> None:
    best, summary = Best(name="q", objective="y"), Summary(name="q", quantity="y")
    want = reference(best)
    assert agreement_at_points(problem(), best, want, "float64").wrong == ""
    assert "coordinates" in agreement_at_points(problem(), best, changed(want, index=3), "float64").wrong
    off = {"min": np.array(-1.0)}
    assert agreement_at_points(problem(), summary, changed(reference(summary), **off), "float64").wrong == ""
