"""Published step times predicted: read, compute, compare, summarise."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.quantities import MODEL
from ..facts.cells import RowError
from ..stats.distributions import lognormal_interval
from .rows import StepCase, case

Floats = NDArray[np.float64]
TARGETS = ("step_time", "memory_per_chip", "step_mfu", "step_time_spread")
PUBLISHED = ("step_times", "bridge_perf")


@dataclass(frozen=True)
class Prediction:
    """One case and what the model says: seconds, bytes, MFU, and the standard deviation of the logarithm of the time."""

    case: StepCase
    seconds: float
    memory: float
    mfu: float
    spread: float

    @property
    def error(self) -> float:
        """Relative error of the step time."""
        return self.seconds / self.case.seconds - 1


@dataclass(frozen=True)
class Skipped:
    """A row that cannot be predicted, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class GroupErrors:
    """Errors of a group of cases, as shares; ``log`` is the mean absolute logarithm of predicted over measured."""

    group: str
    n: int
    mean_absolute: float
    median_absolute: float
    log: float
    bias: float


def published_rows() -> list[dict[str, Any]]:
    """Read every row of the step times that come with flopwatt."""
    folder = configs.FOLDER / "published"
    return [row for name in PUBLISHED for row in configs.read_toml(folder / f"{name}.toml")["cases"]]


def cases(rows: Iterable[Mapping[str, Any]]) -> tuple[list[StepCase], list[Skipped]]:
    """Part rows into cases that can be predicted and others, with the reason."""
    predictable: list[StepCase] = []
    skipped: list[Skipped] = []
    for row in rows:
        try:
            predictable.append(case(row))
        except RowError as error:
            skipped.append(Skipped(str(row.get("model", "a row")), str(error)))
    return predictable, skipped


def chips() -> tuple[str, ...]:
    """List the chips, by their key in the hardware table, of the step times that come with flopwatt and can be predicted."""
    predictable, _ = cases(published_rows())
    return tuple(sorted({step.chip for step in predictable}))


def inputs(steps: Sequence[StepCase], targets: Sequence[str] = TARGETS, without: Collection[str] = ()) -> dict[str, Floats]:
    """Gather an array over the cases for each input of the targets, in base units; what a case leaves out takes its default.

    Parameters
    ----------
    steps
        The cases.
    targets
        Quantities.
    without
        Inputs that are given otherwise; they need no default.
    """
    defaults = configs.defaults()
    names = [name for name in MODEL.inputs(targets) if name not in without]
    return {
        name: np.array([c.inputs[name] if name in c.inputs else defaults[name].value for c in steps], dtype=np.float64)
        for name in names
    }


def evaluate(given: Mapping[str, Any], targets: Sequence[str]) -> dict[str, Floats]:
    """Compute the targets as arrays, by NumPy, from arrays of their inputs (or of quantities in place of their formulas)."""
    with np.errstate(all="ignore"):
        values = MODEL.compute(targets, given)
    return {target: np.asarray(value, dtype=np.float64) for target, value in values.items()}


def predict(steps: Sequence[StepCase], given: Mapping[str, float] | None = None) -> list[Prediction]:
    """Predict every case; ``given`` takes the place of defaults (efficiencies, for example)."""
    if not steps:
        return []
    values = evaluate({**inputs(steps, TARGETS, given or ()), **(given or {})}, TARGETS)
    columns = [np.broadcast_to(values[name], len(steps)) for name in TARGETS]
    return [Prediction(c, *(float(x[i]) for x in columns)) for i, c in enumerate(steps)]


def predict_by(steps: Sequence[StepCase], given: Sequence[Mapping[str, float]]) -> list[Prediction]:
    """Predict every case by parameters of its own; those with the same ones are predicted together."""
    batches: dict[tuple[tuple[str, float], ...], list[int]] = {}
    for i, values in enumerate(given):
        batches.setdefault(tuple(sorted(values.items())), []).append(i)
    result: dict[int, Prediction] = {}
    for places in batches.values():
        batch = predict([steps[i] for i in places], given[places[0]])
        result |= dict(zip(places, batch, strict=True))
    return [result[i] for i in range(len(steps))]


def interval(prediction: Prediction) -> tuple[float, float]:
    """Give P10 and P90 of the step time, in seconds."""
    return lognormal_interval(prediction.seconds, prediction.spread)


def summarise(predictions: Sequence[Prediction], by: str = "") -> list[GroupErrors]:
    """Summarise errors over all cases, or by an attribute of theirs such as ``source``, dense models and mixtures apart."""
    groups: dict[str, list[float]] = {}
    for item in predictions:
        label = "mixtures of experts" if item.case.moe else "dense models"
        groups.setdefault(f"{getattr(item.case, by)}, {label}" if by else label, []).append(item.error)
    return [_summary(group, np.array(errors)) for group, errors in sorted(groups.items())]


def _summary(group: str, errors: Floats) -> GroupErrors:
    size = np.abs(errors)
    log = float(np.abs(np.log1p(errors)).mean())
    return GroupErrors(group, len(errors), float(size.mean()), float(np.median(size)), log, float(errors.mean()))
