"""An axis with ``prior = "run"``: joint draws of every input that a study needs, that nothing gives and that the prior knows.

The draws are those of an estimate of the same run: the same inputs, in the same order, on the same points. Where the
distribution of an input hangs on the chip and the study has several, the axis brings a column for each
distribution, all at the same cumulative probabilities, and the chip says which of them holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ... import configs
from ...kernels.model.operations import where
from ...kernels.model.quantity import Model, Quantity
from ..prior.draw_sources import DrawnFrom, drawn_from
from ..prior.drawn_inputs import (
    DEVIATION,
    NOTHING_KNOWN,
    TARGETS,
    Distribution,
    RunFacts,
    distribution_of,
    drawn_order,
    shown_name,
)
from ..stats import distributions
from .axes import check_draws, draw_column, drawn_words, parse_columns
from .bindings import Bindings
from .detail import Detail
from .fields import key_text
from .planned_axis import AxisColumns, AxisError, Floats
from .schema import AxisSpec, StudySpec

CHIP_COLUMNS = ("peak_bf16", "peak_fp8", "peak_fp4", "tdp", "memory_bandwidth")  # an axis that brings one has chips


@dataclass(frozen=True)
class _Runs:
    """What tells runs of the study apart: the axis (None where there is none, or several) and its points."""

    axis: str | None
    labels: tuple[str, ...]
    facts: tuple[RunFacts, ...]


def draw_prior(bindings: Bindings, spec: StudySpec, model: Model, asked: Iterable[str], needed: Iterable[str]) -> Model:
    """Add the prior's draws to the axis that asks for them, where one does.

    Parameters
    ----------
    bindings
        What all else gives; the axis gets its columns here, and notes say what is drawn.
    spec
        The study's file.
    model
        The study's quantities.
    asked
        What all questions of the file ask for: the draws are the same whichever of them are answered.
    needed
        What the questions to answer ask for.

    Returns
    -------
    Model
        The quantities; where an input's distribution hangs on the chip, it is computed from several columns.

    Raises
    ------
    AxisError
        Where two axes draw from the prior, or nobody can say which of several distributions an input has.
    """
    places = [i for i, axis in enumerate(bindings.axes) if axis.prior is not None]
    if not places:
        return model
    first, *others = (bindings.axes[i].name for i in places)
    if others:
        raise AxisError(f"axes.{others[0]}.prior: axes.{first} draws from the prior already; one axis holds all that is joint")
    draws = _Draws(bindings, bindings.axes[places[0]], spec, model)
    names = draws.names(asked)
    bindings.axes[places[0]] = draws.columns(names, set(model.inputs(needed, {*bindings.given, *bindings.columns()})))
    return draws.model


@dataclass
class _Draws:
    """The draws of one axis while they are made; ``model`` grows with them."""

    bindings: Bindings
    axis: AxisColumns
    study: StudySpec
    model: Model

    @property
    def spec(self) -> AxisSpec:
        return self.study.axes[self.axis.name]

    @property
    def place(self) -> tuple[str, ...]:
        return ("axes", self.axis.name)

    def names(self, asked: Iterable[str]) -> list[str]:
        """List the inputs to draw, in the order of their dimensions."""
        held = {*self.bindings.given, *self.bindings.columns()}
        targets = [name for name in TARGETS if name in self.model]
        names = drawn_order(self.model, [*targets, *asked], held)
        for name in self.spec.only or ():
            if name in self.study.given or name in self.bindings.columns():
                raise AxisError(f"{key_text((*self.place, 'only'))}: {name} is given elsewhere; leave one out")
        return [name for name in names if name in (self.axis.prior or ())]

    def columns(self, names: Sequence[str], needed: set[str]) -> AxisColumns:
        """Make the columns that are needed, of those drawn and the axis's own, from points with a dimension for each."""
        count, seed = check_draws(self.spec, self.place)
        own = {} if self.spec.columns is None else parse_columns(self.spec, self.model, self.place)
        own = {key: column for key, column in own.items() if key in self.axis.columns}
        points = distributions.sobol(count, len(names) + len(own), seed) if names or own else np.empty((count, 0))
        columns: dict[str, Floats] = {}
        sources: dict[str, str] = {}
        drawn_by: dict[str, DrawnFrom] = {}
        drawn = [name for name in names if name in needed]
        for name in drawn or names[:1]:  # an axis has a column, also where no question needs one
            for key, (values, distribution) in self._drawn(name, points[:, names.index(name)]).items():
                columns[key] = values
                sources[key] = distribution.source
                drawn_by[key] = drawn_from(name, distribution)
        for i, (key, (item, column)) in enumerate(own.items(), len(names)):
            columns[key] = draw_column(column, item, points[:, i], (*self.place, "columns", key))
        if drawn:
            names_drawn = ", ".join(map(shown_name, drawn))
            self.bindings.notes.append(Detail(f"axes.{self.axis.name} draws {names_drawn} from what is known of a run"))
        return replace(self.axis, columns=columns, sources=sources, drawn=drawn_by | drawn_words(own))

    def _drawn(self, name: str, u: Floats) -> dict[str, tuple[Floats, Distribution]]:
        """Draw an input at the probabilities ``u``: its columns, and what each is drawn from."""
        runs = self._runs(name)
        of_run = [self._distribution(name, label, runs.facts[i]) for i, label in enumerate(runs.labels)]
        kinds = list(dict.fromkeys(of_run))
        if len(kinds) == 1:
            return {name: (kinds[0].at(u), kinds[0])}
        numbers = [kinds.index(kind) for kind in of_run]
        first = [runs.labels[numbers.index(i)] for i in range(len(kinds))]
        if runs.axis is None:
            raise AxisError(
                f"{key_text(self.place)}: {name} has another distribution on {first[1]} than on {first[0]}, and several axes "
                f"bring chips; give it, with except = [{name!r}] here"
            )
        selector, parts = f"{name}_by_{_slug(runs.axis)}", [f"{name}_on_{_slug(label)}" for label in first]
        self._choose(name, selector, parts)
        self._add_column(runs.axis, selector, np.array(numbers, dtype=np.float64))
        return {part: (kind.at(u), kind) for part, kind in zip(parts, kinds, strict=True)}

    def _runs(self, name: str) -> _Runs:
        """Tell runs of the study apart by what an input's distribution hangs on, the chip."""
        if name == DEVIATION:  # the formula of the MFU knows the chip
            return _Runs(None, ("",), (NOTHING_KNOWN,))
        axes = [axis for axis in self.bindings.axes if has_chips(axis)]
        keys = tuple(row.base_key for axis in axes for row in axis.rows) or ("",)
        return _Runs(axes[0].name if len(axes) == 1 else None, keys, tuple(RunFacts(key) for key in keys))

    def _distribution(self, name: str, label: str, run: RunFacts) -> Distribution:
        """Find the one distribution of an input of a run, in all years of the study."""
        years = self._years()
        kinds = dict.fromkeys(distribution_of(name, replace(run, year=year)) for year in years)
        if len(kinds) > 1:
            early, late = f"{min(years):g}", f"{max(years):g}"
            raise AxisError(
                f"{key_text(self.place)}: {name} has another distribution in {early} than in {late}, and an axis brings both "
                f"years; give it, with except = [{name!r}] here"
            )
        (kind,) = kinds
        if kind is None:
            raise AxisError(f"{key_text(self.place)}: the prior knows no {name} on {label}; give it, with except = [{name!r}]")
        return kind

    def _years(self) -> list[float]:
        """List the years in which the study has runs."""
        for axis in self.bindings.axes:
            if "year" in axis.columns:
                return sorted(set(axis.columns["year"].tolist()))
        return [self.bindings.given.get("year", configs.defaults()["year"].value)]

    def _choose(self, name: str, selector: str, parts: Sequence[str]) -> None:
        """Compute an input as one of several columns, of which another says which."""
        taken = [new for new in (selector, *parts) if new in self.model]
        if taken:
            raise AxisError(f"{key_text(self.place)}: needs the name {taken[0]} itself; call the study's quantity otherwise")
        item = self.model[name]
        which = Quantity(selector, "", "given", f"Which of the distributions of {name} a run has.")
        extra = {part: replace(item, name=part) for part in parts}
        chosen = replace(item, source="of the run's distribution", function=chosen_draw, parameters=(selector, *parts))
        self.model = self.model.extended({selector: which, **extra, name: chosen})

    def _add_column(self, axis_name: str, column: str, values: Floats) -> None:
        for i, axis in enumerate(self.bindings.axes):
            if axis.name == axis_name:
                source = "which of the distributions of configs/prior holds"
                columns, sources = {**axis.columns, column: values}, {**axis.sources, column: source}
                self.bindings.axes[i] = replace(axis, columns=columns, sources=sources)


def chosen_draw(which: Any, *values: Any) -> Any:
    """Choose the value whose position ``which`` says."""
    result = values[0]
    for i, value in enumerate(values[1:], 1):
        result = where(which == i, value, result)
    return result


def input_of_draws(model: Model) -> dict[str, str]:
    """Name the input that each column of draws is of, where its distribution hangs on the chip."""
    chosen = [item for item in model.quantities.values() if item.function is chosen_draw]
    return {part: item.name for item in chosen for part in item.parameters[1:]}


def has_chips(axis: AxisColumns) -> bool:
    """Tell whether an axis's points are chips: rows of the hardware table, or of another that has a column of it."""
    return axis.facts and (axis.table == "hardware" or any(column in axis.renamed.values() for column in CHIP_COLUMNS))


def _slug(chip: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in chip)
