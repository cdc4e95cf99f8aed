"""What a study rests on beside what it says: defaults that were assumed, and facts that are not published."""

import functools
import itertools
import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.model.comparisons import COMPARISONS
from ...kernels.model.condition import Condition
from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.quantity import Model
from ...kernels.model.questions import Problem, Question
from ...kernels.text import nearest
from ..errors import Parameter
from .bindings import BindingError
from .detail import Detail
from .planned_axis import AxisColumns

CANDIDATES = 8192  # scenarios of a row of which those are looked for that a question is about ...
PROBES = 256  # ... and of which so many are looked at
LOOKS = (512, 2048)  # of the candidates so many first, and further ones only where those give too few
Tabulated = Callable[[Problem], Problem]
MAX_ROWS = 3  # of one way to count that a note lists


@dataclass(frozen=True)
class Assumption:
    """A default that an input took.

    Attributes
    ----------
    quantity
        The input's name.
    value
        In base units.
    unit
        What the defaults file states it in.
    source, note
        Where it comes from, and what to know of it.
    """

    quantity: str
    value: float
    unit: str
    source: str
    note: str = ""


@dataclass(frozen=True)
class MissingFact:
    """A fact that questions need and that is not published for a row.

    Attributes
    ----------
    quantity, column
        What questions need, and the table's column that would fill it.
    table, row
        Which table, and the key of the row.
    axis
        The axis that brings it.
    questions
        The names of those that cannot answer for the row.
    """

    quantity: str
    column: str
    table: str
    row: str
    axis: str
    questions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table}: {self.column} of {self.row} is not published; {', '.join(self.questions)} cannot answer for it"


# Rates that published tables count in ways that lie far apart: what plants emit directly or in their life cycle, what offices
# or industry pay. A reader is told the way that a study's rows have, also where it is one.
_COUNTED_IN_WAYS = ("carbon_intensity", "electricity_price")


def note_methods(axes: Iterable[AxisColumns], grid: Grid) -> tuple[str, ...]:
    """Say of which columns an axis's rows were counted in several ways, so that they do not compare; of rates, in which one.

    Parameters
    ----------
    axes
        What the study's axes bring.
    grid
        The study's: only its columns count.
    """
    notes: list[str] = []
    for axis in (axis for axis in axes if axis.facts):
        for quantity in (quantity for quantity in axis.columns if quantity in grid.column_axis):
            rows = _rows_by_method(axis, quantity)
            if len(rows) == 1 and quantity in _COUNTED_IN_WAYS:
                notes.append(Detail(f"axes.{axis.name}: {quantity} of every row is counted alike ({next(iter(rows))})"))
            if len(rows) > 1:
                counted = "; ".join(f"{method}: {_list_keys(keys)}" for method, keys in rows.items())
                notes.append(Detail(f"axes.{axis.name}: rows count {quantity} in ways that do not compare ({counted})"))
    return tuple(notes)


def _rows_by_method(axis: AxisColumns, quantity: str) -> dict[str, list[str]]:
    """Sort the keys of the rows that have a value by how it was counted; rows that do not say it are left out."""
    result: dict[str, list[str]] = {}
    column = axis.renamed.get(quantity, quantity)
    for row, value in zip(axis.rows, axis.columns[quantity].tolist(), strict=True):
        method = row.fact_source(column).method
        if method and not math.isnan(value):
            result.setdefault(method, []).append(row.key)
    return result


def _list_keys(keys: Sequence[str]) -> str:
    return ", ".join(keys[:MAX_ROWS]) + (f" and {len(keys) - MAX_ROWS} more" if len(keys) > MAX_ROWS else "")


def find_assumptions(
    model: Model, needs: Iterable[str], given: Mapping[str, float], columns: Iterable[str]
) -> tuple[Assumption, ...]:
    """Look up the defaults of the inputs that nothing gives.

    Parameters
    ----------
    model
        The study's quantities.
    needs
        Those that the questions need.
    given
        Quantities of one value.
    columns
        Quantities that axes bring.

    Raises
    ------
    BindingError
        For an input that has no default either.
    """
    held, defaults = set(given) | set(columns), configs.defaults()
    result = []
    for name in needs:
        if name in held or not model[name].given:
            continue
        default = defaults.get(name)
        if default is None:
            doc = model[name].doc.split("\n")[0].rstrip(".")
            close = nearest(name, held - set(needs))
            raise BindingError(
                f"given: {name} ({doc}) has no value and no default; add {name} = ... under [given], as an axis, or with ",
                Parameter("sets"),
                close,
            )
        result.append(Assumption(name, default.value, default.unit, default.source, default.note))
    return tuple(result)


def find_missing_facts(
    problem: Problem, questions: Sequence[Question], axes: Iterable[AxisColumns], tabulated: Tabulated = lambda problem: problem
) -> tuple[MissingFact, ...]:
    """List every unpublished fact that an answer goes without, in the order of the axes and their rows.

    A fact counts where some of the row's scenarios come out NaN for the lack of it alone: an FP8 peak that nobody
    published does not matter to a study in BF16.

    Parameters
    ----------
    problem
        The study's.
    questions
        What is asked of it.
    axes
        What its axes bring.
    tabulated
        Computes the sums along axes of a problem: see `sums.with_sums`.
    """
    held = problem.held()
    needs = {question.name: {item.name for item in problem.model.order(question.targets(), held)} for question in questions}
    result = []
    for axis in (axis for axis in axes if axis.facts):
        for quantity in (quantity for quantity in axis.columns if quantity in problem.grid.column_axis):
            needing = [question for question in questions if quantity in needs[question.name]]
            unknown = np.flatnonzero(np.isnan(axis.columns[quantity])).tolist() if needing else []
            gap = _Gap(problem, axis.name, quantity, tabulated)
            for number in unknown:
                asking = gap.questions_of(needing, number)
                if asking:
                    column, row = axis.renamed.get(quantity, quantity), axis.rows[number].key
                    names = tuple(question.name for question in asking)
                    result.append(MissingFact(quantity, column, axis.table, row, axis.name, names))
    return tuple(result)


@dataclass(frozen=True)
class _Gap:
    """A column of facts some of which are not published: the study without them, and as if they were."""

    problem: Problem
    axis: str
    quantity: str
    tabulated: Tabulated

    @functools.cached_property
    def alone(self) -> Problem:
        """The problem where these facts alone are not known."""
        return self.tabulated(_filled(self.problem, self.quantity))

    @functools.cached_property
    def known(self) -> Problem:
        """The problem where all facts are known."""
        return self.tabulated(_filled(self.problem, ""))

    def without(self, row: int) -> Problem:
        """Return the problem where a row's fact alone is not known; where rows are no scenarios of each other, all of them."""
        if any(axis.name == self.axis for axis in self.known.grid.axes):
            return self.alone
        return self.tabulated(_filled(self.problem, self.quantity, row))

    def questions_of(self, questions: Sequence[Question], row: int) -> list[Question]:
        """List the questions to which a row's fact matters; those about the same things are looked at once."""
        alike = [(question.targets(), question.where) for question in questions]
        scenarios = self._scenarios(row)
        alone = self.without(row)
        matters = {key: self._matters(*key, scenarios, alone) for key in dict.fromkeys(alike)}
        return [question for question, key in zip(questions, alike, strict=True) if matters[key]]

    def _scenarios(self, row: int) -> NDArray[np.int64]:
        """Draw scenarios of the row: flat indices."""
        grid = self.known.grid
        random = np.random.default_rng(row)
        flat = np.zeros(CANDIDATES, np.int64)
        for other, stride in zip(grid.axes, grid.strides, strict=True):
            place = random.integers(len(other), size=CANDIDATES)
            place[:2] = 0, len(other) - 1
            flat += stride * (row if other.name == self.axis else place)
        return flat

    def _matters(self, targets: tuple[str, ...], where: Sequence[Condition], flat: NDArray[np.int64], alone: Problem) -> bool:
        """Tell whether some targets are NaN at some of the scenarios where this fact alone is not known."""
        scenarios = _asked(alone, where, flat)
        unknown = {name: np.isnan(value) for name, value in evaluate_at(alone, targets, scenarios).items()}
        if not any(places.any() for places in unknown.values()):
            return False
        # with all facts known some scenarios have no answer either: chips without number that hours without end are charged for
        values = evaluate_at(self.known, targets, scenarios)
        return any(bool((places & ~np.isnan(values[name])).any()) for name, places in unknown.items())


def _asked(problem: Problem, where: Sequence[Condition], flat: NDArray[np.int64]) -> NDArray[np.int64]:
    """List the first scenarios at which no condition is known to fail: FP4's peak does not matter to a question about BF16."""
    names = list(dict.fromkeys(name for condition in where for name in condition.names()))
    asked = flat[:0]
    for begin, end in itertools.pairwise((0, *LOOKS, len(flat))):
        part = flat[begin:end]
        values = evaluate_at(problem, names, part) if names else {}
        met = np.ones(len(part), bool)
        for condition in where:
            left = values[condition.quantity]
            right = values[condition.value] if isinstance(condition.value, str) else np.float64(condition.value)
            met &= COMPARISONS[condition.op].compute(left, right) | np.isnan(left) | np.isnan(right)
        asked = np.concatenate([asked, part[met]])
        if len(asked) >= PROBES:
            break
    return asked[:PROBES]


def _filled(problem: Problem, keep: str, row: int | None = None) -> Problem:
    """Put a known number in place of every unknown one of a problem, except in the column ``keep`` or in one row of it."""
    return Problem(problem.model, Grid(tuple(_fill_unknown(axis, keep, row) for axis in problem.grid.axes)), problem.given)


def _fill_unknown(axis: Axis, keep: str, row: int | None) -> Axis:
    """Put a known number in place of every unknown one of an axis, except in the column ``keep`` or in one row of it."""
    columns = {}
    for name, values in axis.columns.items():
        known = values[~np.isnan(values)]
        kept = (np.arange(len(values)) == row) if row is not None else True
        filled = np.where(np.isnan(values), known[0] if len(known) else 1.0, values)
        columns[name] = np.where(kept, values, filled) if name == keep else filled
    return replace(axis, columns=columns)


def collect_sources(
    assumptions: Iterable[Assumption],
    axes: Iterable[AxisColumns],
    given: Iterable[str],
    grid: Grid,
    held: Container[str],
) -> dict[str, str]:
    """Say of each input where its value comes from.

    Parameters
    ----------
    assumptions
        Defaults that inputs took.
    axes
        What the study's axes bring.
    given
        Quantities of one value.
    grid
        The study's: only its columns count.
    held
        What overrides hold.
    """
    result = {name: "given by an override" if name in held else "given by the study" for name in given}
    result |= {a.quantity: a.source for a in assumptions}
    for axis in axes:
        for quantity in axis.columns:
            if quantity in grid.column_axis:
                result[quantity] = _source_of(axis, quantity)
    return result


def _source_of(axis: AxisColumns, quantity: str) -> str:
    if quantity in axis.sources:
        return str(axis.sources[quantity])
    if not axis.facts:
        return f"the study's axis {axis.name}"
    sources = dict.fromkeys(row.source_of(axis.renamed.get(quantity, quantity)) for row in axis.rows)
    return f"{axis.table}: " + "; ".join(source for source in sources if source)
