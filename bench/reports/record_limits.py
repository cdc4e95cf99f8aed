"""What engines reach of what the machine can do, and the energy that they take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..history.series import HistoryPoint
from ..records.record import Benchmark, Reading, Record
from ..runner.shown_column import ShownColumn
from ..terminal import numbers
from ..timing import speeds
from .record_columns import kept, moment_of, number_column, runner_of, share_column, words_column

_NO_SHARE = "No share of the vector units is known"


def is_limit(benchmark: Benchmark) -> bool:
    """Tell whether a benchmark is one of the machine's own limits."""
    return benchmark.extra.get("role") == "limit"


@dataclass(frozen=True)
class LimitsShown:
    """What engines reach of what the machine can do, of one run that timed both.

    Parameters
    ----------
    sentence
        The most that is reached.
    limits, shares
        The machine's limits, and every engine's share of them.
    """

    sentence: str
    limits: tuple[ShownColumn, ...]
    shares: tuple[ShownColumn, ...]


def limits_shown(records: Sequence[Record]) -> LimitsShown | None:
    """Hold engines against the machine's limits, by the newest record that timed both; None where none did.

    Parameters
    ----------
    records
        Of one machine, oldest first.
    """
    for record in reversed(records):
        timed = speeds.of_record(record.benchmarks)
        limits = {speed.name: speed for speed in timed if speed.role == "limit"}
        engines = [speed for speed in timed if speed.role == "engine"]
        if limits and engines:
            return _limits_shown(engines, limits, record)
    return None


def _limits_shown(engines: Sequence[speeds.Speed], limits: Mapping[str, speeds.Speed], record: Record) -> LimitsShown:
    vector = [speeds.vector_share(speed, limits) for speed in engines]
    loop = [speeds.loop_share(speed, limits) for speed in engines]
    known = [(share, speed.name) for share, speed in zip(vector, engines, strict=True) if share is not None]
    reached = "{1} reaches up to {0:.0%} of what the vector units can do".format(*max(known)) if known else _NO_SHARE
    return LimitsShown(
        f"{reached}; measured in one run, {moment_of(record)} UTC.",
        (
            words_column("limit", [limit.name for limit in limits.values()]),
            words_column("reached", [f"{numbers.count(limit.rate)} {limit.unit}s a second" for limit in limits.values()]),
        ),
        kept(
            [
                words_column("study", [f"{speed.shape}, {speed.question}" for speed in engines]),
                words_column("engine", [speed.name for speed in engines]),
                words_column("type", [speed.dtype for speed in engines]),
                number_column("points a second", [speed.rate for speed in engines], "1/s"),
                share_column("share of the vector units", vector),
                share_column("share of the loop alone in C", loop),
            ]
        ),
    )


def energy_sentence(points: Sequence[HistoryPoint]) -> str:
    """Say how much energy the engines take, or why none was measured.

    Parameters
    ----------
    points
        Of one machine.
    """
    energies = [(point.benchmark.energy.per_billion_points.value, runner_of(point.benchmark)) for point in points]
    known = [(value, name) for value, name in energies if value is not None]
    if known:
        by_name = {name: [value for value, other in known if other == name] for _, name in known}
        parts = [f"{name} {_between(values)} joules" for name, values in by_name.items()]
        rest = (
            f" {len(energies) - len(known)} of {len(energies)} benchmarks have no energy." if len(known) < len(energies) else ""
        )
        return f"For a billion points: {'; '.join(parts)}.{rest}"
    reasons = dict.fromkeys(point.benchmark.energy.per_billion_points.reason for point in points)
    reasons.pop(Reading().reason, None)  # which says no more
    return f"No energy was measured: {'; '.join(reasons)}." if reasons else "No energy was measured."


def _between(values: Sequence[float]) -> str:
    low, high = numbers.number(min(values)), numbers.number(max(values))
    return low if low == high else f"{low} to {high}"
