"""Findings as one JSON document: cases, what is left out, scores by quantity and by group, and the baselines."""

import math
from collections.abc import Mapping
from typing import Any

from .case_labels import LABELS
from .results import ErrorSummary, Findings, Predicted, baseline_summaries, summaries
from .scores import calibrations, grouped, rivalries


def document(findings: Findings) -> dict[str, Any]:
    """Return findings as one JSON document: plain lists, numbers, texts and None."""
    cases = findings.predicted
    return {
        "cases": [_case(case) for case in cases],
        "left_out": [{"name": item.name, "quantity": item.quantity, "reason": item.reason} for item in findings.left_out],
        "summary": {quantity: vars(summary) for quantity, summary in summaries(cases).items()},
        "baselines": {
            quantity: {name: vars(summary) for name, summary in by_name.items()}
            for quantity, by_name in baseline_summaries(cases).items()
        },
        "on_the_cases_of": {
            quantity: {name: vars(rivalry.ours) for name, rivalry in by_name.items()}
            for quantity, by_name in rivalries(cases).items()
        },
        "groups": {
            label: {quantity: _groups(groups) for quantity, groups in grouped(cases, label).items()} for label in LABELS
        },
    }


def _groups(groups: Mapping[str, ErrorSummary]) -> dict[str, dict[str, Any]]:
    bounds = calibrations(groups)
    ends = {name: [bounds[name].low, bounds[name].high] if name in bounds else None for name in groups}
    return {name: {**vars(summary), "coverage_90": ends[name]} for name, summary in groups.items()}


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
