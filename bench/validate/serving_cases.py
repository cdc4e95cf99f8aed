"""Measured serving: throughput, latency, power and energy of a replica, each row predicted by constants without its model.

A row that the constants were fitted to is predicted by those fitted without its model; any other by those of all rows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...kernels.quantities import MODEL
from ..facts.cells import RowError
from ..facts.chips import one_chip
from ..facts.precisions import PEAKS, peak_column
from ..serving_fit.measured import ServedFigure
from ..serving_fit.serving_constants import SEQUENCE
from ..serving_fit.serving_left_out import BY_MODEL, stored_fits, was_fitted_on
from ..serving_fit.serving_predict import Floats, Served
from ..serving_fit.serving_rows import SERVING_COLUMNS, ServingCase, case
from ..stats.distributions import P90
from .case_labels import case_labels
from .results import Findings, LeftOut, Predicted
from .rows import MAX_VALUE, CaseRow

THROUGHPUT, LATENCY, POWER, ENERGY = "serving_throughput", "serving_latency", "serving_power", "energy_per_token"
_WIDEST = 100.0  # of a spread, which a number still holds
_DEVIATION, _POWER_SPREAD = "serving_step_deviation", "serving_power_spread"


@dataclass(frozen=True)
class _Figure:
    """How a measured quantity is shown: the validated quantity, its unit, and how many of that unit one base unit is.

    ``inverse`` says that what is shown is one over what was measured.
    """

    quantity: str
    unit: str
    per_base: float = 1.0
    inverse: bool = False

    def shown(self, base: float) -> float:
        """Return a figure in its unit."""
        return self.per_base / base if self.inverse else self.per_base * base


_FIGURES = {
    ServedFigure.THROUGHPUT: _Figure(THROUGHPUT, "token/s"),
    ServedFigure.DECODE_THROUGHPUT: _Figure(THROUGHPUT, "token/s"),
    ServedFigure.INPUT_THROUGHPUT: _Figure(THROUGHPUT, "token/s"),
    ServedFigure.LATENCY: _Figure(LATENCY, "ms", 1e3),
    ServedFigure.TOKEN_TIME: _Figure(LATENCY, "ms", 1e3),
    ServedFigure.FIRST_TOKEN: _Figure(LATENCY, "ms", 1e3),
    ServedFigure.INTERACTIVITY: _Figure(LATENCY, "ms", 1e3, inverse=True),
    ServedFigure.CHIP_POWER: _Figure(POWER, "W"),
    ServedFigure.WALL_POWER: _Figure(POWER, "W"),
    ServedFigure.CHIP_ENERGY: _Figure(ENERGY, "J/token"),
    ServedFigure.WALL_ENERGY: _Figure(ENERGY, "J/token"),
    ServedFigure.DECODE_ENERGY: _Figure(ENERGY, "J/token"),
    ServedFigure.PREFILL_ENERGY: _Figure(ENERGY, "J/token"),
}


@dataclass(frozen=True)
class ServingKind:
    """Files of measured serving, a row for each measurement of a replica."""

    name: str = "measured serving"
    needs: frozenset[str] = SERVING_COLUMNS

    def predict(self, rows: Sequence[CaseRow], draws: int) -> Findings:
        """Predict all rows at once; ``draws`` is not needed, since intervals are lognormal."""
        findings, read = Findings(), list[tuple[CaseRow, ServingCase]]()
        for row in rows:
            try:
                read.append((row, case(row.cells)))
            except RowError as error:
                findings.left_out.append(LeftOut(row.text("name"), row.text("quantity") or "serving", str(error), row.where))
        for fit in dict.fromkeys(_fit_of(item) for _, item in read):
            own = [(row, item) for row, item in read if _fit_of(item) == fit]
            for (row, item), one in zip(own, _predicted(own, stored_fits()[BY_MODEL].get(fit, {})), strict=True):
                if isinstance(one, Predicted):
                    findings.predicted.append(one)
                else:
                    findings.left_out.append(LeftOut(item.name, row.text("quantity"), one, row.where))
        order = {row.where: place for place, row in enumerate(rows)}
        findings.predicted.sort(key=lambda one: order.get(one.where, 0))
        return findings


SERVING = ServingKind()


def _fit_of(item: ServingCase) -> str:
    """Name the model that the constants which predict a row were fitted without; empty where they saw all rows."""
    return item.model if was_fitted_on(item) else ""


def _predicted(own: Sequence[tuple[CaseRow, ServingCase]], constants: Mapping[str, float]) -> list[Predicted | str]:
    """Predict rows; of one whose prediction is no number, say why."""
    cases = [item for _, item in own]
    plain = {name: value for name, value in constants.items() if not name.startswith(f"{SEQUENCE}.")}
    served = Served(cases, (*plain, _DEVIATION, *((SEQUENCE,) if constants else ())))
    fitted: dict[str, float | Floats] = {**plain, _DEVIATION: 0.0}
    if constants:
        fitted[SEQUENCE] = np.array([constants[f"{SEQUENCE}.{item.software}"] for item in cases])
    batch = served.batch(fitted)
    medians = served.predict(fitted, batch)
    power = np.broadcast_to(served.evaluate(fitted, batch, [_POWER_SPREAD])[_POWER_SPREAD], batch.shape)
    slower = {**fitted, _DEVIATION: 1.0}
    with np.errstate(all="ignore"):  # of what has no finite prediction the reason is said
        time = np.log(served.predict(slower, batch) / medians)
    note = "without its model" if constants else ""
    spreads = _spreads(cases, time, power)
    reasons = _reasons(served, fitted)
    ends = medians * np.exp(P90 * np.minimum(spreads, _WIDEST))
    known = np.isfinite(ends) & (medians > 1 / MAX_VALUE) & (ends < MAX_VALUE)
    return [
        _finding(*pair, float(median), float(spread), note) if fine and not reason else reason or _unpredicted(pair[1])
        for pair, median, spread, fine, reason in zip(own, medians, spreads, known, reasons, strict=True)
    ]


def _reasons(served: Served, fitted: Mapping[str, float | Floats]) -> list[str]:
    """Say of each row why its replica would not run as it says; empty where it would."""
    reasons = []
    gone = zip(served.cases, served.lacks_memory(), served.lacks_room(fitted), served.too_slow(fitted), strict=True)
    for (item, lack, full, slow), chips in zip(gone, served.given["replica_chips"], strict=True):
        held = f"its {chips:g} {one_chip(item.chip).name}"
        if lack:
            reasons.append(f"its weights in {item.precision} take {lack / 1e9:,.0f} GB more than the memory of {held}")
        elif full:
            reasons.append(f"{held} have no room for one sequence beside the weights in {item.precision}")
        elif slow:
            reasons.append(f"{held} are predicted to be later than the limits of latency with one sequence at a time")
        else:
            reasons.append("")
    return reasons


def _unpredicted(item: ServingCase) -> str:
    """Say why a row has no finite prediction: a figure of its chip is not published, or its own are beyond what is real."""
    chip = one_chip(item.chip)
    behind = MODEL.inputs([item.counted.measured.value])
    named = [name for name in behind if name in chip.values and name not in item.inputs]
    own = {PEAKS[16.0], peak_column(item.inputs["precision_bits"])}
    unknown = [name for name in named if name in own or name not in PEAKS.values()]
    if not unknown:
        return "its figures are beyond anything that is served"
    return f"nobody has published {' and '.join(unknown)} of {chip.name}, which it depends on"


def _spreads(cases: Sequence[ServingCase], time: Floats, power: Floats) -> Floats:
    """Compute the standard deviation of each prediction's logarithm: of steps, of power, of both for energy.

    ``time`` is what a step that takes a standard deviation longer does to what was measured: of energy less than to the step,
    since slower steps draw less power.
    """
    quantities = np.array([_FIGURES[item.counted.measured].quantity for item in cases])
    return np.select([quantities == POWER, quantities == ENERGY], [power, np.hypot(time, power)], np.abs(time))


def _finding(row: CaseRow, item: ServingCase, median: float, spread: float, note: str) -> Predicted:
    figure = _FIGURES[item.counted.measured]
    ends = sorted(figure.shown(median * math.exp(sign * P90 * spread)) for sign in (-1, 1))
    labels = case_labels(one_chip(item.chip), precision=item.precision, framework=item.software, source=item.family)
    return Predicted(
        item.name,
        figure.quantity,
        figure.unit,
        figure.shown(item.counted.value),
        figure.shown(median),
        ends[0],
        ends[1],
        note=note,
        labels=labels,
        where=row.where,
    )
