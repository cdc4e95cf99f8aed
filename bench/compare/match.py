"""Two sets of benchmarks compared: matched by full name and parameters, then judged."""

import dataclasses
from collections.abc import Sequence, Set

from ..machine.info import differences
from ..records.identity import Key
from ..records.record import Benchmark, Record
from . import sides
from .answers import disagreement
from .change import RecordHistory
from .options import ComparisonOptions
from .result import Comparison, ComparisonRow, Pair, worst_first
from .verdict import TimeJudge, judge, judge_records, uncompared_row


def compare(
    baseline: Sequence[Record],
    candidate: Sequence[Record],
    options: ComparisonOptions | None = None,
    judge_times: TimeJudge | None = None,
) -> Comparison:
    """Compare every benchmark of two sets of records.

    Parameters
    ----------
    baseline, candidate
        The records of either side, oldest first: of several that hold a benchmark the newest counts.
    options
        How they are compared; those of `ComparisonOptions` that it has by itself where None.
    judge_times
        What judges the times; by the levels of the records, all of these being the history, where None.

    Returns
    -------
    Comparison
        A row for every benchmark of either side.

    Raises
    ------
    InputError
        Where a record holds one benchmark twice.
    """
    options = options or ComparisonOptions()
    old, new = sides.align(sides.newest(baseline), sides.newest(candidate))
    shown = sides.ambiguous_names(old, new)
    pairs, rows, matched = [], [], set()
    taken = {recorded.key for recorded in new.recorded}
    for recorded in new.recorded:
        match = _match(recorded, old, taken)
        if match is not None:
            matched.add(match.key)
            pairs.append(_pair(match, recorded, options, shown))
        elif recorded.benchmark.fullname not in old.unreadable:
            rows.append(uncompared_row(_shown(recorded.benchmark, shown), "new", "only the candidate has it"))
    missing = (item.benchmark for item in old.recorded if item.key not in matched)
    rows += [
        uncompared_row(_shown(benchmark, shown), "missing", "only the baseline has it")
        for benchmark in missing
        if benchmark.fullname not in new.unreadable
    ]
    judged, pooled = judge(pairs, judge_times or judge_records(RecordHistory([*baseline, *candidate]), options))
    rows += [*unreadable_rows(old, new), *judged]
    return Comparison(worst_first(rows), pooled, options.strict, options.require_power)


def unreadable_rows(old: sides.ComparedSide, new: sides.ComparedSide) -> list[ComparisonRow]:
    """Make a row for every benchmark that could not be read on one side or on both.

    Parameters
    ----------
    old, new
        The baseline's side and the candidate's.
    """
    reasons: dict[str, list[str]] = {}
    for label, side in (("baseline", old), ("candidate", new)):
        for name, reason in side.unreadable.items():
            reasons.setdefault(name, []).append(f"the {label}'s cannot be used: {reason}")
    return [ComparisonRow(name, "incomparable", "; ".join(lines), fullname=name) for name, lines in reasons.items()]


# --- matching ---------------------------------------------------------------------------------------------------------


def _shown(benchmark: Benchmark, ambiguous: Set[str]) -> Benchmark:
    """Call a benchmark by its full name where its name alone is another's too."""
    return dataclasses.replace(benchmark, name=benchmark.fullname) if benchmark.name in ambiguous else benchmark


def _match(new: sides.Recorded, old: sides.ComparedSide, taken: Set[Key]) -> sides.Recorded | None:
    """Find the baseline of the same key, best from the same machine; else one of another dtype not taken."""
    same_machine = old.find(new.machine_name, new.key)
    if same_machine is not None:
        return same_machine
    other_machines = old.of_key(new.key)
    other_dtypes = [recorded for recorded in old.of_key_without_dtype(new.key) if recorded.key not in taken]
    return next(iter([*other_machines, *other_dtypes]), None)


def _first_pass(benchmark: Benchmark) -> str:
    """Name the questions that share a pass with this one: it was timed with the first of them."""
    shared = benchmark.extra.get("first_pass_of")
    return ", ".join(map(str, shared)) if isinstance(shared, (list, tuple)) and shared else "itself alone"


def _pair(old: sides.Recorded, new: sides.Recorded, options: ComparisonOptions, ambiguous: Set[str]) -> Pair:
    """Pair a benchmark's two sides, with why their times are not compared, if they are not."""
    limits = options.thresholds.of(new.benchmark)
    baseline, candidate = (_shown(side.benchmark, ambiguous) for side in (old, new))
    records = old.record, new.record
    reasons = [
        f"{fact} {before} and {after}"
        for fact, before, after in (
            ("dtype", baseline.dtype or baseline.params.get("dtype"), candidate.dtype or candidate.params.get("dtype")),
            ("points", baseline.points, candidate.points),
            ("threads", baseline.threads, candidate.threads),
        )
        if before not in (None, "") and after not in (None, "") and before != after
    ]
    wrong = disagreement(baseline, candidate) if not reasons else ""
    if wrong:
        return Pair(baseline, candidate, limits, wrong, wrong=True, records=records)
    before, after = _first_pass(baseline), _first_pass(candidate)
    if before != after:  # what is shared is counted with the first question, so the samples hold other work
        reasons.append(f"a first pass for {before} and for {after}")
    if not options.across_machines:
        reasons += differences(old.record.machine, new.record.machine, candidate.engine)
    return Pair(baseline, candidate, limits, "; ".join(reasons), records=records)
