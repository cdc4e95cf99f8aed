"""Findings as a person reads them: sentences, scores by quantity, where they are best and worst, and single cases."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ...kernels.text import visible
from ..errors import Parameter, Spelling, named
from ..terminal import markdown as md
from ..terminal import numbers
from .case_labels import LABELS
from .reasons import ReasonGroup, reason_groups
from .results import ErrorSummary, Findings, Predicted, by_quantity, summary_of
from .score_words import HEADINGS, LEGEND, percent, score_cells, sentences, shown_baseline
from .scores import Group, case_groups, extremes, rivalries

OURS = "flopwatt"
MOST_REASONS = 8  # rows of what is not predicted
MOST_NAMES, MOST_LETTERS = 2, 40  # of cases in such a row
MOST_WORDS = 300  # characters of a name or a reason
WIDE = 100  # columns; a narrower screen has no room for the ends of intervals
_PLAIN: dict[str, Any] = {
    "box": None,
    "pad_edge": False,
    "header_style": "bold",
    "title_justify": "left",
    "title_style": "bold",
}


@dataclass(frozen=True)
class ShownDetail:
    """What is shown beside the scores.

    Parameters
    ----------
    cases
        Whether every case is.
    left_out
        Whether all that is not predicted is, one by one.
    label
        One of `case_labels.LABELS` by whose groups scores are shown instead; empty for none.
    """

    cases: bool = False
    left_out: bool = False
    label: str = ""


_SHORT = ShownDetail()
ScoreRow = tuple[str, str, ErrorSummary]  # a quantity, who or what, and the errors


def print_findings(console: Console, findings: Findings, detail: ShownDetail = _SHORT, spell: Spelling = named) -> None:
    """Print how good predictions are, in sentences and tables, and what could not be predicted.

    Parameters
    ----------
    console
        Where to.
    findings
        Predictions, and what is left out.
    detail
        What is shown beside the scores.
    spell
        Words the parameter that would show more.
    """
    if detail.cases:
        for quantity, cases in by_quantity(findings.predicted).items():
            _print_cases(console, quantity, cases)
            console.print()
    if detail.label:
        _print_groups(console, findings.predicted, detail.label)
    elif findings.predicted:
        _print_scores(console, findings.predicted)
    if findings.left_out and not detail.label:
        if findings.predicted:
            console.print()
        if detail.left_out:
            _print_all_left(console, findings)
        else:
            _print_reasons(console, findings, spell)
    if not findings.predicted:
        console.print("\nNothing could be predicted, so there are no errors.", highlight=False)


def _print_cases(console: Console, quantity: str, cases: Sequence[Predicted]) -> None:
    table = Table(title=quantity, **_PLAIN)
    table.add_column("case", overflow="fold")
    narrow = console.width < WIDE
    for name in ("published", "predicted", *(() if narrow else ("P10", "P90")), "error"):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("inside", overflow="fold")
    if not narrow:
        table.add_column("", style="dim", overflow="fold")
    for case in cases:
        name, note, cells = _text(case.name), Text(visible(case.note), style="dim"), case_cells(case)
        if narrow:
            table.add_row(Text("\n").join([name, note] if case.note else [name]), *cells[:2], *cells[4:])
        else:
            table.add_row(name, *cells, note)
    console.print(table, highlight=False)


def _text(words: str) -> Text:
    """Write words of a file as text, never as markup; what no name is as long as ends in dots."""
    words = visible(words)
    return Text(words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}...")


def case_cells(case: Predicted) -> tuple[str, ...]:
    """Write a case's published and predicted figure, the ends of its interval, its error, and whether the interval held."""
    inside = {True: "yes", False: "no", None: ""}[case.inside]
    values = (case.published, case.predicted, case.low, case.high)
    shown = ["" if value is None else numbers.show_unit(value, case.unit) for value in values]
    return (*shown, f"{100 * case.relative_error:+.1f}%", inside)


def _print_scores(console: Console, predicted: Sequence[Predicted]) -> None:
    for sentence in sentences(predicted):
        console.print(Text(sentence))
    console.print()
    _print_table(console, "by", score_rows(predicted))
    console.print(Text(LEGEND, style="dim"))
    if ends := extremes(predicted, LABELS):
        console.print()
        rare = any(item.least_inside for item in ends)
        title = "where they differ by more than chance (mean error)"
        table = _plain_table(title, "quantity", "by", "best", "worst", *(("too seldom inside",) if rare else ()))
        for item in ends:
            groups = (_off(item.best), _off(item.worst), *((_inside(item.least_inside),) if rare else ()))
            table.add_row(item.quantity, item.label, *map(_text, groups))
        console.print(table, highlight=False)


def _off(group: Group | None) -> str:
    return "" if group is None else f"{group[0]} {percent(group[1].mean_absolute_relative_error)} of {group[1].n}"


def _inside(group: Group | None) -> str:
    return "" if group is None else f"{group[0]} {100 * (group[1].coverage or 0.0):.0f}% of {group[1].intervals}"


def _print_groups(console: Console, predicted: Sequence[Predicted], label: str) -> None:
    rows = group_rows(predicted, label)
    if not rows:
        console.print(f"No case says its {label}.", highlight=False)
        return
    _print_table(console, label, rows)
    console.print(Text(LEGEND, style="dim"))


def _print_table(console: Console, second: str, rows: Sequence[ScoreRow]) -> None:
    """Print scores; on a narrow screen what they are of stands below its quantity and not beside it."""
    narrow = console.width < WIDE
    table = _plain_table("", *((f"quantity, {second}",) if narrow else ("quantity", second)))
    for name in HEADINGS:
        table.add_column(name, justify="right", overflow="fold")
    for quantity, name, summary in _written_once(rows):
        ours, cells = second == "by" and name == OURS, score_cells(summary)
        style = "" if quantity or second != "by" else "dim"
        if not narrow:
            table.add_row(quantity, _text(name), *cells, style=style)
        elif quantity and ours:
            table.add_row(quantity, *cells)
        else:
            if quantity:
                table.add_row(quantity)
            table.add_row(Padding(_text(name), (0, 0, 0, 2)), *cells, style=style)
    console.print(table, highlight=False)


def _plain_table(title: str, *texts: str) -> Table:
    table = Table(title=title or None, **_PLAIN)
    for name in texts:
        table.add_column(name, overflow="fold")
    return table


def score_rows(predicted: Sequence[Predicted]) -> list[ScoreRow]:
    """List flopwatt's errors by quantity, and below them those of baselines; flopwatt's again where theirs are of fewer."""
    rows, rivals = list[ScoreRow](), rivalries(predicted)
    for quantity, cases in by_quantity(predicted).items():
        rows.append((quantity, OURS, summary_of(cases)))
        for name, rivalry in rivals.get(quantity, {}).items():
            rows.append((quantity, shown_baseline(name), rivalry.theirs))
            if not rivalry.whole:
                rows.append((quantity, f"{OURS} on the cases of {name}", rivalry.ours))
    return rows


def group_rows(predicted: Sequence[Predicted], label: str) -> list[ScoreRow]:
    """List flopwatt's errors by quantity and group of a label; several groups of one case each are one row."""
    rows = list[ScoreRow]()
    for quantity, groups in case_groups(predicted, label).items():
        single = [own[0] for own in groups.values() if len(own) == 1]
        alone = len(single) == 1
        rows += [(quantity, group, summary_of(own)) for group, own in groups.items() if alone or len(own) > 1]
        if single and not alone:
            rows.append((quantity, f"{len(single)} of one case each", summary_of(single)))
    return rows


def _written_once(rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    """Write each quantity in its first row alone."""
    before = ["", *(quantity for quantity, _, _ in rows)]
    return [("" if quantity == last else quantity, by, own) for (quantity, by, own), last in zip(rows, before, strict=False)]


def _print_all_left(console: Console, findings: Findings) -> None:
    table = _plain_table("not predicted", "case", "quantity", "why")
    for item in findings.left_out:
        table.add_row(_text(item.name), item.quantity, _text(item.reason))
    console.print(table, highlight=False)


def _print_reasons(console: Console, findings: Findings, spell: Spelling) -> None:
    groups = reason_groups(findings.left_out)
    table = _plain_table(f"not predicted: {_figures(len(findings.left_out))}")
    table.add_column("figures", justify="right")
    for name in ("why", "quantity", "such as"):
        table.add_column(name, overflow="fold")
    for group in groups[:MOST_REASONS]:
        table.add_row(str(len(group.names)), _text(group.reason), ", ".join(group.quantities), _text(such_as(group)))
    console.print(table, highlight=False)
    if further := groups[MOST_REASONS:]:
        count = sum(len(group.names) for group in further)
        more = spell(Parameter("full"))
        console.print(f"{count} more for {len(further)} other reasons; {more} lists all one by one.", highlight=False)
    elif any(len(group.names) > MOST_NAMES for group in groups):
        console.print(f"{spell(Parameter('full'))} lists all one by one.", highlight=False)


def _figures(count: int) -> str:
    return f"{count} figure{'' if count == 1 else 's'}"


def such_as(group: ReasonGroup) -> str:
    """Name the first cases of a group."""
    names = [textwrap.shorten(name, MOST_LETTERS, placeholder=" ...") for name in dict.fromkeys(group.names)]
    return ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")


def markdown_scores(findings: Findings, label: str = "") -> str:
    """Write scores as a Markdown table: by quantity beside baselines, or by the groups of a label."""
    said: Mapping[str, str] = {OURS: f"**{OURS}**"} if not label else {}
    rows = _written_once(group_rows(findings.predicted, label) if label else score_rows(findings.predicted))
    cells = [(md.plain(quantity), said.get(by) or md.plain(by), *score_cells(own)) for quantity, by, own in rows]
    return "\n".join(md.table(("quantity", label or "by", *map(md.plain, HEADINGS)), 2, cells)) + "\n"
