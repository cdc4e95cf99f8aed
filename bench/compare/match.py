"""Two sets of benchmarks compared: matched by their parameters, then judged."""

from collections.abc import Iterable, Sequence
from typing import Any

from ..machine.info import differences
from ..records.record import Benchmark, Record
from .answers import disagreement
from .change import History
from .options import ComparisonOptions
from .result import Comparison, Pair, worst_first
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
    """
    options = options or ComparisonOptions()
    old, new = _newest(baseline), _newest(candidate)
    pairs, rows, matched = [], [], set()
    for benchmark, record in new.values():
        match = _match(benchmark, record, old, {key for _, key in new})
        if match is None:
            rows.append(uncompared_row(benchmark, "new", "only the candidate has it"))
        else:
            matched.add(match[0].key)
            pairs.append(_pair(match, (benchmark, record), options))
    for benchmark, _ in old.values():
        if benchmark.key not in matched:
            rows.append(uncompared_row(benchmark, "missing", "only the baseline has it"))
    judged, pooled = judge(pairs, judge_times or judge_records(History([*baseline, *candidate]), options))
    return Comparison(worst_first([*rows, *judged]), pooled, options.strict, options.require_power)


# --- matching ---------------------------------------------------------------------------------------------------------

_Recorded = tuple[Benchmark, Record]  # a benchmark and where it stands
_Key = tuple[Any, ...]


def _newest(records: Iterable[Record]) -> dict[tuple[str, _Key], _Recorded]:
    """Index the newest record's benchmark by machine and parameters; records come oldest first."""
    return {(record.machine.name, benchmark.key): (benchmark, record) for record in records for benchmark in record.benchmarks}


def _match(benchmark: Benchmark, record: Record, old: dict[tuple[str, _Key], _Recorded], taken: set[_Key]) -> _Recorded | None:
    """Find the baseline of the same parameters, best from the same machine; else one of another dtype not taken."""
    same_machine = old.get((record.machine.name, benchmark.key))
    if same_machine is not None:
        return same_machine
    other_machines = [recorded for (_, key), recorded in old.items() if key == benchmark.key]
    bare = _without_dtype(benchmark.key)
    other_dtypes = [recorded for (_, key), recorded in old.items() if key not in taken and _without_dtype(key) == bare]
    return next(iter([*other_machines, *other_dtypes]), None)


def _without_dtype(key: _Key) -> _Key:
    return tuple(item for item in key if item[0] != "dtype")


def _first_pass(benchmark: Benchmark) -> str:
    """Name the questions that share a pass with this one: it was timed with the first of them."""
    shared = benchmark.extra.get("first_pass_of")
    return ", ".join(map(str, shared)) if isinstance(shared, (list, tuple)) and shared else "itself alone"


def _pair(old: _Recorded, new: _Recorded, options: ComparisonOptions) -> Pair:
    """Pair a benchmark's two sides, with why their times are not compared, if they are not."""
    baseline, candidate = old[0], new[0]
    records = old[1], new[1]
    limits = options.thresholds.of(candidate)
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
        reasons += differences(old[1].machine, new[1].machine, candidate.engine)
    return Pair(baseline, candidate, limits, "; ".join(reasons), records=records)
