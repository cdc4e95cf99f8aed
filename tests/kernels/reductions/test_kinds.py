"""Answers made of merged states, by hand: an engine that has the states given has the answer."""

from typing import Any

import numpy as np
import pytest

from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Best, Histogram, Pareto, Problem, Quantiles, Sensitivity, Summary, Table
from flopwatt.kernels.reductions import kinds
from flopwatt.kernels.reductions.bins import Bins, Range, keys
from flopwatt.kernels.reductions.exact_sums import ExactSums
from flopwatt.kernels.reductions.kinds import answer
from flopwatt.kernels.reductions.pareto import NOWHERE
from flopwatt.kernels.reductions.states import BestState, RangeState, Share, SummaryState, Visited

# Two groups of three points; the second has none that is feasible.
X, Y = np.array([4.0, 1.0, 2.0]), np.array([5.0, 7.0, 7.0])


class ByHand:
    """An engine's passes whose states are written down; ``shares`` is what they said of the progress."""

    def __init__(self, dtype: str = "float64"):
        model = Model({name: Quantity(name, "", "given", "") for name in ("g", "x", "y")})
        axes = (Axis("g", {"g": np.arange(2.0)}), Axis("a", {"x": X, "y": Y}))
        self.problem, self.dtype = Problem(model, Grid(axes)), np.dtype(dtype)
        self.shares: list[Share] = []

    def array(self, *values: float) -> np.ndarray:
        return np.array(values, self.dtype)

    def best(self, question: Best) -> BestState:
        return BestState(self.array(1.0, np.inf), np.array([1, -1]), Visited(2, 3))

    def summary(self) -> SummaryState:
        count, feasible, nan = np.array([3, 3]), np.array([3, 0]), np.array([0, 1])
        low, high = self.array(1.0, np.inf), self.array(4.0, -np.inf)
        total = ExactSums.of(np.array([7.0, 0.0]), np.arange(2))
        return SummaryState(count, feasible, nan, low, high, total, Visited(1))

    def range(self, share: Share) -> RangeState:
        self.shares.append(share)
        low, high = self.array(1.0, np.inf), self.array(4.0, -np.inf)
        return RangeState(Range(low, high, low, np.full_like(low, -np.inf)), Visited(1, 2))

    def _placed(self, bins: Bins) -> np.ndarray:
        return bins.place(keys(X.astype(self.dtype)), 0)

    def count(self, bins: Bins, share: Share) -> np.ndarray:
        self.shares.append(share)
        counts = np.zeros((2, bins.width), np.int64)
        counts[0, self._placed(bins)] = 1
        return counts

    def least(self, bins: Bins, share: Share) -> np.ndarray:
        self.shares.append(share)
        least = np.full((2, bins.width), np.inf, self.dtype)
        least[0, self._placed(bins)] = Y
        return least

    def first_on(self, bins: Bins, front: np.ndarray, share: Share) -> np.ndarray:
        self.shares.append(share)
        index = np.full(front.shape, NOWHERE)
        for point, place in enumerate(self._placed(bins)):
            if front[0, place] == Y[point]:
                index[0, place] = point
        return index


BY: dict[str, Any] = {"name": "", "by": ("g",)}
BOTH = pytest.mark.parametrize("dtype", ["float64", "float32"])


@BOTH
def test_best_is_nan_where_nothing_is_feasible(dtype: str) -> None:
    result = answer(Best(objective="x", **BY), ByHand(dtype))
    np.testing.assert_array_equal(result.values["objective"], [1.0, np.nan])
    assert result.values["objective"].dtype == dtype
    assert result.values["index"].tolist() == [1, -1]
    assert (result.evaluated, result.nan, result.pruned) == (3, 2, 3)


@BOTH
def test_a_summary_has_a_mean_in_float64_and_extremes_in_the_dtype(dtype: str) -> None:
    result = answer(Summary(quantity="x", **BY), ByHand(dtype))
    expected = {"count": [3, 3], "feasible": [3, 0], "nan": [0, 1], "min": [1, np.nan], "mean": [7 / 3, np.nan]}
    for name, values in {**expected, "max": [4, np.nan]}.items():
        np.testing.assert_array_equal(result.values[name], values, err_msg=name)
    assert result.values["mean"].dtype == np.float64
    assert result.values["min"].dtype == result.values["max"].dtype == dtype
    assert (result.evaluated, result.nan, result.pruned) == (6, 1, 0)


def test_quantiles_are_read_from_each_group_s_bins() -> None:
    result = answer(Quantiles(quantity="x", at=(0.0, 0.5, 1.0), **BY), ByHand())
    np.testing.assert_allclose(result.values["quantiles"], [[1, 2, 4], [np.nan] * 3], rtol=1 / 128)
    assert result.evaluated == 4


def test_a_histogram_s_edges_are_those_of_all_groups() -> None:
    result = answer(Histogram(quantity="x", bins=2, **BY), ByHand())
    assert result.values["counts"].tolist() == [[2, 1], [0, 0]]
    np.testing.assert_allclose(result.values["edges"], [1.0, 2.0, 4.0], rtol=0.02)


def test_a_front_holds_the_points_that_none_beats() -> None:
    result = answer(Pareto(quantities=("x", "y"), **BY), ByHand())
    assert result.values["index"].tolist() == [[1, 0], [-1, -1]]
    np.testing.assert_array_equal(result.values["front"], [[[1, 7], [4, 5]], [[np.nan] * 2] * 2])


@pytest.mark.parametrize(
    "question", [Quantiles(quantity="x", **BY), Histogram(quantity="x", **BY), Pareto(quantities=("x", "y"), **BY)]
)
def test_the_passes_make_up_the_whole_of_the_progress(question: Any) -> None:
    passes = ByHand()
    answer(question, passes)
    done = 0.0
    for begin, length in passes.shares:
        assert begin == pytest.approx(done)
        done = begin + length
    assert done == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (Table(quantities=("x",), **BY), "^a table question has no one answer: its values are handed over in chunks$"),
        (Sensitivity(quantity="x", **BY), "^a sensitivity question is composed of summaries"),
    ],
)
def test_a_kind_that_is_answered_apart_says_so(question: Any, reason: str) -> None:
    with pytest.raises(EngineError, match=reason):
        answer(question, ByHand())


BINNED = (
    Quantiles(name="q", quantity="x", by=("g",)),
    Histogram(name="h", quantity="x", by=("g",)),
    Pareto(name="p", quantities=("x", "y"), by=("g",)),
)


def test_groups_that_need_more_memory_than_is_free_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "shortage", lambda needed: "1 kB")
    with pytest.raises(EngineError, match=r"the answers of 2 groups take 400 bytes of memory, and 1 kB are free"):
        answer(Best(name="b", objective="x", by=("g",)), ByHand())


@pytest.mark.parametrize("question", BINNED)
def test_bins_that_need_more_memory_than_is_free_are_refused(question: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "shortage", lambda needed: "1 kB" if needed > 400 else "")
    with pytest.raises(EngineError, match=r"2 groups of [0-9,]+ bins take .* of memory, and 1 kB are free; keep fewer axes"):
        answer(question, ByHand())
