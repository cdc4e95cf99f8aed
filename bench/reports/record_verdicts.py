"""The newest record of every kind against the one before it, on one machine: benchmark by benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..compare import report
from ..compare.change import RecordHistory
from ..compare.match import compare
from ..compare.options import ComparisonOptions
from ..compare.result import Comparison
from ..compare.verdict import judge_records
from ..records.record import Record
from ..runner.shown_column import UNKNOWN, ShownColumn
from .record_columns import BenchmarkNames, kept, moment_of, share_column, time_column, words_column


@dataclass(frozen=True)
class VerdictsShown:
    """What became of the benchmarks since the records before.

    Parameters
    ----------
    outcome
        The whole in a sentence, as ``flopwatt compare`` says it.
    headline
        The same for who knows nothing of that command.
    sides
        Which records were compared.
    remarks
        What else needs saying.
    columns
        A row for each benchmark, worst first; none where no record has one before it.
    """

    outcome: str
    headline: str = ""
    sides: str = ""
    remarks: tuple[str, ...] = ()
    columns: tuple[ShownColumn, ...] = ()


def verdicts_shown(records: Sequence[Record], names: BenchmarkNames, past: Sequence[Record] = ()) -> VerdictsShown:
    """Compare the newest record of every suite or study with the one before it.

    Parameters
    ----------
    records
        Of one machine, oldest first.
    names
        What its benchmarks are called.
    past
        Records by which it is told how far those of one commit lie apart, the machine's own among them; none but
        ``records`` where there are none.
    """
    subjects: dict[tuple[str, str, str], list[Record]] = {}
    for record in records:
        if record.benchmarks or record.unreadable:
            subjects.setdefault((record.source.tool, record.kind, record.subject), []).append(record)
    pairs = [group[-2:] for group in subjects.values() if len(group) > 1]
    alone = [
        subject.replace(",", ", ") or f"a file of {tool}" for (tool, _, subject), group in subjects.items() if len(group) == 1
    ]
    said = f"Nothing to compare with, since there is one record only: {'; '.join(dict.fromkeys(alone))}." if alone else ""
    if not pairs:
        return VerdictsShown(said or "There is nothing to compare.")
    old, new = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    options = ComparisonOptions()
    outcome = compare(old, new, options, judge_records(RecordHistory(past or records), options))
    notes = report.notes(outcome, most=len(outcome.rows) * 4)
    remarks = [said, *_remarks(outcome), *notes, *report.reading_notes(old, new)]
    shown = {item.fullname: names.whole(item) for record in [*old, *new] for item in record.benchmarks}
    columns = _columns(outcome, [shown.get(row.fullname, row.fullname) for row in outcome.rows])
    return VerdictsShown(report.sentence(outcome), _headline(outcome), _sides(pairs), tuple(filter(None, remarks)), columns)


def _sides(pairs: Sequence[Sequence[Record]]) -> str:
    return "; ".join(f"{new.subject}: {_who(new)} against {_who(old)}".removeprefix(": ") for old, new in pairs)


def _who(record: Record) -> str:
    commit = record.commit.short + ("-dirty" if record.commit.dirty else "")
    return f"{commit} of {moment_of(record)}" + (f" ({record.label})" if record.label else "")


def _headline(outcome: Comparison) -> str:
    """Say what became of the benchmarks, in a sentence for people."""
    tally = " and ".join(f"{count} {verdict}" for verdict, count in outcome.counts.items())
    beyond = f", {_counted(len(outcome.failed), 'benchmark')} beyond what is allowed" if outcome.failed else ""
    return f"Against the records before, {_counted(len(outcome.rows), 'benchmark')}: {tally}{beyond}."


def _remarks(outcome: Comparison) -> list[str]:
    """Say what holds for all benchmarks together."""
    lines = [report.speed_sentence(outcome)]
    if outcome.pooled is not None:
        low, high = outcome.pooled.change.interval()
        ratio = f"{outcome.pooled.change.ratio:.3f} times as long as before (95% interval: {low:.3f} to {high:.3f})"
        lines.append(f"All {outcome.pooled.count} together: {outcome.pooled.verdict}, {ratio}.")
    if outcome.blind:
        count = len(outcome.blind)
        lines.append(f"Of {_counted(count, 'benchmark')} a slow-down beyond what is allowed could have gone unseen.")
    return lines


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def _columns(outcome: Comparison, names: Sequence[str]) -> tuple[ShownColumn, ...]:
    """Put a comparison into a table, its rows by their names."""
    rows = outcome.rows
    changes = [None if row.time is None else row.time.ratio - 1 for row in rows]
    between = [
        "" if row.time is None else "{:+.1%} to {:+.1%}".format(*(end - 1 for end in row.time.interval())) for row in rows
    ]
    columns = [
        words_column("benchmark", names),
        words_column("verdict", [row.verdict for row in rows]),
        time_column("before", [row.baseline for row in rows]),
        time_column("now", [row.candidate for row in rows]),
        share_column("change of time", changes, signed=True),
        words_column("95% interval", between),
        _seen_column([row.detectable for row in rows]),
        share_column("energy", [None if row.energy is None else row.energy.ratio - 1 for row in rows], signed=True),
        share_column("memory", [None if row.memory is None else row.memory.ratio - 1 for row in rows], signed=True),
    ]
    return kept(columns)


def _seen_column(shares: Sequence[float | None]) -> ShownColumn:
    texts = tuple(UNKNOWN if share is None else report.share(share) for share in shares)
    return ShownColumn("slow-down that would have been seen", "", texts, tuple(shares), is_label=False)
