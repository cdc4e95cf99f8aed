"""What benchmarks of engines, peers and the machine say together: points a second, ratios to peers, share of a limit.

Suites annotate what they time with its role; where engines, peers and limits were timed in one run, they can be compared.
"""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..records.record import Benchmark

PEERS = {"peer": "", "tuned peer": " (tuned by hand)", "partial peer": " (the value alone, not where it is)"}
ROLES = ("engine", *PEERS, "limit")


@dataclass(frozen=True)
class Speed:
    """One benchmark. ``seconds`` is the median of a call; of a limit, ``points`` is the amount of its ``unit`` in a call."""

    name: str
    role: str
    seconds: float
    points: float
    shape: str = ""
    question: str = ""
    dtype: str = ""
    work: float | None = None  # operations per point
    unit: str = ""

    @property
    def rate(self) -> float:
        """Points (or units) per second."""
        return self.points / self.seconds


def annotate(benchmark: Any, *, role: str, name: str = "", **facts: Any) -> None:
    """Put what `speeds` needs into a benchmark fixture's ``extra_info``."""
    assert role in ROLES
    benchmark.extra_info.update({"role": role, **({"what": name} if name else {})})
    benchmark.extra_info.update({key: value for key, value in facts.items() if value is not None})


def of_record(benchmarks: Iterable[Benchmark]) -> list[Speed]:
    """From a record's benchmarks: those that have a role."""
    return [_speed(dict(each.extra), statistics.median(each.samples)) for each in benchmarks if "role" in each.extra]


def of_pytest(benchmarks: Iterable[Any]) -> list[Speed]:
    """From pytest-benchmark's own: those that have a role and were timed."""
    timed = [each for each in benchmarks if "role" in each.extra_info and not each.has_error and each.stats.data]
    return [_speed(each.extra_info, each.stats.median) for each in timed]


def _speed(extra: dict[str, Any], seconds: float) -> Speed:
    return Speed(
        name=str(extra.get("what") or extra.get("engine", "")),
        role=str(extra["role"]),
        seconds=seconds,
        points=float(extra.get("amount") or extra.get("evaluated") or extra.get("points") or 0),
        shape=str(extra.get("shape", "")),
        question=str(extra.get("question", "")),
        dtype=str(extra.get("dtype", "")),
        work=extra.get("work"),
        unit=str(extra.get("unit", "")),
    )


def lines(speeds: Sequence[Speed]) -> list[str]:
    """The machine's limits, then each study's engines and peers: points/s, ratios to the best peers, share of the limit."""
    limits = {each.name: each for each in speeds if each.role == "limit"}
    result = [f"{each.name}: {each.rate:.3g} {each.unit}/s" for each in limits.values()]
    groups: dict[tuple[str, str, str], list[Speed]] = {}
    for each in speeds:
        if each.role != "limit":
            groups.setdefault((each.shape, each.question, each.dtype), []).append(each)
    for (shape, question, dtype), members in sorted(groups.items()):
        result.append(f"{shape}, {question}, {dtype}")
        peers = {role: max((m for m in members if m.role == role), key=lambda m: m.rate, default=None) for role in PEERS}
        result += ["  " + _line(each, peers, limits) for each in sorted(members, key=lambda m: -m.rate)]
    return result


def _line(each: Speed, peers: dict[str, Speed | None], limits: dict[str, Speed]) -> str:
    parts = [f"{each.name}{PEERS.get(each.role, '')}: {each.rate:.3g} points/s"]
    if each.role != "engine":
        return parts[0]
    for role, best in peers.items():
        if best is not None:
            parts.append(f"{each.rate / best.rate:.3g} times the best {role} ({best.name})")
    on_gpu = each.name in ("cupy", "numba-cuda")
    unit = limits.get(f"{'device ' if on_gpu else ''}fma {each.dtype}")
    if unit is not None and each.work:
        share = each.rate * each.work / (2 * unit.rate)  # a multiply-add is two operations
        parts.append(f"{share:.0%} of the vector units ({each.work:.1f} operations a point)")
    loop = limits.get(f"C loop {each.dtype}")
    if loop is not None and not on_gpu:
        parts.append(f"{each.rate / loop.rate:.2f} of the C loop")
    return ", ".join(parts)
