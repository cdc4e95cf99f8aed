"""What is known of some groups after a part of a grid: merged with that of other parts, in any order, it is a whole run's.

A part's state takes no second look at the grid: counts are kept by the bins' own keys, which no range of values moves, and of a
front what no point of the same part beats. So machines that never meet each do a part, and their states are merged later.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..model.kinds import Apart, ByKind
from ..model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from .bins import Bins, Range
from .exact_sums import ExactSums
from .pareto import NOWHERE, on_front
from .states import Passes, Share, Visited

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Partial:
    """The state of the groups that a part of the grid lies in.

    Attributes
    ----------
    first, groups
        The number of the first of these groups, and how many they are.
    visited
        What the part's first pass did not know or compute.
    arrays
        Over the groups, by name.
    sparse
        Over the bins that hold anything, by name: ``group`` and ``key`` say which each is, in their order. Empty for kinds
        without bins.
    """

    first: int
    groups: int
    visited: Visited
    arrays: Arrays
    sparse: Arrays = field(default_factory=dict)


class PartPasses(Passes, Protocol):
    """The passes of a run that covers a part of the grid: their states are of the groups that it lies in."""

    @property
    def covered(self) -> range:
        """The numbers of these groups."""
        ...


@dataclass(frozen=True)
class PartialKind:
    """How states of a kind of question come about and merge.

    Attributes
    ----------
    collect
        Makes a part's state, of the question, the part's passes, and the groups that are wanted (all if None).
    empty
        By an array's name what it holds of a group that no part has come to.
    combine
        Merges two states' arrays, of the same groups.
    combine_bins
        Merges what two states have of one bin: for each sparse array the values, sorted by bin, and where each bin begins.
    """

    collect: Callable[[Any, PartPasses, NDArray[np.int64] | None], Partial]
    empty: Callable[[str], float]
    combine: Callable[[Question, Arrays, Arrays], dict[str, NDArray[Any]]]
    combine_bins: Callable[[Arrays, NDArray[np.int64]], dict[str, NDArray[Any]]] | None = None


# --- what is kept of each group -----------------------------------------------------------------------------------------


def _state(passes: PartPasses, visited: Visited, arrays: Arrays, sparse: Arrays | None = None) -> Partial:
    return Partial(passes.covered.start, len(passes.covered), visited, arrays, sparse or {})


def _best(question: Best, passes: PartPasses, _: NDArray[np.int64] | None) -> Partial:
    state = passes.best(question)
    return _state(passes, state.visited, {"value": state.objective, "index": state.index})


def _decision(question: Decision, passes: PartPasses, groups: NDArray[np.int64] | None) -> Partial:
    state = passes.decide(question, groups)
    arrays = {"value": state.value, "index": state.index}
    if state.failed is not None and state.considered is not None:
        arrays |= {"failed": state.failed, "considered": state.considered}
    return _state(passes, state.visited, arrays)


def _summary(_: Summary, passes: PartPasses, __: NDArray[np.int64] | None) -> Partial:
    state = passes.summary()
    arrays = {name: getattr(state, name) for name in ("count", "feasible", "nan", "low", "high")}
    total = state.total
    places = np.full(passes.covered.stop - passes.covered.start, total.low, np.int64)
    return _state(passes, state.visited, {**arrays, "limbs": total.limbs, "place": places, "special": total.special})


def _binned(_: Question, passes: PartPasses, __: NDArray[np.int64] | None) -> Partial:
    state = passes.range(_WHOLE)
    bins = Bins.of(state.range, passes.dtype.name)
    counts = passes.count(bins, _WHOLE)
    group, place = np.nonzero(counts)
    sparse = {"group": group + passes.covered.start, "key": bins.keys(group, place), "count": counts[group, place]}
    return _state(passes, state.visited, _ranges(state.range), sparse)


def _front(_: Pareto, passes: PartPasses, __: NDArray[np.int64] | None) -> Partial:
    state = passes.range(_WHOLE)
    bins = Bins.of(state.range, passes.dtype.name)
    least = passes.least(bins, _WHOLE)
    front = on_front(least)
    index = passes.first_on(bins, np.where(front, least, np.nan).astype(passes.dtype), _WHOLE)
    group, place = np.nonzero(front)
    bin_of = {"group": group + passes.covered.start, "key": bins.keys(group, place)}
    sparse = {**bin_of, "least": least[group, place], "index": index[group, place]}
    return _state(passes, state.visited, _ranges(state.range), sparse)


_WHOLE: Share = (0.0, 1.0)


def _ranges(span: Range) -> Arrays:
    return {"low": span.low, "high": span.high, "positive": span.positive, "negative": span.negative}


# --- how two merge ------------------------------------------------------------------------------------------------------


def _better(question: Question, one: Arrays, other: Arrays) -> dict[str, NDArray[Any]]:
    """Take of each group the better value, of equal ones that with the lowest index; counts add up."""
    more = bool(getattr(question, "maximize", False)) and not getattr(question, "nearest", False)
    values, places = one["value"], np.where(one["index"] < 0, NOWHERE, one["index"])
    rivals, others = other["value"], np.where(other["index"] < 0, NOWHERE, other["index"])
    better = (rivals > values) if more else (rivals < values)
    takes = (others != NOWHERE) & ((places == NOWHERE) | better | ((rivals == values) & (others < places)))
    result = {"value": np.where(takes, rivals, values), "index": np.where(takes, other["index"], one["index"])}
    return result | {name: one[name] + other[name] for name in ("failed", "considered") if name in one}


EXTREMES = {"low": np.minimum, "high": np.maximum, "positive": np.minimum, "negative": np.maximum}


def _extremes(_: Question, one: Arrays, other: Arrays) -> dict[str, NDArray[Any]]:
    return {name: merge(one[name], other[name]) for name, merge in EXTREMES.items() if name in one}


def _sums(question: Question, one: Arrays, other: Arrays) -> dict[str, NDArray[Any]]:
    counts = {name: one[name] + other[name] for name in ("count", "feasible", "nan")}
    total = sums_of(one).merge(sums_of(other))
    sums = {"limbs": total.limbs, "place": np.full(len(total.limbs), total.low), "special": total.special}
    return counts | _extremes(question, one, other) | sums


def sums_of(arrays: Arrays) -> ExactSums:
    """Read the sums of groups from a state's arrays: groups that no part has come to are at a place of their own, and are 0."""
    places = arrays["place"]
    known = places != _NO_PLACE
    return ExactSums(arrays["limbs"], int(places[known][0]) if known.any() else 0, arrays["special"])


_NO_PLACE = np.iinfo(np.int64).min


def _empty_value(name: str) -> float:
    return {"index": -1, "value": np.inf}.get(name, 0)


def _empty_range(name: str) -> float:
    return {"low": np.inf, "high": -np.inf, "positive": np.inf, "negative": -np.inf, "place": _NO_PLACE}.get(name, 0)


def _added(sorted_bins: Arrays, starts: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    return {"count": np.add.reduceat(sorted_bins["count"], starts)}


def _lowest(sorted_bins: Arrays, starts: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Take of each bin the least value, of equal ones that with the lowest index."""
    values, index = sorted_bins["least"], sorted_bins["index"]
    least = np.minimum.reduceat(values, starts)
    mine = values == np.repeat(least, np.diff(np.append(starts, len(values))))
    return {"least": least, "index": np.minimum.reduceat(np.where(mine, index, NOWHERE), starts)}


PARTIALS: ByKind[PartialKind] = ByKind(
    "kernels.reductions.partials.PARTIALS",
    {
        Best: PartialKind(_best, _empty_value, _better),
        Decision: PartialKind(_decision, _empty_value, _better),
        Summary: PartialKind(_summary, _empty_range, _sums),
        Quantiles: PartialKind(_binned, _empty_range, _extremes, _added),
        Histogram: PartialKind(_binned, _empty_range, _extremes, _added),
        Sensitivity: Apart("is composed of summaries, each with a state of its own"),
        Pareto: PartialKind(_front, _empty_range, _extremes, _lowest),
        Table: Apart("has rows and no state: what a part has of them is written"),
    },
)


def collect(question: Question, passes: PartPasses, groups: NDArray[np.int64] | None = None) -> Partial:
    """Compute the state of a part of the grid.

    Parameters
    ----------
    question
        What is asked.
    passes
        A run of it that covers the part.
    groups
        Of a decision the numbers of the groups that are wanted; all if None.
    """
    return PARTIALS.of(question).collect(question, passes, groups)


def merge(question: Question, partials: Sequence[Partial]) -> Partial:
    """Merge the states of parts that have no scenario in common.

    Parameters
    ----------
    question
        What they are of.
    partials
        The states, at least one, in any order: the result has the same bits.
    """
    left = sorted(partials, key=lambda partial: (partial.first, partial.groups))
    while len(left) > 1:  # neighbours first, which have most groups in common
        pairs = [left[i : i + 2] for i in range(0, len(left), 2)]
        left = [functools.reduce(functools.partial(_merge_two, question), pair) for pair in pairs]
    return left[0]


def _merge_two(question: Question, one: Partial, other: Partial) -> Partial:
    kind = PARTIALS.of(question)
    first = min(one.first, other.first)
    last = max(one.first + one.groups, other.first + other.groups)
    wide = [_widened(partial, first, last, kind.empty) for partial in (one, other)]
    visited = Visited(one.visited.nan + other.visited.nan, one.visited.pruned + other.visited.pruned)
    sparse: Arrays = {}
    if kind.combine_bins is not None:
        sparse = _merged_bins(one.sparse, other.sparse, kind.combine_bins)
    return Partial(first, last - first, visited, kind.combine(question, *wide), sparse)


def _widened(partial: Partial, first: int, last: int, empty: Callable[[str], float]) -> Arrays:
    """Arrange arrays over the groups from one to before another."""
    if (partial.first, partial.first + partial.groups) == (first, last):
        return partial.arrays
    start = partial.first - first
    result = {}
    for name, array in partial.arrays.items():
        wide = np.full((last - first, *array.shape[1:]), empty(name), array.dtype)
        wide[start : start + partial.groups] = array
        result[name] = wide
    return result


def _merged_bins(
    one: Arrays, other: Arrays, combine: Callable[[Arrays, NDArray[np.int64]], dict[str, NDArray[Any]]]
) -> dict[str, NDArray[Any]]:
    both = {name: np.concatenate([one[name], other[name]]) for name in one}
    if not len(both["group"]):
        return both
    order = np.lexsort((both["key"], both["group"]))
    both = {name: array[order] for name, array in both.items()}
    group, key = both["group"], both["key"]
    starts = np.flatnonzero(np.concatenate([[True], (np.diff(group) != 0) | (np.diff(key) != 0)]))
    return {"group": group[starts], "key": key[starts], **combine(both, starts)}


def complete(question: Question, partial: Partial, groups: int) -> Partial:
    """Arrange a state over all groups: those that its parts did not come to are as if they had no scenario.

    Parameters
    ----------
    question
        What it is of.
    partial
        The state of some parts.
    groups
        How many groups there are.
    """
    arrays = _widened(partial, 0, groups, PARTIALS.of(question).empty)
    return replace(partial, first=0, groups=groups, arrays=arrays)


def known_of(partial: Partial, groups: NDArray[np.int64]) -> Partial:
    """Keep what is known of some groups alone, as if no other had been asked for.

    Parameters
    ----------
    partial
        The state of decisions.
    groups
        The numbers of the groups.
    """
    keep = np.isin(partial.first + np.arange(partial.groups), groups)
    arrays = {
        name: np.where(keep.reshape(-1, *(1,) * (array.ndim - 1)), array, _empty_value(name)).astype(array.dtype)
        for name, array in partial.arrays.items()
    }
    return replace(partial, arrays=arrays)
