"""The newest record of every kind against the one before it, on one machine: benchmark by benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..compare import report
from ..compare.change import RecordHistory
from ..compare.match import compare
from ..compare.options import ComparisonOptions
from ..compare.result import Comparison, ComparisonRow
from ..compare.verdict import judge_records
from ..records.record import Record
from ..runner.shown_column import ShownColumn
from .record_columns import kept, share_column, time_column, words_column


@dataclass(frozen=True)
class VerdictsShown:
    """What became of the benchmarks since the records before.

    Parameters
    ----------
    outcome
        The whole in a sentence, as ``flopwatt compare`` says it.
    sides
        Which records were compared.
    remarks
        What else needs saying.
    columns
        A row for each benchmark, worst first; none where no record has one before it.
    """

    outcome: str
    sides: str = ""
    remarks: tuple[str, ...] = ()
    columns: tuple[ShownColumn, ...] = ()


def verdicts_shown(records: Sequence[Record], past: Sequence[Record] = ()) -> VerdictsShown:
    """Compare the newest record of every suite or study with the one before it.

    Parameters
    ----------
    records
        Of one machine, oldest first.
    past
        Other records of the machine, by which it is told how far those of one commit lie apart.
    """
    subjects: dict[tuple[str, str, str], list[Record]] = {}
    for record in records:
        if record.benchmarks or record.unreadable:
            subjects.setdefault((record.source.tool, record.kind, record.subject), []).append(record)
    pairs = [group[-2:] for group in subjects.values() if len(group) > 1]
    alone = [subject for (_, _, subject), group in subjects.items() if len(group) == 1]
    said = f"Of {_listed(alone)} there is one record only, so nothing to compare with." if alone else ""
    if not pairs:
        return VerdictsShown(said or "There is nothing to compare.")
    old, new = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    options = ComparisonOptions()
    outcome = compare(old, new, options, judge_records(RecordHistory([*past, *records]), options))
    notes = report.notes(outcome, most=len(outcome.rows) * 4)
    remarks = [said, *report.remarks(outcome), *notes, *report.reading_notes(old, new)]
    return VerdictsShown(report.sentence(outcome), _sides(pairs), tuple(filter(None, remarks)), _columns(outcome))


def _listed(subjects: Sequence[str]) -> str:
    return ", ".join(subject or "a file of another tool" for subject in subjects)


def _sides(pairs: Sequence[Sequence[Record]]) -> str:
    return "; ".join(f"{new.subject}: {_who(new)} against {_who(old)}".removeprefix(": ") for old, new in pairs)


def _who(record: Record) -> str:
    commit = record.commit.short + ("-dirty" if record.commit.dirty else "")
    return f"{commit} of {record.created[:16].replace('T', ' ')}" + (f" ({record.label})" if record.label else "")


def _columns(outcome: Comparison) -> tuple[ShownColumn, ...]:
    rows = outcome.rows
    changes = [None if row.time is None else row.time.ratio - 1 for row in rows]
    between = [
        "" if row.time is None else "{:+.1%} to {:+.1%}".format(*(end - 1 for end in row.time.interval())) for row in rows
    ]
    columns = [
        words_column("benchmark", _names(rows)),
        words_column("verdict", [row.verdict for row in rows]),
        time_column("before", [row.baseline for row in rows]),
        time_column("now", [row.candidate for row in rows]),
        share_column("change of time", changes, signed=True),
        words_column("95% interval", between),
        share_column("would have been seen", [row.detectable for row in rows]),
        share_column("energy", [None if row.energy is None else row.energy.ratio - 1 for row in rows], signed=True),
        share_column("memory", [None if row.memory is None else row.memory.ratio - 1 for row in rows], signed=True),
    ]
    return kept(columns)


def _names(rows: Sequence[ComparisonRow]) -> list[str]:
    names = [row.name for row in rows]
    return [row.name if names.count(row.name) == 1 else row.fullname for row in rows]
