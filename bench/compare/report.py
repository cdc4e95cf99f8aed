"""A comparison as a table for people, as Markdown for a pull request, as JSON and as CSV."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from ...kernels.text import visible
from ..records.record import Record
from ..terminal import markdown as md
from ..terminal.json import jsonable
from ..terminal.numbers import duration
from .result import Comparison, ComparisonRow, Metric

COLUMNS = ("verdict", "benchmark", "baseline", "candidate", "ratio", "95% interval", "p", "energy", "memory")
_COLOURS = {"wrong": "bold red", "slower": "red", "faster": "green", "unsure": "yellow", "missing": "yellow"}


def sentence(comparison: Comparison) -> str:
    """Word the outcome in one sentence."""
    counts = comparison.counts
    compared = sum(counts.get(verdict, 0) for verdict in ("faster", "same", "slower", "unsure"))
    tally = ", ".join(f"{count} {verdict}" for verdict, count in counts.items()) or "no benchmarks"
    if comparison.exit_code == 3:
        return f"Nothing was compared: {tally}."
    if comparison.failed:
        return f"FAILED: {len(comparison.failed)} of {len(comparison.rows)} benchmarks fail ({tally})."
    within = counts.get("slower", 0)
    tail = f"; {within} slower, but within the threshold" if within else ""
    return f"{compared} benchmark{'s' if compared != 1 else ''} compared: {tally}{tail}."


def _cells(row: ComparisonRow) -> tuple[str, ...]:
    time = row.time
    between = f"{time.low:.3f} to {time.high:.3f}" if time and time.low is not None else ""
    return (
        row.verdict,
        row.name,
        duration(row.baseline, "measured"),
        duration(row.candidate, "measured"),
        f"{time.value:.3f}" if time else "",
        between,
        f"{row.adjusted_p:.2g}" if row.adjusted_p is not None else "",
        _change(row.energy),
        _change(row.memory),
    )


def _change(metric: Metric | None) -> str:
    if metric is None or not (metric.worse or metric.candidate - metric.baseline < -metric.slack):
        return "" if metric is None else "same"
    return f"{metric.ratio - 1:+.1%}" if metric.baseline else "from 0"


def _notes(comparison: Comparison) -> list[str]:
    """Word what failed, benchmark by benchmark, then what needs saying of the others, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for row in comparison.rows:
        if row.reason and not row.fails:
            by_reason.setdefault(row.reason, []).append(row.name)
    failed = [f"{row.name}: {fail}" for row in comparison.rows for fail in row.fails]
    owners = {reason: names[0] if len(names) == 1 else f"{len(names)} benchmarks" for reason, names in by_reason.items()}
    return failed + [f"{owner}: {reason}" for reason, owner in owners.items()]


def table(comparison: Comparison) -> Any:
    """Make a rich table, a row for each benchmark; columns that are empty in all rows are left out."""
    from rich.table import Table
    from rich.text import Text

    rows = [_cells(row) for row in comparison.rows]
    shown = [i for i in range(len(COLUMNS)) if i < 5 or any(cells[i] for cells in rows)]
    result = Table(box=None, pad_edge=False)
    for i in shown:
        result.add_column(COLUMNS[i], justify="left" if i < 2 else "right", overflow="fold")
    for cells in rows:
        style = _COLOURS.get(cells[0], "")
        result.add_row(*(Text(cells[i], style=style if i == 0 else "") for i in shown))
    return result


def notes(comparison: Comparison, rest: str = "", most: int = 20) -> list[str]:
    """Word what failed and why, and what needs saying of the other benchmarks.

    Parameters
    ----------
    comparison
        The rows, worst first.
    rest
        What has all lines, for the line that counts those that are left out.
    most
        The lines at most, without that one.
    """
    lines = _notes(comparison)
    return lines if len(lines) <= most else [*lines[:most], f"... and {len(lines) - most} more{rest and f'; {rest}'}"]


def markdown(comparison: Comparison, baseline: Sequence[Record], candidate: Sequence[Record], rest: str = "") -> str:
    """Write a comment for a pull request: the outcome, then a table; rows that are the same are folded away.

    Parameters
    ----------
    comparison
        The rows, worst first.
    baseline, candidate
        The records that were compared, oldest first.
    rest
        What has all notes, where some are left out.
    """
    lines = [f"**flopwatt compare**: {sentence(comparison)}", "", f"{_who(baseline)} → {_who(candidate)}", ""]
    plain = [row for row in comparison.rows if row.verdict in ("same", "new") and not row.fails]
    loud = [row for row in comparison.rows if row not in plain]
    lines += _markdown_table(loud) if loud else []
    lines += [f"- {md.plain(line)}" for line in notes(comparison, rest)]
    if plain:
        lines += ["", f"<details><summary>{len(plain)} same or new</summary>", "", *_markdown_table(plain), "", "</details>"]
    return "\n".join(lines) + "\n"


def _markdown_table(rows: Sequence[ComparisonRow]) -> list[str]:
    return [*md.table(COLUMNS, 2, ([md.plain(cell) for cell in _cells(row)] for row in rows)), ""]


def _who(records: Sequence[Record]) -> str:
    last = records[-1]
    commits = " ".join(dict.fromkeys(record.commit.short + ("-dirty" if record.commit.dirty else "") for record in records))
    return f"{md.code(commits)} on {md.code(last.machine.name)}"


def as_json(comparison: Comparison, baseline: Sequence[Record], candidate: Sequence[Record]) -> str:
    """Write everything, for programs.

    Parameters
    ----------
    comparison
        The rows, worst first.
    baseline, candidate
        The records that were compared.
    """
    document = {
        "baseline": [_source(record) for record in baseline],
        "candidate": [_source(record) for record in candidate],
        "exit_code": comparison.exit_code,
        "summary": sentence(comparison),
        "counts": comparison.counts,
        "benchmarks": [_json_row(row) for row in comparison.rows],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _source(record: Record) -> dict[str, Any]:
    return {
        "path": str(record.path) if record.path else None,
        "machine": record.machine.name,
        "commit": record.commit.id,
        "dirty": record.commit.dirty,
        "created": record.created,
    }


def _json_row(row: ComparisonRow) -> dict[str, Any]:
    time = row.time
    data = {
        "name": row.name,
        "params": row.params,
        "verdict": row.verdict,
        "reason": row.reason,
        "fails": row.fails,
        "baseline_seconds": row.baseline,
        "candidate_seconds": row.candidate,
        "samples": row.samples,
        "ratio": time.value if time else None,
        "low": time.low if time else None,
        "high": time.high if time else None,
        "p_value": time.p_value if time else None,
        "adjusted_p_value": row.adjusted_p,
        "cpu_ratio": row.cpu.value if row.cpu else None,
        "threshold": row.threshold,
        "energy": _json_metric(row.energy),
        "memory": _json_metric(row.memory),
    }
    encoded: dict[str, Any] = jsonable(data)
    return encoded


def _json_metric(metric: Metric | None) -> dict[str, Any] | None:
    return None if metric is None else {**jsonable(metric), "ratio": jsonable(metric.ratio), "worse": metric.worse}


def as_csv(comparison: Comparison) -> str:
    """Write one line a benchmark."""
    out = io.StringIO()
    rows = [_json_row(row) for row in comparison.rows]
    names = [name for name in rows[0] if name not in ("params", "fails", "samples", "energy", "memory")] if rows else ["name"]
    extra = ["baseline_samples", "candidate_samples", "energy_ratio", "memory_ratio", "fails"]
    writer = csv.DictWriter(out, [*names, *extra], extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                **{key: visible(value) if isinstance(value, str) else value for key, value in row.items()},
                "baseline_samples": row["samples"][0],
                "candidate_samples": row["samples"][1],
                "energy_ratio": (row["energy"] or {}).get("ratio"),
                "memory_ratio": (row["memory"] or {}).get("ratio"),
                "fails": visible("; ".join(row["fails"])),
            }
        )
    return out.getvalue()


def show(comparison: Comparison, baseline: Sequence[Record], candidate: Sequence[Record], form: str, rest: str = "") -> None:
    """Print a comparison on stdout.

    Parameters
    ----------
    comparison
        The rows, worst first.
    baseline, candidate
        The records that were compared, oldest first.
    form
        ``table``, ``markdown``, ``json`` or ``csv``.
    rest
        What has all notes, where some are left out.
    """
    if form == "table":
        _print_table(comparison, baseline, candidate, rest)
        return
    writers = {
        "json": lambda: as_json(comparison, baseline, candidate),
        "csv": lambda: as_csv(comparison),
        "markdown": lambda: markdown(comparison, baseline, candidate, rest),
    }
    print(writers[form](), end="", flush=True)


def _print_table(comparison: Comparison, baseline: Sequence[Record], candidate: Sequence[Record], rest: str) -> None:
    from ..terminal.console import console

    screen = console(160)  # a log or a pipe: no need to fold names
    screen.print(f"{_who(baseline)} -> {_who(candidate)}".replace("`", ""), markup=False, highlight=False)
    screen.print(table(comparison), highlight=False)
    for line in notes(comparison, rest):
        screen.print(line, markup=False, highlight=False, soft_wrap=True)
    screen.print(sentence(comparison), markup=False, highlight=False, soft_wrap=True)
