"""Speeds of engines, peers and the machine held against each other: points a second, ratios to peers, share of a limit.

Suites annotate what they time with its role; where engines, peers and limits were timed in one run, they can be compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..machine.info import GPU_ENGINES
from ..records.record import Benchmark

PEERS = {"peer": "", "tuned peer": " (tuned by hand)", "partial peer": " (the value alone, not where it is)"}
ROLES = ("engine", *PEERS, "limit")


@dataclass(frozen=True)
class Speed:
    """One benchmark's speed.

    Parameters
    ----------
    name
        What ran: an engine, a peer or a limit.
    role
        One of ``ROLES``.
    seconds
        The median of a call (s).
    points
        The points that a call evaluates; of a limit, the amount of its ``unit``.
    shape, question, dtype
        What is computed: benchmarks that share these are held against each other.
    work
        Operations per point; None where that is not known.
    written
        Bytes that are written per point, where that is what takes the time.
    kernel_seconds
        The median time of a call's kernels by the GPU's events (s); None where they were not timed apart.
    unit
        Of a limit, what its amount counts.
    """

    name: str
    role: str
    seconds: float
    points: float
    shape: str = ""
    question: str = ""
    dtype: str = ""
    work: float | None = None
    written: float | None = None
    kernel_seconds: float | None = None
    unit: str = ""

    @property
    def rate(self) -> float:
        """Points (or units) per second."""
        return self.points / self.seconds


def annotate(benchmark: Any, *, role: str, name: str = "", **facts: Any) -> None:
    """Put what a `Speed` needs into a benchmark fixture's ``extra_info``.

    Parameters
    ----------
    benchmark
        The fixture.
    role
        One of ``ROLES``.
    name
        What ran, where that is not the engine.
    **facts
        ``shape``, ``question``, ``dtype``, ``points``, ``work`` and so on, as `Speed` has them, ``amount`` for a limit's
        points; None is left out.
    """
    assert role in ROLES
    benchmark.extra_info.update({"role": role, **({"what": name} if name else {})})
    benchmark.extra_info.update({key: value for key, value in facts.items() if value is not None})


def of_record(benchmarks: Iterable[Benchmark]) -> list[Speed]:
    """Take the speeds from a record's benchmarks: those that have a role."""
    annotated = (benchmark for benchmark in benchmarks if "role" in benchmark.extra)
    return [replace(_speed(dict(b.extra), b.seconds), kernel_seconds=_kernel_seconds(b)) for b in annotated]


def _kernel_seconds(benchmark: Benchmark) -> float | None:
    kernel = benchmark.phases.get("kernel")
    return kernel.seconds.median if kernel is not None and kernel.seconds is not None else None


def of_pytest(benchmarks: Iterable[Any]) -> list[Speed]:
    """Take the speeds from pytest-benchmark's own benchmarks: those that have a role and were timed."""
    annotated = (benchmark for benchmark in benchmarks if "role" in benchmark.extra_info)
    timed = (benchmark for benchmark in annotated if not benchmark.has_error and benchmark.stats.data)
    return [_speed(benchmark.extra_info, benchmark.stats.median) for benchmark in timed]


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
        written=extra.get("written"),
        unit=str(extra.get("unit", "")),
    )


def lines(speeds: Sequence[Speed]) -> list[str]:
    """Word the machine's limits, then by study its engines and peers: points/s, ratios to the best peers, share of a limit."""
    limits = {speed.name: speed for speed in speeds if speed.role == "limit"}
    result = [f"{limit.name}: {limit.rate:.3g} {limit.unit}/s" for limit in limits.values()]
    groups: dict[tuple[str, str, str], list[Speed]] = {}
    for speed in speeds:
        if speed.role != "limit":
            groups.setdefault((speed.shape, speed.question, speed.dtype), []).append(speed)
    for (shape, question, dtype), members in sorted(groups.items()):
        result.append(f"{shape}, {question}, {dtype}")
        peers = {role: max((m for m in members if m.role == role), key=lambda m: m.rate, default=None) for role in PEERS}
        result += ["  " + _line(member, peers, limits) for member in sorted(members, key=lambda m: -m.rate)]
    return result


def _line(speed: Speed, peers: Mapping[str, Speed | None], limits: Mapping[str, Speed]) -> str:
    parts = [f"{speed.name}{PEERS.get(speed.role, '')}: {speed.rate:.3g} points/s"]
    if speed.role != "engine":
        return parts[0]
    for role, best in peers.items():
        if best is not None:
            parts.append(f"{speed.rate / best.rate:.3g} times the best {role} ({best.name})")
    share, loop = vector_share(speed, limits), loop_share(speed, limits)
    if share is not None:
        parts.append(f"{share:.0%} of the vector units ({speed.work:.1f} operations a point)")
    written = write_share(speed, limits)
    if written is not None:
        parts.append(f"{written:.0%} of the write bandwidth in its kernels")
    if loop is not None:
        parts.append(f"{loop:.2f} of the C loop")
    return ", ".join(parts)


def vector_share(speed: Speed, limits: Mapping[str, Speed]) -> float | None:
    """Return the share of the vector units' operations that an engine reaches.

    Parameters
    ----------
    speed
        An engine's.
    limits
        The machine's limits of the same run, by name.

    Returns
    -------
    float or None
        None where the limit was not timed, or the engine's operations are not known.
    """
    fma = limits.get(f"{'device ' if speed.name in GPU_ENGINES else ''}fma {speed.dtype}")
    return None if fma is None or not speed.work else speed.rate * speed.work / (2 * fma.rate)  # a multiply-add is two


def write_share(speed: Speed, limits: Mapping[str, Speed]) -> float | None:
    """Return the share of the GPU's write bandwidth that a table's kernels reach; None where those were not timed apart.

    Parameters
    ----------
    speed
        An engine's.
    limits
        The machine's limits of the same run, by name.
    """
    write = limits.get("device write")
    if write is None or not speed.written or not speed.kernel_seconds or speed.name not in GPU_ENGINES:
        return None
    return speed.points * speed.written / speed.kernel_seconds / write.rate


def loop_share(speed: Speed, limits: Mapping[str, Speed]) -> float | None:
    """Return an engine's speed over that of the innermost loop alone in C; None where it was not timed or a GPU computes.

    Parameters
    ----------
    speed
        An engine's.
    limits
        The machine's limits of the same run, by name.
    """
    loop = limits.get(f"C loop {speed.dtype}")
    return None if loop is None or speed.name in GPU_ENGINES else speed.rate / loop.rate
