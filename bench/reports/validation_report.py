"""A validation as one page of HTML that stands alone: scores, pictures, every case, what is not predicted, and the method."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..pages.page import render_page
from ..pictures.coverage import coverage_by_group, reliability
from ..pictures.error_strips import error_strips
from ..pictures.picture import Picture
from ..pictures.predicted_figures import scatter, spread_text
from ..runner.shown_column import UNKNOWN, ShownColumn
from ..terminal import numbers
from ..validate.case_labels import LABELS
from ..validate.reasons import reason_groups
from ..validate.report import group_rows, score_rows, such_as
from ..validate.results import ErrorSummary, Findings, Predicted, by_quantity
from ..validate.score_words import LEGEND, METHOD, percent, quantity_title, sentences, signed
from ..validate.scores import FEW, Calibration, calibration, extremes, grouped
from .record_columns import kept, number_column, share_column, words_column

SECTIONS = (
    ("short", "In short"),
    ("scores", "Scores"),
    ("pictures", "Predicted against published"),
    ("calibration", "Whether intervals hold"),
    ("groups", "Scores by group"),
    ("cases", "Every case"),
    ("left", "What is not predicted"),
    ("method", "How it is measured"),
)


@dataclass(frozen=True)
class GroupsShown:
    """Scores by the groups of one label."""

    label: str
    columns: tuple[ShownColumn, ...]


def validation_report(findings: Findings, label: str) -> str:
    """Write a validation as one HTML document that loads nothing.

    Parameters
    ----------
    findings
        What validating gave.
    label
        One of `case_labels.LABELS`, whose groups colours tell apart.

    Returns
    -------
    str
        The document.

    Raises
    ------
    InputError
        Where what makes pages or pictures is not installed.
    """
    cases = findings.predicted
    return render_page(
        "validation.html.j2",
        title="How well predictions fit what was published",
        sections=SECTIONS,
        headlines=sentences(cases) or ["Nothing could be predicted."],
        extremes=_extremes(cases),
        scores=_scores(cases),
        legend=LEGEND,
        pictures=_pictures(cases, label),
        calibration=_calibration(cases),
        groups=_groups(cases),
        few=FEW,
        cases=_cases(cases),
        case_data=_case_data(cases),
        reasons=_reasons(findings),
        left_out=_left_out(findings),
        method=METHOD,
    )


def _extremes(cases: Sequence[Predicted]) -> list[str]:
    """Say by group where predictions are best and worst, and where intervals hold too little."""
    lines = []
    for item in extremes(cases, LABELS):
        said = []
        if item.best and item.worst:
            best, worst = (f"{name} ({percent(own.mean_absolute_relative_error)})" for name, own in (item.best, item.worst))
            said.append(f"least off for {best}, most for {worst}")
        if item.least_inside:
            name, own = item.least_inside
            said.append(f"P10 to P90 holds too little for {name} ({own.coverage:.0%} of {own.intervals})")
        lines.append(f"{quantity_title(item.quantity)} by {item.label}: {'; '.join(said)}.")
    return lines


def _scores(cases: Sequence[Predicted]) -> tuple[ShownColumn, ...]:
    rows = score_rows(cases)
    return _score_columns([(quantity_title(quantity), by, own) for quantity, by, own in rows], "by")


def _groups(cases: Sequence[Predicted]) -> list[GroupsShown]:
    shown = []
    for label in LABELS:
        rows = [(quantity_title(quantity), group, own) for quantity, group, own in group_rows(cases, label)]
        if rows:
            shown.append(GroupsShown(label, _score_columns(rows, label)))
    return shown


def _score_columns(rows: Sequence[tuple[str, str, ErrorSummary]], second: str) -> tuple[ShownColumn, ...]:
    scores = [own for _, _, own in rows]
    bounds = [None if own.coverage is None else calibration(own.coverage, own.intervals) for own in scores]
    columns = (
        words_column("quantity", [quantity for quantity, _, _ in rows]),
        words_column(second, [name for _, name, _ in rows]),
        number_column("cases", [own.n for own in scores]),
        share_column("median error", [own.median_absolute_relative_error for own in scores]),
        share_column("mean error", [own.mean_absolute_relative_error for own in scores]),
        share_column("greatest error", [own.greatest_absolute_relative_error for own in scores]),
        _plain_column("mean |ln|", [own.mean_absolute_log_error for own in scores]),
        _signed_column("bias", [own.bias for own in scores]),
        share_column("inside P10 to P90", [own.coverage for own in scores]),
        words_column("its 90% interval", list(map(_bounds_text, bounds))),
    )
    return kept(columns)


def _bounds_text(bound: Calibration | None) -> str:
    return "" if bound is None else f"{bound.low:.0%} to {bound.high:.0%}"


def _plain_column(heading: str, values: Sequence[float]) -> ShownColumn:
    return ShownColumn(heading, "", tuple(f"{value:.3f}" for value in values), tuple(values), is_label=False)


def _signed_column(heading: str, values: Sequence[float]) -> ShownColumn:
    return ShownColumn(heading, "", tuple(map(signed, values)), tuple(values), is_label=False)


def _pictures(cases: Sequence[Predicted], label: str) -> list[Picture]:
    """Draw each quantity that has not few cases, and how far it is off by group."""
    pictures: list[Picture] = []
    for own in by_quantity(cases).values():
        if len(own) >= FEW:
            strips = error_strips(own)
            pictures += [scatter(own, label), *([strips] if strips is not None else [])]
    return pictures


def _calibration(cases: Sequence[Predicted]) -> list[Picture]:
    groups = {label: grouped(cases, label) for label in LABELS}
    by_group = (
        coverage_by_group(quantity, {label: parts[quantity] for label, parts in groups.items() if quantity in parts})
        for quantity in by_quantity(cases)
    )
    return [picture for picture in (reliability(cases), *by_group) if picture is not None]


def _cases(cases: Sequence[Predicted]) -> tuple[ShownColumn, ...]:
    """Put every case into a table for people."""
    columns = [
        words_column("case", [case.name for case in cases]),
        words_column("quantity", [quantity_title(case.quantity) for case in cases]),
        _figure_column("published", cases, [case.published for case in cases]),
        ShownColumn("predicted (P10 to P90)", "", *_spreads(cases), is_label=False),
        share_column("error", [case.relative_error for case in cases], signed=True),
        words_column("inside", [_INSIDE[case.inside] for case in cases]),
        *_label_columns(cases),
        words_column("rests on", [case.note for case in cases]),
    ]
    return kept(columns)


_INSIDE = {True: "inside", False: "outside", None: ""}


def _spreads(cases: Sequence[Predicted]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    return tuple(map(spread_text, cases)), tuple(case.predicted for case in cases)


def _label_columns(cases: Sequence[Predicted]) -> list[ShownColumn]:
    return [words_column(label, [case.labels.get(label, "") for case in cases]) for label in LABELS]


def _case_data(cases: Sequence[Predicted]) -> tuple[ShownColumn, ...]:
    """Put every case into a table for programs: figures in their case's unit, which has a column."""
    columns = [
        words_column("case", [case.name for case in cases]),
        words_column("quantity", [case.quantity for case in cases]),
        words_column("unit", [case.unit for case in cases]),
        *(number_column(name, [getattr(case, name) for case in cases]) for name in ("published", "predicted", "low", "high")),
        number_column("relative error", [case.relative_error for case in cases]),
        words_column("inside", [_INSIDE[case.inside] for case in cases]),
        *_label_columns(cases),
        words_column("rests on", [case.note for case in cases]),
    ]
    return kept(columns)


def _figure_column(heading: str, cases: Sequence[Predicted], values: Sequence[float | None]) -> ShownColumn:
    """Make a column of figures, each in its case's own unit."""
    texts = [
        UNKNOWN if value is None else numbers.show_unit(value, case.unit) for case, value in zip(cases, values, strict=True)
    ]
    return ShownColumn(heading, "", tuple(texts), tuple(values), is_label=False)


def _reasons(findings: Findings) -> tuple[ShownColumn, ...]:
    groups = reason_groups(findings.left_out)
    return (
        words_column("why", [group.reason for group in groups]),
        number_column("figures", [len(group.names) for group in groups]),
        words_column("quantity", [", ".join(map(quantity_title, group.quantities)) for group in groups]),
        words_column("such as", list(map(such_as, groups))),
    )


def _left_out(findings: Findings) -> tuple[ShownColumn, ...]:
    return (
        words_column("case", [item.name for item in findings.left_out]),
        words_column("quantity", [quantity_title(item.quantity) for item in findings.left_out]),
        words_column("why", [item.reason for item in findings.left_out]),
    )
