"""What a validation finds: predictions of published figures, what could not be predicted and why, and summaries."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    """A figure of a case that is not predicted, and why."""

    name: str
    quantity: str
    reason: str


@dataclass
class Findings:
    """Everything that came of some cases."""

    predicted: list[Predicted] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Take another's findings in."""
        self.predicted += other.predicted
        self.left_out += other.left_out


@dataclass(frozen=True)
class ErrorSummary:
    """Absolute errors of some predictions, as shares of the published figures.

    Parameters
    ----------
    n
        The number of predictions.
    coverage
        The share (0 to 1) of the intervals that hold the published figure, None where nothing had an interval.
    """

    n: int
    median_absolute_relative_error: float
    mean_absolute_relative_error: float
    greatest_absolute_relative_error: float
    coverage: float | None = None


def summaries(predicted: Iterable[Predicted]) -> dict[str, ErrorSummary]:
    """Summarise the errors of each quantity, in the order they are first met."""
    return {
        quantity: _summary([case.relative_error for case in cases], [case.inside for case in cases])
        for quantity, cases in _by_quantity(predicted).items()
    }


def baseline_summaries(predicted: Iterable[Predicted]) -> dict[str, dict[str, ErrorSummary]]:
    """Summarise the errors of baselines, by quantity and baseline, on the cases that the baseline predicts."""
    result: dict[str, dict[str, ErrorSummary]] = {}
    for quantity, cases in _by_quantity(predicted).items():
        names = dict.fromkeys(name for case in cases for name in case.baselines)
        for name in names:
            errors = [case.baselines[name] / case.published - 1 for case in cases if name in case.baselines]
            result.setdefault(quantity, {})[name] = _summary(errors, [])
    return result


def _by_quantity(predicted: Iterable[Predicted]) -> dict[str, list[Predicted]]:
    result: dict[str, list[Predicted]] = {}
    for case in predicted:
        result.setdefault(case.quantity, []).append(case)
    return result


def _summary(errors: Sequence[float], inside: Sequence[bool | None]) -> ErrorSummary:
    size = np.abs(np.array(errors))
    with_interval = [held for held in inside if held is not None]
    coverage = sum(with_interval) / len(with_interval) if with_interval else None
    return ErrorSummary(len(errors), float(np.median(size)), float(size.mean()), float(size.max()), coverage)


def document(findings: Findings) -> dict[str, Any]:
    """Return findings as one JSON document: plain lists, numbers, texts and None."""
    return {
        "cases": [_case(case) for case in findings.predicted],
        "left_out": [{"name": item.name, "quantity": item.quantity, "reason": item.reason} for item in findings.left_out],
        "summary": {quantity: vars(summary) for quantity, summary in summaries(findings.predicted).items()},
        "baselines": {
            quantity: {name: vars(summary) for name, summary in by_name.items()}
            for quantity, by_name in baseline_summaries(findings.predicted).items()
        },
    }


def _case(case: Predicted) -> dict[str, Any]:
    return {
        "name": case.name,
        "quantity": case.quantity,
        "unit": case.unit,
        "published": case.published,
        "predicted": case.predicted,
        "low": case.low,
        "high": case.high,
        "relative_error": case.relative_error if math.isfinite(case.relative_error) else None,
        "inside": case.inside,
        "baselines": dict(case.baselines),
        "note": case.note,
        "labels": dict(case.labels),
    }
