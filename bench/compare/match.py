"""Two sets of benchmarks compared: matched by their parameters, then judged."""

from collections.abc import Iterable, Sequence
from typing import Any

from ..machine.info import differences
from ..records.record import Benchmark, Record
from .answers import disagreement
from .result import Comparison, Pair, worst_first
from .thresholds import Thresholds
from .verdict import SIGNIFICANT, alone, judge


def compare(
    baseline: Sequence[Record],
    candidate: Sequence[Record],
    thresholds: Thresholds | None = None,
    *,
    strict: bool = False,
    across_machines: bool = False,
    paired: bool = False,
    significant: float = SIGNIFICANT,
) -> Comparison:
    """Compare every benchmark of two sets of records; of several records of one benchmark the newest counts.

    ``across_machines`` compares times of different machines too. ``paired`` says that the passes of the two sides were
    taken next to each other, in one order. Who looks several times, adding samples, asks for a smaller ``significant``.
    """
    thresholds = thresholds or Thresholds()
    old, new = _newest(baseline), _newest(candidate)
    pairs, rows, matched = [], [], set()
    for benchmark, record in new.values():
        match = _match(benchmark, record, old, {key for _, key in new})
        if match is None:
            rows.append(alone(benchmark, "new", "only the candidate has it"))
        else:
            matched.add(match[0].key)
            pairs.append(_pair(match, benchmark, record, thresholds, across_machines))
    for benchmark, _ in old.values():
        if benchmark.key not in matched:
            rows.append(alone(benchmark, "missing", "only the baseline has it"))
    rows += judge(pairs, paired, significant)
    return Comparison(worst_first(rows), strict)


# --- matching ---------------------------------------------------------------------------------------------------------

_Timed = tuple[Benchmark, Record]  # a benchmark and where it stands
_Key = tuple[Any, ...]


def _newest(records: Iterable[Record]) -> dict[tuple[str, _Key], _Timed]:
    """By machine and parameters, the newest record's benchmark; records come oldest first."""
    return {(record.machine.name, benchmark.key): (benchmark, record) for record in records for benchmark in record.benchmarks}


def _match(benchmark: Benchmark, record: Record, old: dict[tuple[str, _Key], _Timed], taken: set[_Key]) -> _Timed | None:
    """The baseline of the same parameters, from the same machine if there is one; else one of another dtype not taken."""
    here = old.get((record.machine.name, benchmark.key))
    if here is not None:
        return here
    elsewhere = [timed for (_, key), timed in old.items() if key == benchmark.key]
    bare = _without_dtype(benchmark.key)
    dtypes = [timed for (_, key), timed in old.items() if key not in taken and _without_dtype(key) == bare]
    return next(iter([*elsewhere, *dtypes]), None)


def _without_dtype(key: _Key) -> _Key:
    return tuple(item for item in key if item[0] != "dtype")


def _first_pass(benchmark: Benchmark) -> str:
    """The questions that were answered by one pass with this one."""
    shared = benchmark.extra.get("first_pass_of")
    return ", ".join(map(str, shared)) if isinstance(shared, (list, tuple)) and shared else "itself alone"


def _pair(match: _Timed, candidate: Benchmark, record: Record, thresholds: Thresholds, across_machines: bool) -> Pair:
    baseline, where = match
    reasons = [
        f"{what} {one} and {other}"
        for what, one, other in (
            ("dtype", baseline.dtype or baseline.params.get("dtype"), candidate.dtype or candidate.params.get("dtype")),
            ("points", baseline.points, candidate.points),
            ("threads", baseline.threads, candidate.threads),
        )
        if one not in (None, "") and other not in (None, "") and one != other
    ]
    answers = disagreement(baseline, candidate) if not reasons else ""
    if answers:
        return Pair(baseline, candidate, thresholds.of(candidate), answers, wrong=True)
    one, other = _first_pass(baseline), _first_pass(candidate)
    if one != other:  # what is shared is counted with the first question, so the samples hold other work
        reasons.append(f"a first pass for {one} and for {other}")
    if not across_machines:
        reasons += differences(where.machine, record.machine, candidate.engine)
    return Pair(baseline, candidate, thresholds.of(candidate), "; ".join(reasons))
