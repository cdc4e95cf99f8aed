"""Published training runs: chip-hours, chip-hours where the MFU is published, energy and training FLOPs.

What is taken as known beforehand: the model's parameters, its tokens and sequence length, the chip and how many, the precision,
the year and, for energy, the chip-hours and the PUE. A row's average power and carbon are never looked at.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ...kernels.model import units
from ..estimate.best_step import BEST_STEP, best_step_mfu
from ..estimate.intervals import spreads_alone
from ..estimate.scenario import Assumptions, Scenario, StatedValue, complete, facts, known
from ..estimate.source import AS_PUBLISHED
from ..facts.chips import match_chip
from ..facts.precisions import match_precision
from ..prior import store
from ..prior.store import Drawn
from . import baselines, fitting, node_power
from .case_labels import case_labels
from .cases import chip_hours_of, chip_of, known_before, model_columns, needed, uncounted
from .energy_scopes import read_scope
from .hours_basis import STEADY, hours_basis
from .results import Findings, LeftOut, Predicted
from .rows import CaseRow, UnpredictableError

SIX_N = 2.0  # flops_convention
SAME = 0.015  # figures that differ by less are one, rounded
_LEVELS = {"energy": "facility", "it_energy": "IT", "server_energy": "servers", "chip_energy": "chips"}  # in words
CIRCULAR = {  # what in energy_basis says that an energy tests nothing
    "circular": "it was itself computed from the hours",
    "tdp": "it was itself computed from the hours",
    "memory": "the row gives it from memory",
}


# --- one quantity each ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Basis:
    """What a published figure is predicted from.

    Parameters
    ----------
    scenario
        The run as it was known beforehand.
    target
        The quantity of the scenario that the figure is.
    rules
        What the baselines predict, by name, in base units.
    note
        What the prediction rests on, where that matters.
    factor
        The published figure over the quantity.
    """

    scenario: Scenario
    target: str
    rules: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    factor: float = 1.0


@dataclass(frozen=True)
class Figure:
    """A figure that rows publish.

    Parameters
    ----------
    quantity
        Its name among the predictions.
    column, unit
        The row's column that has it, and the column's unit.
    basis
        Tells what it is predicted from; raises UnpredictableError where the row lacks something.
    """

    quantity: str
    column: str
    unit: str
    basis: Callable[[CaseRow], Basis]

    def published(self, row: CaseRow) -> float:
        """Read the published figure in the unit, NaN where there is none."""
        return chip_hours_of(row) if self.column == "gpu_hours" else row.positive(self.column)

    def predict(self, row: CaseRow, draws: int) -> Predicted:
        """Predict the figure from so many joint draws. Raises UnpredictableError where the row lacks what that needs."""
        basis = self.basis(row)
        spread = spreads_alone(basis.scenario, [basis.target], draws)[basis.target]
        if spread.median is None:
            raise UnpredictableError(f"not published: {', '.join(spread.missing)}")
        scale = basis.factor * units.factor(spread.quantity.unit) / units.factor(self.unit)
        return Predicted(
            name=row.text("model") or row.where,
            quantity=self.quantity,
            unit=self.unit,
            published=self.published(row),
            predicted=spread.median * scale,
            low=None if spread.low is None else spread.low * scale,
            high=None if spread.high is None else spread.high * scale,
            baselines={name: units.from_base(value, self.unit) for name, value in basis.rules.items()},
            note=basis.note,
            labels=run_labels(row),
        )


def chip_hours(row: CaseRow) -> Basis:
    """Predict chip-hours from what was known before; a run that the MFU was fitted on by a fit without its developer."""
    stated, chip = known_before(row)
    mfu, hours = fitting.fit_for_row(row), hours_basis(row)
    best = StatedValue(best_step_mfu(stated, row.number("year")), BEST_STEP)
    held = {**stated, **hours.stated(), "best_step_mfu": best}
    scenario = complete(held, ["chip_hours"], Assumptions(chip.base_key, row.number("year"), mfu.fit))
    at_one = baselines.chip_hours_at_one(stated)
    rules = {name: at_one / share for share, name in baselines.FLATS.items()} | {baselines.BEST: at_one / mfu.constant}
    unsaid = [f"{column} not stated" for column in ("year", "precision") if not row.text(column)]
    note = "; ".join(filter(None, (mfu.note, hours.note(), *unsaid)))
    return Basis(scenario, "chip_hours", rules, note, hours.factor)


def chip_hours_given_mfu(row: CaseRow) -> Basis:
    """Predict chip-hours from the run's steady MFU, where it is published: what goodput leaves open.

    Raises
    ------
    UnpredictableError
        Where the row lacks what that needs, or its MFU was itself computed from the hours.
    """
    stated, chip = known_before(row)
    mfu = needed(row, "mfu", "MFU")
    peak = known(stated).peak_flops
    if abs(row.positive("reported_flops") / (chip_hours_of(row) * 3600 * peak) / mfu - 1) < SAME:
        raise UnpredictableError("its MFU is the reported operations over these hours: it was itself computed from the hours")
    hours = hours_basis(row)
    if hours.name == STEADY:
        raise UnpredictableError("its chip-hours were computed from steady training, and test no losses")
    spread = Drawn("mfu", "lognormal", (mfu, store.stated().published_mfu), "published for a phase of the run")
    scenario = complete(stated, ["chip_hours"], Assumptions(chip.base_key, row.number("year"), drawn={"mfu": spread}))
    rules = {baselines.STEADY: baselines.chip_hours_at_one(stated, stated["precision_bits"].value) / mfu}
    return Basis(scenario, "chip_hours", rules, hours.note(), hours.factor)


def energy(row: CaseRow) -> Basis:
    """Predict energy, of the scope that the row states, from the published chip-hours.

    Raises
    ------
    UnpredictableError
        Where the row lacks what that needs, or its energy was itself computed from the hours.
    """
    basis = row.text("energy_basis").lower()
    for word, reason in CIRCULAR.items():
        if word in basis:
            raise UnpredictableError(f"energy_basis says {row.text('energy_basis')!r}: {reason}")
    chip = chip_of(row)
    hours = chip_hours_of(row)
    if math.isnan(hours):
        raise UnpredictableError("no chip-hours published, from which energy is predicted")
    stated = facts(chip, "hardware") | {"chip_hours": StatedValue(units.to_base(hours, "h"), AS_PUBLISHED)}
    scope = read_scope(row.text("energy_scope"))
    target = scope.quantity
    stated |= scope.without
    pue = row.positive("pue")
    if not math.isnan(pue):
        stated["pue"] = StatedValue(pue, AS_PUBLISHED)
    if math.isnan(stated["tdp"].value):
        raise UnpredictableError(f"the TDP of {chip.name} is not published")
    scenario = complete(stated, [target], Assumptions(chip.base_key, row.number("year")))
    rules = {baselines.TDP: baselines.tdp_energy(stated, target)}
    return Basis(scenario, target, rules, f"scope: {_LEVELS[target]}")


def training_flops(row: CaseRow) -> Basis:
    """Predict training FLOPs from model and tokens, by the convention that the row states."""
    convention = flops_convention(row)
    stated = model_columns(row) | {"tokens": StatedValue(needed(row, "tokens_t", "tokens") * 1e12, AS_PUBLISHED)}
    stated["flops_convention"] = StatedValue(convention, AS_PUBLISHED)
    scenario = complete(stated, ["training_flops"])
    names = {0.0: "causal attention", 1.0: "full attention", SIX_N: "6ND"}
    return Basis(scenario, "training_flops", note=names[convention])


def flops_convention(row: CaseRow) -> float:
    """Read the flops_convention that a row states: 6ND, or attention in full or causal.

    Raises
    ------
    UnpredictableError
        Where the row does not say how operations were counted.
    """
    basis, notes = row.text("flops_basis").lower(), row.text("notes").lower()
    if "6nd" in basis:
        return SIX_N
    if "full attention" in basis:
        return 1.0
    if "causal" in basis:
        return 0.0
    if not basis.startswith("paper"):
        raise UnpredictableError(f"flops_basis {row.text('flops_basis')!r} does not say how operations were counted")
    if "attention" in notes or "table" in basis or "formula" in basis:
        raise UnpredictableError("the paper counts by a formula of its own that the row does not give")
    return SIX_N  # what papers count that say no more


FIGURES = (
    Figure("chip_hours", "gpu_hours", "h", chip_hours),
    Figure("chip_hours_given_mfu", "gpu_hours", "h", chip_hours_given_mfu),
    Figure("energy", "energy_mwh", "MWh", energy),
    Figure("training_flops", "reported_flops", "FLOP", training_flops),
)


def run_labels(row: CaseRow) -> dict[str, str]:
    """Say what a run is of; a precision that it does not state is no label, whatever is taken for it."""
    said = match_precision(row.text("precision"))
    chip = match_chip(row.text("hardware")).row
    words = {"source": row.text("source"), "developer": row.text("developer"), "precision": said.name if said else ""}
    return case_labels(() if chip is None else chip, **words)


class TrainingRuns:
    """Rows with the columns of configs/published/training_runs.toml."""

    name = "training runs"
    needs = frozenset({"model", "hardware", "gpu_hours"})

    def predict(self, rows: Sequence[CaseRow], draws: int) -> Findings:
        """Predict every figure that a row publishes, or list it as left out with the reason."""
        findings = Findings()
        for figure in FIGURES:
            for row in rows:
                findings.add(_find_figure(figure, row, draws).read_from(row.where))
        for row in rows:
            findings.add(node_power.find_power(row, draws).read_from(row.where))
        return findings


def _find_figure(figure: Figure, row: CaseRow, draws: int) -> Findings:
    """Predict a figure, or leave it out with the reason; nothing where the row does not publish it."""
    try:
        published = figure.published(row)
        if figure.quantity == "chip_hours_given_mfu" and math.isnan(row.positive("mfu")):
            return Findings()
        if math.isnan(published):
            if figure.quantity == "chip_hours":
                raise UnpredictableError("no chip-hours published")
            return Findings()
        reason = uncounted(row)
        if reason and not (figure.quantity == "training_flops" and row.text("validation_use").startswith("context")):
            raise UnpredictableError(reason)
        return Findings([figure.predict(row, draws)])
    except UnpredictableError as error:
        return Findings([], [LeftOut(row.text("model") or row.where, figure.quantity, str(error))])


TRAINING_RUNS = TrainingRuns()
