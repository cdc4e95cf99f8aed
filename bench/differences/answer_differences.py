"""How far answers moved from one side to the other, row by row."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .answer_cells import Cell, Coordinate, Key
from .document_forms import growth

SINGLE, DOUBLE = 1e-5, 1e-6  # up to which answers in float32 and float64 are one, as a share: solved chips are no closer


@dataclass(frozen=True)
class RowDifference:
    """A row of an answer that moved.

    Attributes
    ----------
    a, b
        Its number on the two sides; None where a side has no such row.
    """

    a: Cell | None
    b: Cell | None

    @property
    def cell(self) -> Cell:
        """The number on the side that has one."""
        cell = self.a or self.b
        assert cell is not None, "a row is of one side at least"
        return cell

    @property
    def change(self) -> float | None:
        """By which share the number grew; None where one side has none, or it grew from 0."""
        return growth(*(None if side is None else side.value for side in (self.a, self.b)))

    @property
    def size(self) -> float:
        """How far it moved, as a share, alike for growing and shrinking; infinite where one side has no number."""
        change = self.change
        if change is None or change <= -1:
            return math.inf
        return abs(math.log1p(change))


@dataclass(frozen=True)
class AnswerDifference:
    """How far the answer to a question moved.

    Attributes
    ----------
    question
        The question's name.
    rows
        The rows whose main number moved; that which moved most comes first.
    same
        How many rows did not move at all.
    others
        Further numbers that moved: other quantiles than the median, least and greatest values.
    only_a, only_b
        Rows that only one side has.
    alike
        The dimensions along which all rows of both sides are at one point, so that it tells none apart.
    """

    question: str
    rows: tuple[RowDifference, ...]
    same: int
    others: tuple[RowDifference, ...] = ()
    only_a: tuple[Key, ...] = ()
    only_b: tuple[Key, ...] = ()
    alike: frozenset[str] = frozenset()

    @property
    def has_numbers_moved(self) -> bool:
        """Whether a number that both sides have is not the same."""
        return bool(self.rows or self.others)

    @property
    def has_moved(self) -> bool:
        """Whether anything is not the same."""
        return bool(self.has_numbers_moved or self.only_a or self.only_b)


def compare_cells(question: str, a: Sequence[Cell], b: Sequence[Cell], tolerance: float) -> AnswerDifference:
    """Hold two answers to one question against each other.

    Parameters
    ----------
    question
        Its name.
    a, b
        The numbers of the two sides.
    tolerance
        Up to which numbers are one, as a share.
    """
    first, second = _by_row(a), _by_row(b)
    rows, others, same = list[RowDifference](), list[RowDifference](), 0
    for key in (key for key in first if key in second):
        columns = dict.fromkeys([*first[key], *second[key]])
        pairs = [RowDifference(first[key].get(column), second[key].get(column)) for column in columns]
        moved = [pair for pair in pairs if not _is_same(pair, tolerance)]
        if moved:
            rows += [pair for pair in moved if pair.cell.is_main]
            others += [pair for pair in moved if not pair.cell.is_main]
        else:
            same += 1
    rows, others = (sorted(pairs, key=lambda pair: -pair.size) for pairs in (rows, others))
    only_a, only_b = (tuple(key for key in one if key not in other) for one, other in ((first, second), (second, first)))
    alike = _alike([*first, *second])
    return AnswerDifference(question, tuple(rows), same, tuple(others), only_a, only_b, alike)


def _alike(keys: Iterable[Key]) -> frozenset[str]:
    """Name the dimensions along which all rows are at one point, where others tell them apart."""
    own, points = dict.fromkeys(keys), dict[str, set[object]]()
    for dim, point, _ in (coordinate for key in own for coordinate in key):
        points.setdefault(dim, set()).add(point)
    alike = frozenset(dim for dim, values in points.items() if len(values) == 1)
    return alike if len(own) > 1 and alike != set(points) else frozenset()


def _by_row(cells: Sequence[Cell]) -> dict[Key, dict[str, Cell]]:
    result: dict[Key, dict[str, Cell]] = {}
    for cell in cells:
        result.setdefault(cell.key, {})[cell.column] = cell
    return result


def _is_same(pair: RowDifference, tolerance: float) -> bool:
    if pair.a is None or pair.b is None or pair.a.unit != pair.b.unit:
        return False
    first, second = pair.a.value, pair.b.value
    if first is None or second is None:
        return first is second
    return math.isclose(first, second, rel_tol=tolerance)


def chosen_differently(row: RowDifference) -> list[tuple[Coordinate, Coordinate]]:
    """List the coordinates that were chosen otherwise, as they are on the two sides."""
    if row.a is None or row.b is None:
        return []
    after = {name: (name, point, unit) for name, point, unit in row.b.chosen}
    return [(before, after[before[0]]) for before in row.a.chosen if before[0] in after and before != after[before[0]]]


def moved_first(answers: Iterable[AnswerDifference]) -> AnswerDifference | None:
    """Pick the first answer of which a row moved."""
    return next((answer for answer in answers if answer.rows), None)
