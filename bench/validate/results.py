"""What a validation finds: predictions of published figures, what could not be predicted and why, and summaries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class Predicted:
    """A published figure and its prediction, in ``unit``.

    Parameters
    ----------
    name
        The case's, for a person.
    quantity, unit
        What is predicted, and the unit of every figure here.
    published, predicted
        The figure, and the median of its prediction.
    low, high
        P10 and P90 of the prediction, None without an interval.
    baselines
        What simpler rules predict, by name.
    note
        What the prediction rests on, where that matters.
    labels
        What the case is of, by the names of `case_labels.LABELS`; those that apply.
    where
        The file and the row that it was read from.
    """

    name: str
    quantity: str
    unit: str
    published: float
    predicted: float
    low: float | None = None
    high: float | None = None
    baselines: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    where: str = field(default="", compare=False)

    @property
    def relative_error(self) -> float:
        """(predicted - published) / published, a share."""
        return self.predicted / self.published - 1

    @property
    def inside(self) -> bool | None:
        """Whether the published figure lies in the interval; None without one."""
        if self.low is None or self.high is None:
            return None
        return self.low <= self.published <= self.high


@dataclass(frozen=True)
class LeftOut:
    """A figure of a case that is not predicted, and why; ``where`` is the file and the row that it was read from."""

    name: str
    quantity: str
    reason: str
    where: str = field(default="", compare=False)


@dataclass
class Findings:
    """Everything that came of some cases."""

    predicted: list[Predicted] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Take another's findings in."""
        self.predicted += other.predicted
        self.left_out += other.left_out

    def read_from(self, where: str) -> "Findings":
        """Return the same findings with the file and the row that all of them were read from."""
        return Findings(
            [replace(case, where=where) for case in self.predicted], [replace(item, where=where) for item in self.left_out]
        )


@dataclass(frozen=True)
class ErrorSummary:
    """How far some predictions are off.

    Parameters
    ----------
    n
        The number of predictions.
    median_absolute_relative_error, mean_absolute_relative_error, greatest_absolute_relative_error
        Of |predicted - published| / published.
    mean_absolute_log_error
        The mean of |ln(predicted / published)|, in which half and twice as much are as far off.
    bias
        The mean of ln(predicted / published): above 0 where predictions are too high.
    intervals
        How many of the predictions have an interval.
    coverage
        The share (0 to 1) of the intervals that hold the published figure, None where nothing had an interval.
    """

    n: int
    median_absolute_relative_error: float
    mean_absolute_relative_error: float
    greatest_absolute_relative_error: float
    mean_absolute_log_error: float
    bias: float
    intervals: int = 0
    coverage: float | None = None


def summaries(predicted: Iterable[Predicted]) -> dict[str, ErrorSummary]:
    """Summarise the errors of each quantity, in the order they are first met."""
    return {quantity: summary_of(cases) for quantity, cases in by_quantity(predicted).items()}


def baseline_summaries(predicted: Iterable[Predicted]) -> dict[str, dict[str, ErrorSummary]]:
    """Summarise the errors of baselines, by quantity and baseline, on the cases that the baseline predicts."""
    return {
        quantity: {name: baseline_summary(cases, name) for name in names}
        for quantity, cases in by_quantity(predicted).items()
        if (names := dict.fromkeys(name for case in cases for name in case.baselines))
    }


def by_quantity(predicted: Iterable[Predicted]) -> dict[str, list[Predicted]]:
    """Part predictions by their quantity, in the order they are first met."""
    result: dict[str, list[Predicted]] = {}
    for case in predicted:
        result.setdefault(case.quantity, []).append(case)
    return result


def summary_of(cases: Sequence[Predicted]) -> ErrorSummary:
    """Summarise the errors of at least one prediction of one quantity."""
    with_interval = [held for case in cases if (held := case.inside) is not None]
    ratios = [case.predicted / case.published for case in cases]
    return _summary(ratios, with_interval)


def baseline_summary(cases: Sequence[Predicted], name: str) -> ErrorSummary:
    """Summarise the errors of a baseline on those of some cases, at least one, that it predicts."""
    return _summary([case.baselines[name] / case.published for case in cases if name in case.baselines], [])


def _summary(ratios: Sequence[float], inside: Sequence[bool]) -> ErrorSummary:
    size = np.abs(np.array(ratios) - 1)
    with np.errstate(divide="ignore"):  # a figure of 0 is infinitely far off
        logs = np.log(np.array(ratios))
    return ErrorSummary(
        n=len(ratios),
        median_absolute_relative_error=float(np.median(size)),
        mean_absolute_relative_error=float(size.mean()),
        greatest_absolute_relative_error=float(size.max()),
        mean_absolute_log_error=float(np.abs(logs).mean()),
        bias=float(logs.mean()),
        intervals=len(inside),
        coverage=sum(inside) / len(inside) if inside else None,
    )
