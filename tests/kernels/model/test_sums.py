"""Sums along axes against a plain one: a Python loop over the points, for each point anew."""

import math
import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from agreement import check, written
from hypothesis import given as drawing
from hypothesis import settings
from hypothesis import strategies as st
from strategies import problems
from summed_fleet import TARGETS, fleet_problem

from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.graph.intervals import bounds
from flopwatt.kernels.graph.tracing import trace
from flopwatt.kernels.model import sums
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.evaluate import dependence, evaluate_at
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.named_number import SumAlong
from flopwatt.kernels.model.quantity import Model, ModelError, Quantity, collecting, given, quantity, total
from flopwatt.kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Sensitivity,
    Summary,
    Table,
)
from flopwatt.kernels.model.statistics import Measure, Promise, Statistic
from flopwatt.kernels.model.sums import with_sums


class Plain:
    """The plain evaluation: numbers of one point, by Python's recursion; a sum asks other points."""

    def __init__(self, problem: Problem):
        self.problem, self.known = problem, dict[tuple[str, tuple[int, ...]], float]()

    def at(self, name: str, place: tuple[int, ...]) -> float:
        if (name, place) not in self.known:
            self.known[name, place] = self._at(name, place)
        return self.known[name, place]

    def _at(self, name: str, place: tuple[int, ...]) -> float:
        grid, item = self.problem.grid, self.problem.model[name]
        if name in grid.column_axis:
            axis = grid.column_axis[name]
            return np.float64(grid.axes[axis].columns[name][place[axis]])
        if name in self.problem.given:
            return np.float64(self.problem.given[name])
        along = item.sum_along
        if along is None or along.along not in grid.column_axis:
            return np.float64(item(*(self.at(parameter, place) for parameter in item.parameters)))
        axis = grid.column_axis[along.along]
        last = place[axis] + 1 if along.kind == "cumulative" else grid.shape[axis]
        result = self.at(along.of, (*place[:axis], 0, *place[axis + 1 :]))
        for i in range(1, last):
            result = result + self.at(along.of, (*place[:axis], i, *place[axis + 1 :]))
        return result


def check_plain(problem: Problem, targets: tuple[str, ...]) -> Problem:
    """Assert that sums computed beforehand equal the plain ones at every point, as engines must."""
    tabulated = with_sums(problem, targets)
    grid = problem.grid
    assert tabulated.grid.shape == grid.shape
    found = evaluate_at(tabulated, targets, np.arange(grid.size))
    plain = Plain(problem)
    places = list(np.ndindex(*grid.shape))
    with np.errstate(all="ignore"):
        for name in targets:
            expected = np.array([plain.at(name, place) for place in places], dtype=np.float64)
            np.testing.assert_allclose(found[name], expected, rtol=1e-12, err_msg=name)
    return tabulated


@pytest.mark.parametrize("lengths", [(4, 6, 5, 3), (1, 6, 1, 1), (7, 1, 2, 1), (1, 1, 1, 1), (3, 2, 9, 2)])
def test_sums_are_the_plain_ones(lengths: tuple[int, int, int, int]) -> None:
    check_plain(fleet_problem(*lengths), TARGETS)


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_summed_like_any(odd: float) -> None:
    problem = fleet_problem(power=np.array([1.0, odd, 2.0, math.inf]))
    tabulated = check_plain(problem, TARGETS)
    so_far = evaluate_at(tabulated, ["phases_so_far"], np.arange(4) * problem.grid.strides[0])["phases_so_far"]
    assert np.isfinite(so_far).tolist() == [True, False, False, False]


def test_sums_are_cut_into_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = with_sums(fleet_problem(draws=11), TARGETS)
    monkeypatch.setattr(sums, "BLOCK_VALUES", 50)  # two draws
    cut = check_plain(fleet_problem(draws=11), TARGETS)
    for one, other in zip(whole.grid.axes, cut.grid.axes, strict=True):
        assert one.columns.keys() == other.columns.keys()
        for name, values in one.columns.items():
            np.testing.assert_array_equal(values, other.columns[name])


def test_dependence_loses_the_axis_of_a_total() -> None:
    tabulated = with_sums(fleet_problem(), TARGETS)
    axes = dependence(tabulated, TARGETS)
    assert [set(axes[name]) for name in ("online", "piled", "ever", "phases_so_far", "paid")] == [
        {1, 2}, {1, 2}, {1}, {0}, {1, 2, 3},
    ]  # fmt: skip


def test_an_axis_that_is_not_there_is_one_point() -> None:
    problem = fleet_problem()
    axes = tuple(axis for axis in problem.grid.axes if axis.name != "periods")
    held = replace(problem, grid=Grid(axes), given={"period": 3.0})
    tabulated = check_plain(held, TARGETS)
    at = evaluate_at(tabulated, ["online", "piled", "ever"], np.arange(held.grid.size))
    np.testing.assert_array_equal(at["online"], at["piled"])
    np.testing.assert_array_equal(at["online"], at["ever"])


def test_a_sum_that_is_held_is_not_computed() -> None:
    problem = replace(fleet_problem(), given={"online": 2.0})
    tabulated = check_plain(problem, ("piled",))
    assert evaluate_at(tabulated, ["piled"], np.array([0, problem.grid.size - 1]))["piled"].tolist() == [2.0, 12.0]


def test_intervals_hold_the_sums() -> None:
    tabulated = with_sums(fleet_problem(), TARGETS)
    traced = trace(tabulated, TARGETS)
    nodes = [traced.quantities[name] for name in TARGETS]
    known = bounds(tabulated, nodes, "float64")
    found = evaluate_at(tabulated, TARGETS, np.arange(tabulated.grid.size))
    for name in ("online", "piled", "ever", "phases_so_far"):
        own = known[traced.quantities[name].id]
        assert (own.low, own.high, own.nan) == (found[name].min(), found[name].max(), False)


def test_summed_axes_are_no_dimension() -> None:
    tabulated = with_sums(fleet_problem(), ("paid", "share"), ["phases"])
    assert tabulated.grid.shape == (5, 6, 3)
    whole = fleet_problem()
    one = evaluate_at(with_sums(whole, ("paid",)), ["paid"], np.arange(5 * 6 * 3))["paid"]
    np.testing.assert_array_equal(evaluate_at(tabulated, ["paid"], np.arange(5 * 6 * 3))["paid"], one)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "phase_online",
            "phase_online depends on phase of the axis phases, which is only summed over; ask for a quantity that",
        ),
        ("phases_so_far", "phases_so_far depends on the axis phases, which is only summed over"),
    ],
)
def test_summed_axes_need_a_total(target: str, said: str) -> None:
    with pytest.raises(ModelError, match=re.escape(said)):
        with_sums(fleet_problem(), ("online", target), ["phases"])


def test_nobody_sums_over_draws() -> None:
    problem = fleet_problem()
    phases, *others = problem.grid.axes
    drawn = replace(problem, grid=Grid((replace(phases, uncertain=True), *others)))
    with pytest.raises(ModelError, match="online is summed along phase, which the uncertain axis phases brings"):
        with_sums(drawn, ("online",))


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sums, "MAX_VALUES", 100)
    with pytest.raises(
        ModelError,
        match=re.escape(
            "phase_online is needed for a sum along an axis and differs over phases (4) x slips (5) x periods (6): 120"
        ),
    ):
        with_sums(fleet_problem(), TARGETS)


def test_too_many_curves_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sums, "MAX_CHOICES", 4)
    with pytest.raises(ModelError, match=re.escape("online is a sum that differs over slips (5) beside periods: 5 curves")):
        with_sums(fleet_problem(), TARGETS)


def test_the_second_argument_is_an_input() -> None:
    with collecting() as own:
        given("rate", "", "An input.")

        @quantity(unit="", source="test")
        def computed(rate):
            """No input."""
            return 2 * rate

        @quantity(unit="", source="test")
        def wrong(rate, computed):
            """A sum along what is computed."""
            return total(rate, computed)

    grid = Grid((Axis("rate", {"rate": np.array([1.0, 2.0])}),))
    with pytest.raises(ModelError, match="wrong is summed along computed, which is computed"):
        with_sums(Problem(Model(own), grid), ("wrong",))


def test_a_sum_not_computed_beforehand_is_refused() -> None:
    problem = fleet_problem()
    for ask in (dependence, trace, lambda problem, names: evaluate_at(problem, names, np.arange(2))):
        with pytest.raises(ModelError, match="which was not computed beforehand"):
            ask(problem, ["online"])


def test_weights_of_draws_stay() -> None:
    problem = fleet_problem(draws=3)
    axes = list(problem.grid.axes)
    axes[1] = replace(axes[1], weights=np.array([1.0, 2.0, 1.0]))
    tabulated = with_sums(replace(problem, grid=Grid(tuple(axes))), TARGETS)
    assert tabulated.grid.axes[1].weights is not None
    assert tabulated.grid.axes[1].weights.tolist() == [1, 2, 1]


@st.composite
def summing(draw: st.DrawFn) -> tuple[Problem, tuple[str, ...]]:
    """A random problem with one to three sums, and a formula of each; the next may sum that."""
    drawn = draw(problems(most_points=600, longest=6, sums=0.0))
    model, names = drawn.problem.model, list(drawn.quantities)
    inputs = [name for axis in drawn.problem.grid.axes for name in axis.columns] + list(drawn.problem.given)
    for i in range(draw(st.integers(1, 3))):
        of, along = draw(st.sampled_from(names)), draw(st.sampled_from(inputs))
        kind = draw(st.sampled_from(["cumulative", "total"]))
        made = Quantity(f"s{i}", "", "drawn", "", lambda x, along: x, (of, along), sum_along=SumAlong(kind, of, along))
        read = Quantity(f"r{i}", "", "drawn", "", lambda sum_, x: sum_ * 0.5 + x, (f"s{i}", draw(st.sampled_from(names))))
        model = model.extended({made.name: made, read.name: read})
        names += [made.name, read.name]
    return replace(drawn.problem, model=model), tuple(name for name in names if name[0] in "sr")


@settings(max_examples=60)
@drawing(summing(), st.sampled_from([7, 2**18]))
def test_random_sums_are_the_plain_ones(drawn: tuple[Problem, tuple[str, ...]], block: int) -> None:
    problem, targets = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sums, "BLOCK_VALUES", block)
        check_plain(problem, targets)


QUESTIONS = (
    Best(name="best", objective="paid", where=(Condition("online", ">=", 2.0),), by=("periods",)),
    Summary(name="summary", quantity="share", by=("prices",)),
    Quantiles(name="quantiles", quantity="piled", at=(0.1, 0.9), by=("periods",)),
    Histogram(name="histogram", quantity="paid", bins=5),
    Pareto(name="pareto", quantities=("paid", "online")),
    Sensitivity(name="sensitivity", quantity="paid"),
    Decision(
        name="decision",
        objective=Statistic("paid", Measure.QUANTILE, Fraction(1, 2)),
        promises=(Promise(Statistic("piled", Measure.QUANTILE, Fraction(4, 5)), ">=", 3.0),),
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_engines_answer_every_kind_of_question_about_sums(engine: str, dtype: str) -> None:
    targets = [name for question in QUESTIONS for name in question.targets()]
    tabulated = with_sums(fleet_problem(draws=16), targets, ["phases"])
    assert tabulated.grid.size == 16 * 6 * 3
    for question in QUESTIONS:
        reference, result = (
            get(name).prepare(tabulated, question, Settings(dtype=dtype)).run() for name in ("reference", engine)
        )
        check(tabulated, question, dtype, reference, result, exact=not isinstance(question, (Sensitivity, Decision)))


def test_a_table_tells_sums_of_every_point() -> None:
    tabulated = with_sums(fleet_problem(), ("paid",), ["phases"])
    table = Table(name="table", quantities=("paid",))
    told = written(get("numpy").prepare(tabulated, table, Settings(dtype="float64")), tabulated.grid.size)
    np.testing.assert_array_equal(told["paid"], evaluate_at(tabulated, ["paid"], np.arange(tabulated.grid.size))["paid"])
