"""A comparison as a table for people, as Markdown for a pull request, as JSON and as CSV."""

import csv
import io
import json
import math
import statistics
from collections.abc import Collection, Sequence
from typing import Any

from ...kernels.text import visible
from ..records.record import Record
from ..terminal import markdown as md
from ..terminal.json import jsonable
from ..terminal.numbers import duration
from .result import TIMED_VERDICTS, Comparison, ComparisonRow, Metric, Pooled

COLUMNS = ("verdict", "benchmark", "baseline", "candidate", "ratio", "95% interval", "would see", "energy", "memory")


def sentence(comparison: Comparison) -> str:
    """Word the outcome in one sentence."""
    counts = comparison.counts
    compared = sum(counts.get(verdict, 0) for verdict in TIMED_VERDICTS)
    tally = ", ".join(f"{count} {verdict}" for verdict, count in counts.items()) or "no benchmarks"
    if comparison.exit_code == 3:
        return f"Nothing was compared: {tally}."
    if comparison.failed:
        return f"FAILED: {len(comparison.failed)} of {len(comparison.rows)} benchmarks fail ({tally})."
    if comparison.exit_code == 1:
        return f"FAILED: all benchmarks together are slower, whatever each of them says ({tally})."
    if comparison.exit_code == 4:
        return f"FAILED: not sure enough ({tally})."
    within = counts.get("slower", 0)
    tail = f"; {within} slower, but within the threshold" if within else ""
    return f"{compared} benchmark{'s' if compared != 1 else ''} compared: {tally}{tail}."


def pooled_sentence(comparison: Comparison) -> str:
    """Word what all benchmarks together say; empty where there are fewer than two."""
    pooled = comparison.pooled
    if pooled is None:
        return ""
    low, high = pooled.change.interval()
    fails = f", beyond the threshold of {pooled.threshold:.0%}" if pooled.fails else ""
    return (
        f"All {pooled.count} together: {pooled.verdict}{fails}; {pooled.change.ratio:.3f} times the baseline's time"
        f" (95%: {low:.3f} to {high:.3f}), would have seen {share(pooled.detectable)}."
    )


def blind_sentence(comparison: Comparison) -> str:
    """Warn that the comparison could not have seen what it is to find; empty where it could."""
    blind, timed = comparison.blind, sum(comparison.counts.get(verdict, 0) for verdict in TIMED_VERDICTS)
    if not blind:
        return ""
    reaches = sorted(row.detectable or 0.0 for row in blind)
    seen = share(reaches[len(reaches) // 2])
    worst = f" (the worst: {share(reaches[-1])})" if len(blind) > 1 else ""
    limits = sorted({row.threshold or 0.0 for row in blind})
    limit = f"{limits[0]:.0%}" if len(limits) == 1 else "their thresholds"
    return (
        f"BLIND: {len(blind)} of {timed} benchmarks could be slower by more than {limit} without this comparison seeing it;"
        f" it would have seen {seen}{worst}."
    )


_SPEED_BY_BENCHMARK = (
    "The machine was faster or slower beside some benchmarks, by the reference loops. The ratios are without that: they are not"
    " those of the two times beside them."
)


def _is_plain(row: ComparisonRow) -> bool:
    """Tell whether a row's ratio is that of the two times that stand beside it, or close to it."""
    if row.speed is None or row.time is None or row.baseline is None or row.candidate is None:
        return True
    return abs(row.time.log - math.log(row.candidate / row.baseline)) < 0.03


def speed_sentence(comparison: Comparison) -> str:
    """Word how much faster or slower the machine was beside the candidate, where that was divided out and matters."""
    speeds = [row.speed for row in comparison.rows if row.speed is not None]
    middle = statistics.median(speeds) if speeds else 1.0
    if abs(math.log(middle)) < 0.03:
        return "" if all(map(_is_plain, comparison.rows)) else _SPEED_BY_BENCHMARK
    word, factor = ("slower", middle) if middle > 1 else ("faster", 1 / middle)
    return (
        f"The machine was {factor:.2f} times {word} beside the candidate, by the reference loops; the ratios are without that."
    )


def remarks(comparison: Comparison) -> list[str]:
    """Word what holds for the comparison as a whole, but for its outcome."""
    return [line for line in (speed_sentence(comparison), pooled_sentence(comparison), blind_sentence(comparison)) if line]


def cells(row: ComparisonRow) -> tuple[str, ...]:
    """Write a row\'s cells, one for each of `COLUMNS`."""
    time = row.time
    between = "{:.3f} to {:.3f}".format(*time.interval()) if time else ""
    return (
        row.verdict,
        row.name,
        duration(row.baseline, "measured"),
        duration(row.candidate, "measured"),
        f"{time.ratio:.3f}" if time else "",
        between,
        share(row.detectable) if row.detectable is not None else "",
        _change(row.energy),
        _change(row.memory),
    )


def share(value: float) -> str:
    """Write a share that something may grow by: ``18%``, or ``3.2 times`` where it more than doubles."""
    return f"{value:.0%}" if value < 1 else f"{1 + value:.1f} times" if value < 100 else "nothing"


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
    """Write a comment for a pull request: the outcome, what holds for all rows, and a table; what is the same is folded away.

    Parameters
    ----------
    comparison
        The rows, worst first.
    baseline, candidate
        The records that were compared, oldest first.
    rest
        What has all notes, where some are left out.
    """
    lines = [f"**flopwatt compare**: {sentence(comparison)}", "", f"{who(baseline)} → {who(candidate)}", ""]
    plain = [row for row in comparison.rows if row.verdict in ("same", "new") and not row.fails]
    loud = [row for row in comparison.rows if row not in plain]
    overall = [f"- {md.plain(line)}" for line in remarks(comparison)]
    lines += [*overall, ""] if overall else []
    lines += _markdown_table(loud) if loud else []
    names = {row.name for row in comparison.rows}
    lines += [f"- {_markdown_note(line, names)}" for line in notes(comparison, rest)]
    lines += [f"- {md.plain(line)}" for line in reading_notes(baseline, candidate)]
    if plain:
        lines += ["", f"<details><summary>{len(plain)} same or new</summary>", "", *_markdown_table(plain), "", "</details>"]
    return "\n".join(lines) + "\n"


def reading_notes(baseline: Sequence[Record], candidate: Sequence[Record]) -> list[str]:
    """Word what needs saying of how the records were read, each line once with the last file that it is of."""
    lines = {remark: record.path for record in (*baseline, *candidate) for remark in record.remarks}
    return [f"{path.name}: {remark}" if path else remark for remark, path in lines.items()]


def _markdown_table(rows: Sequence[ComparisonRow]) -> list[str]:
    shown = ((md.plain(verdict), md.code_cell(name), *map(md.plain, rest)) for verdict, name, *rest in map(cells, rows))
    return [*md.table(COLUMNS, 2, shown), ""]


def _markdown_note(line: str, names: Collection[str]) -> str:
    """Write a line of `notes`, the benchmark that it is of as code."""
    name = max((name for name in names if line.startswith(f"{name}: ")), key=len, default="")
    return f"{md.code(name)}: {md.plain(line[len(name) + 2 :])}" if name else md.plain(line)


def who(records: Sequence[Record]) -> str:
    """Word whose records they are: commits, machine and labels, each as code in Markdown."""
    last = records[-1]
    commits = " ".join(dict.fromkeys(record.commit.short + ("-dirty" if record.commit.dirty else "") for record in records))
    labels = ", ".join(dict.fromkeys(md.code(record.label) for record in records if record.label))
    return f"{md.code(commits)} on {md.code(last.machine.name)}{labels and f' ({labels})'}"


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
        "pooled": _json_pooled(comparison.pooled),
        "blind": [row.fullname for row in comparison.blind],
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
        "tool": record.source.tool,
        "remarks": list(record.remarks),
        "label": record.label,
    }


def _json_row(row: ComparisonRow) -> dict[str, Any]:
    time = row.time
    data = {
        "name": row.name,
        "fullname": row.fullname,
        "params": row.params,
        "verdict": row.verdict,
        "reason": row.reason,
        "fails": row.fails,
        "baseline_seconds": row.baseline,
        "candidate_seconds": row.candidate,
        "samples": row.samples,
        "ratio": time.ratio if time else None,
        "low": time.interval()[0] if time else None,
        "high": time.interval()[1] if time else None,
        "p_value": time.p_value() if time else None,
        "adjusted_p_value": row.adjusted_p,
        "machine_ratio": row.speed,
        "threshold": row.threshold,
        "detectable": row.detectable,
        "energy": _json_metric(row.energy),
        "memory": _json_metric(row.memory),
    }
    encoded: dict[str, Any] = jsonable(data)
    return encoded


def _json_pooled(pooled: Pooled | None) -> dict[str, Any] | None:
    if pooled is None:
        return None
    low, high = pooled.change.interval()
    return {
        "verdict": pooled.verdict,
        "ratio": pooled.change.ratio,
        "low": low,
        "high": high,
        "p_value": pooled.change.p_value(),
        "threshold": pooled.threshold,
        "detectable": pooled.detectable,
    }


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
