"""Findings as tables that a person reads."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..terminal import markdown as md
from ..terminal import numbers
from .results import ErrorSummary, Findings, Predicted, baseline_summaries, summaries

_PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"}


def print_findings(console: Console, findings: Findings) -> None:
    """Print a table of predictions per quantity, what was left out and why, and the summary beside the baselines."""
    for quantity in summaries(findings.predicted):
        _print_cases(console, quantity, [case for case in findings.predicted if case.quantity == quantity])
        console.print()
    if findings.left_out:
        _print_left(console, findings)
        console.print()
    print_summary(console, findings)


def _print_cases(console: Console, quantity: str, cases: list[Predicted]) -> None:
    table = Table(title=quantity, title_justify="left", title_style="bold", **_PLAIN)
    table.add_column("case", overflow="fold")
    for name in ("published", "predicted", "P10", "P90", "error"):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("inside", overflow="fold")
    table.add_column("", style="dim", overflow="fold")
    for case in cases:
        table.add_row(Text(case.name), *_cells(case), Text(case.note, style="dim"))  # text, never markup
    console.print(table, highlight=False)


def _cells(case: Predicted) -> tuple[str, ...]:
    inside = {True: "yes", False: "no", None: ""}[case.inside]
    values = (case.published, case.predicted, case.low, case.high)
    shown = ["" if value is None else numbers.show_unit(value, case.unit) for value in values]
    return (*shown, f"{100 * case.relative_error:+.1f}%", inside)


def _print_left(console: Console, findings: Findings) -> None:
    table = Table(title="not predicted", title_justify="left", title_style="bold", **_PLAIN)
    for name in ("case", "quantity", "why"):
        table.add_column(name, overflow="fold")
    for item in findings.left_out:
        table.add_row(Text(item.name), item.quantity, Text(item.reason))
    console.print(table, highlight=False)


def print_summary(console: Console, findings: Findings) -> None:
    """Print the errors per quantity, and those of the baselines beside them."""
    table = Table(title="absolute relative errors", title_justify="left", title_style="bold", **_PLAIN)
    table.add_column("quantity", overflow="fold")
    table.add_column("by", overflow="fold")
    for name in ("cases", "median", "mean", "greatest", "inside P10 to P90"):
        table.add_column(name, justify="right", overflow="fold")
    others = baseline_summaries(findings.predicted)
    if not findings.predicted:
        console.print("Nothing could be predicted, so there are no errors.", highlight=False)
        return
    for quantity, summary in summaries(findings.predicted).items():
        table.add_row(quantity, "flopwatt", *_summary(summary))
        for name, other in others.get(quantity, {}).items():
            table.add_row("", name, *_summary(other), style="dim")
    console.print(table, highlight=False)


def _summary(summary: ErrorSummary) -> tuple[str, ...]:
    coverage = "" if summary.coverage is None else f"{100 * summary.coverage:.0f}%"
    errors = (summary.median_absolute_relative_error, summary.mean_absolute_relative_error)
    greatest = summary.greatest_absolute_relative_error
    return (str(summary.n), *(f"{100 * error:.1f}%" for error in (*errors, greatest)), coverage)


def markdown(findings: Findings) -> str:
    """Write the summary as a Markdown table."""
    lines = [
        "| quantity | by | cases | median | mean | greatest | inside P10 to P90 |",
        "| --- | --- | --: | --: | --: | --: | --: |",
    ]
    others = baseline_summaries(findings.predicted)
    for quantity, summary in summaries(findings.predicted).items():
        lines.append(f"| {md.plain(quantity)} | **flopwatt** | {' | '.join(_summary(summary))} |")
        lines += [f"| | {md.plain(name)} | {' | '.join(_summary(other))} |" for name, other in others.get(quantity, {}).items()]
    return "\n".join(lines) + "\n"
