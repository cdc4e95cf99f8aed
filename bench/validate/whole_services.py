"""Figures of whole services, as they were published: what a query takes, or a day costs, for stated assumptions.

What a service does not publish is assumed, as a range within which all ratios are alike: lengths of prompts and answers, a
model like its own, how busy its chips are. A case states its assumptions; each draw decodes as many sequences at once as give
every user the tokens a second that the case states, or as memory holds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import configs
from ...kernels.model import units
from ...kernels.quantities import MODEL
from ..facts.cells import RowError
from ..facts.chips import match_chip
from ..serving_fit.served_model import named_model
from ..stats.distributions import sobol
from .case_labels import case_labels
from .results import Findings, LeftOut, Predicted
from .rows import CaseRow, UnpredictableError

COLUMNS = frozenset({"service", "counts", "published"})
_DEVIATIONS = ("serving_step_deviation", "serving_power_deviation")
_SEED, _BISECTIONS, _MOST = 18, 40, 1e5
_QUANTITIES = {"token/s": "service_throughput", "Wh": "service_energy", "USD": "service_cost"}  # by the unit
_SPEED, _BATCH = "interactivity", "concurrent_sequences"


@dataclass(frozen=True)
class ServiceKind:
    """Files of whole services."""

    name: str = "whole services"
    needs: frozenset[str] = COLUMNS

    def predict(self, rows: Sequence[CaseRow], draws: int) -> Findings:
        """Predict each figure from its case's assumptions, with so many draws."""
        findings = Findings()
        for row in rows:
            try:
                findings.predicted.append(_predicted(row, draws))
            except (RowError, UnpredictableError) as error:
                findings.left_out.append(LeftOut(row.text("service"), row.text("counts"), str(error), row.where))
        return findings


SERVICES = ServiceKind()


def _predicted(row: CaseRow, draws: int) -> Predicted:
    quantity, unit = row.text("counts"), row.text("unit")
    if quantity not in MODEL or MODEL[quantity].given:
        raise UnpredictableError(f"{quantity!r} is no quantity that is computed")
    chip = match_chip(row.text("chip")).row
    if chip is None:
        raise UnpredictableError(f"the chip {row.text('chip')!r} is none of the hardware table")
    model = named_model(row.text("model"))
    assumed = {**_table(row, "assumed")}
    values = {name: default.value for name, default in configs.defaults().items()}
    values |= dict(chip.values) | {name: value for name, value in model.values.items() if not math.isnan(value)}
    values |= {name: _base(name, held) for name, held in assumed.items()}
    values |= _drawn(_table(row, "drawn"), draws)
    if _SPEED in _table(row, "drawn") or _SPEED in assumed:
        values = _at_speed(values, quantity)
    drawn = np.broadcast_to(MODEL.compute([quantity], values)[quantity], (draws,)) / units.factor(unit)
    times = row.positive("times")
    low, middle, high = np.quantile(drawn * (1.0 if math.isnan(times) else times), (0.1, 0.5, 0.9))
    labels = case_labels(chip, source=row.text("source"))
    return Predicted(
        row.text("service"), _QUANTITIES.get(unit, quantity), unit, row.positive("published"), float(middle), float(low),
        float(high), note=row.text("assumptions"), labels=labels, where=row.where,
    )  # fmt: skip


def _table(row: CaseRow, key: str) -> Mapping[str, Any]:
    table = row.cells.get(key, {})
    if not isinstance(table, Mapping):
        raise UnpredictableError(f"{key} must be a table of quantities")
    unknown = next((name for name in table if name not in MODEL), None)
    if unknown is not None:
        raise UnpredictableError(f"{key}.{unknown} is no quantity")
    return table


def _base(name: str, value: float) -> float:
    return float(value) * units.factor(MODEL[name].unit)


def _drawn(ranges: Mapping[str, Sequence[float]], draws: int) -> dict[str, Any]:
    """Draw each range log-uniformly, and the deviations of step and power as standard normal, all by one Sobol sequence."""
    from scipy.special import ndtri

    points = sobol(draws, len(ranges) + len(_DEVIATIONS), _SEED)
    result = {}
    for column, (name, (low, high)) in enumerate(ranges.items()):
        result[name] = _base(name, 1.0) * low * (high / low) ** points[:, column]
    return result | {name: ndtri(points[:, len(ranges) + i]) for i, name in enumerate(_DEVIATIONS)}


def _at_speed(values: dict[str, Any], quantity: str) -> dict[str, Any]:
    """Find as many sequences at once as give each user the stated tokens a second, and no more than memory holds."""
    goal, values = values[_SPEED], {name: value for name, value in values.items() if name != _SPEED}
    fits = MODEL.compute(["largest_batch"], {**values, _BATCH: 1.0})["largest_batch"]
    low, high = np.zeros(np.shape(goal) or (1,)), np.log(np.maximum(np.minimum(fits, _MOST), 1.0)) + 0 * np.asarray(goal)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        slow = MODEL.compute([_SPEED], {**values, _BATCH: np.exp(middle)})[_SPEED] < goal
        low, high = np.where(slow, low, middle), np.where(slow, middle, high)
    return {**values, _BATCH: np.exp(low)}
