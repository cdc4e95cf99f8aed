"""Answers as cells: one number for each row and statistic, so that two answers to a question can be compared."""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Sensitivity,
    Summary,
    Table,
)
from ..errors import InputError
from .document_forms import AnswerForm, EstimateForm, Number

Coordinate = tuple[str, Any, str]  # a dimension, the point along it, and its unit
Key = tuple[Coordinate, ...]  # all that tells a row from others
_DIGITS = 9  # to which coordinates of two documents are one
MEDIAN = 0.5
ESTIMATE = "estimate"
OF_BINS = "mean_of_bins"


_ENDLESS = ("inf", "-inf")  # numbers as a document has them that no difference can be told of


def _is_endless(value: Any) -> bool:
    return value in _ENDLESS or (isinstance(value, float) and not math.isfinite(value))


@dataclass(frozen=True)
class Cell:
    """A number of an answer.

    Attributes
    ----------
    key
        What tells its row apart.
    column
        The statistic or quantity, as a study asks for it.
    quantity
        What the number is of.
    unit, value
        The number in its unit; None where there is none.
    is_main
        Whether it is the one by which its row is told.
    chosen
        Of a decision, the coordinates that were chosen, each with its unit.
    """

    key: Key
    column: str
    quantity: str
    unit: str
    value: Number
    is_main: bool = False
    chosen: Key = ()


class _Rows:
    """An answer's arrays, flat, and the keys of its rows."""

    def __init__(self, answer: AnswerForm, of: Sequence[str]):
        self.answer, self.of = answer, of
        self.lengths = [len(answer.coords.get(dim, ())) for dim in answer.dims]
        self.size = math.prod(self.lengths)

    def flat(self, data: Any, what: str) -> list[Any]:
        """Flatten a nested list over the answer's dimensions; InputError where it is not one."""
        values = [data]
        for _ in self.lengths:
            values = [item for value in values for item in (value if isinstance(value, list) else ())]
        if len(values) != self.size or any(not isinstance(value, float | int | str | None) for value in values):
            raise InputError(f"the answer to {self.answer.question!r}: {what} does not have the form of its dimensions")
        return [None if _is_endless(value) else value for value in values]

    def column(self, name: str) -> list[Any]:
        if name not in self.answer.values:
            raise InputError(f"the answer to {self.answer.question!r} has no values of {name!r}")
        values = self.flat(self.answer.values[name].data, name)
        if any(isinstance(value, str) for value in values):
            raise InputError(f"the answer to {self.answer.question!r}: {name} has text where numbers belong")
        return values

    def keys(self) -> list[Key]:
        units = self.answer.units
        coords = [[(dim, _rounded(point), units.get(dim, "")) for point in self.answer.coords[dim]] for dim in self.answer.dims]
        return [tuple(points) for points in itertools.product(*coords)]

    def groups(self, dim: str) -> Iterator[tuple[Key, slice]]:
        """Give the rows of each group of points along the last dimension, where that is ``dim``."""
        length = self.lengths[-1] if self.answer.dims and self.answer.dims[-1] == dim else 1
        keys = self.keys()
        for start in range(0, self.size, max(length, 1)):
            yield keys[start][:-1] if length != 1 or dim in self.answer.dims else keys[start], slice(start, start + length)

    def unit(self, name: str) -> str:
        return self.answer.values[name].unit

    def coordinates(self, row: int) -> Key:
        return tuple((name, _rounded(values[row]), self.answer.units.get(name, "")) for name, values in self._at().items())

    def _at(self) -> dict[str, list[Any]]:
        return {name: self.flat(data, name) for name, data in self.answer.at.items()}


def _rounded(point: Any) -> Any:
    return float(f"{point:.{_DIGITS}g}") if isinstance(point, float | int) else point


def cells_of(answer: AnswerForm, of: Sequence[str] = ()) -> tuple[Cell, ...]:
    """List an answer's cells.

    Parameters
    ----------
    answer
        The answer.
    of
        The quantities that the question is about, where the document says them.

    Raises
    ------
    InputError
        Where the answer is not of its kind's form.
    """
    known = {kind.kind: entry for kind, entry in KINDS.entries().items()}
    if answer.kind not in known:
        raise InputError(f"the answer to {answer.question!r} is of no kind that is known: {answer.kind!r}")
    if not answer.values:
        raise InputError(f"the answer to {answer.question!r} has no values")
    rows = _Rows(answer, of)
    unknown = [dim for dim in answer.dims if dim not in answer.coords]
    if unknown:
        raise InputError(f"the answer to {answer.question!r} has no coordinates of {unknown[0]!r}")
    return tuple(known[answer.kind].cells(rows))


def cells_of_estimate(form: EstimateForm) -> tuple[Cell, ...]:
    """List the quantities of an estimate, each a row with its median, P10 and P90."""
    return tuple(
        Cell((("quantity", name, ""),), f"{taken}({name})", name, spread.unit, value, is_main)
        for name, spread in form.quantities.items()
        for taken, value, is_main in (("P50", spread.median, True), ("P10", spread.low, False), ("P90", spread.high, False))
    )


def _chosen_cells(rows: _Rows) -> Iterator[Cell]:
    """Give a best's or a decision's values, of which the first is the objective, with what was chosen."""
    for i, name in enumerate(rows.answer.values):
        for row, (key, value) in enumerate(zip(rows.keys(), rows.column(name), strict=True)):
            yield Cell(key, name, _of(name), rows.unit(name), value, i == 0, rows.coordinates(row) if i == 0 else ())


def _of(statistic: str) -> str:
    """Name the quantity that a statistic is of: ``P50(cost)`` is of cost."""
    return statistic.partition("(")[2].rstrip(")") or statistic


def _quantile_cells(rows: _Rows) -> Iterator[Cell]:
    name, *others = rows.answer.values
    if others:
        raise InputError(f"the answer to {rows.answer.question!r} has the values of several quantities, {name} and {others[0]}")
    if "quantile" not in rows.answer.dims:
        raise InputError(f"the answer to {rows.answer.question!r} has no quantiles")
    shares = [share for share in rows.answer.coords["quantile"] if isinstance(share, float | int)]
    if len(shares) < len(rows.answer.coords["quantile"]):
        raise InputError(f"the answer to {rows.answer.question!r}: its quantiles are not all numbers")
    main = min(range(len(shares)), key=lambda i: abs(shares[i] - MEDIAN), default=0)
    values = rows.column(name)
    for key, part in rows.groups("quantile"):
        for i, value in enumerate(values[part]):
            yield Cell(key, f"P{100 * shares[i]:g}({name})", name, rows.unit(name), value, i == main)


def _summary_cells(rows: _Rows) -> Iterator[Cell]:
    name = next(iter(rows.of), "")
    for taken in ("mean", "min", "max"):
        for key, value in zip(rows.keys(), rows.column(taken), strict=True):
            yield Cell(key, _statistic(taken, name), name, rows.unit(taken), value, taken == "mean")


def _statistic(taken: str, name: str) -> str:
    return f"{taken}({name})" if name else taken


def _histogram_cells(rows: _Rows) -> Iterator[Cell]:
    """Give the mean of the middles of each group's bins: bins themselves lie elsewhere once values move."""
    name = next(iter(rows.of), "")
    low, high, counts = (rows.column(name) for name in ("from", "to", "count"))
    for key, part in rows.groups("bin"):
        total = sum(count or 0 for count in counts[part])
        ends = zip(low[part], high[part], counts[part], strict=True)
        middle = sum(
            _middle(one, other) * count for one, other, count in ends if count and one is not None and other is not None
        )
        yield Cell(key, _statistic(OF_BINS, name), name, rows.unit("from"), middle / total if total else None, True)


def _middle(low: float, high: float) -> float:
    """Find the middle of a bin: bins above 0 are in equal ratios."""
    return math.sqrt(low) * math.sqrt(high) if low > 0 else (low + high) / 2


def _share_cells(rows: _Rows) -> Iterator[Cell]:
    for key, value in zip(rows.keys(), rows.column("share"), strict=True):
        yield Cell(key, "share", "", "", value, True)


def _front_cells(rows: _Rows) -> Iterator[Cell]:
    """Give each group's best values: points of two fronts do not belong to each other.

    A front begins with the best of its first quantity and ends with that of its second, which says what is better.
    """
    for i, name in enumerate(list(rows.answer.values)[:2]):
        values = rows.column(name)
        groups = [(key, [value for value in values[part] if value is not None]) for key, part in rows.groups("point")]
        ends = [(known[-i], known[i - 1]) for _, known in groups if known]
        best, taken = (max, "max") if any(first > last for first, last in ends) else (min, "min")
        for key, known in groups:
            yield Cell(key, f"{taken}({name})", name, rows.unit(name), best(known, default=None), i == 0)


def _row_cells(rows: _Rows) -> Iterator[Cell]:
    """Give a table's values by where its rows lie: their numbers change with the axes."""
    for i, name in enumerate(rows.answer.values):
        for row, value in enumerate(rows.column(name)):
            yield Cell(rows.coordinates(row), name, name, rows.unit(name), value, i == 0)


@dataclass(frozen=True)
class CellsOfKind:
    """How answers to questions of a kind are held against each other.

    Attributes
    ----------
    cells
        Lists their numbers.
    """

    cells: Callable[[_Rows], Iterator[Cell]]


KINDS: ByKind[CellsOfKind] = ByKind(
    "bench.differences.answer_cells.KINDS",
    {
        Best: CellsOfKind(_chosen_cells),
        Decision: CellsOfKind(_chosen_cells),
        Summary: CellsOfKind(_summary_cells),
        Quantiles: CellsOfKind(_quantile_cells),
        Histogram: CellsOfKind(_histogram_cells),
        Sensitivity: CellsOfKind(_share_cells),
        Pareto: CellsOfKind(_front_cells),
        Table: CellsOfKind(_row_cells),
    },
)
