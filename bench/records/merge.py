"""Records of one benchmark from several processes as one benchmark, each process being one block of its samples."""

import dataclasses
import statistics
from collections.abc import Sequence

from ..machine.noise import Disturbance, DisturbanceKind, Noise, describe
from ..stats.inference import interval_of
from .record import Benchmark, Memory, Reading
from .reference import Reference


def merge_benchmarks(parts: Sequence[Benchmark]) -> Benchmark:
    """Merge one benchmark of several processes: all samples, a block for each process.

    Parameters
    ----------
    parts
        At least one, in the order taken; those that are a summary have no samples to add. CPU times are averaged; peaks,
        errors and disturbances are the largest of any; the rest is the first's, and the answers are the last's.
    """
    parts = [part for part in parts if part.samples] or parts[:1]
    if not parts[0].samples:
        return parts[0]
    samples = tuple(sample for part in parts for sample in part.samples)
    first = parts[0]
    stop = first.stop and dataclasses.replace(first.stop, why="fixed", interval=interval_of(list(samples)))
    return dataclasses.replace(
        first,
        samples=samples,
        blocks=tuple(len(part.samples) for part in parts),
        cpu_blocks=tuple(statistics.fmean(part.cpu_blocks) for part in parts) if all(part.cpu_blocks for part in parts) else (),
        cpu_seconds=_mean([part.cpu_seconds for part in parts]),
        reference=_reference([part.reference for part in parts]),
        stop=stop,
        noise=_noise([part.noise for part in parts if part.noise]),
        memory=_memory([part.memory for part in parts]),
        answers=parts[-1].answers,
        max_relative_error=_largest([part.max_relative_error for part in parts]),
    )


def _reference(parts: Sequence[Reference | None]) -> Reference | None:
    """Take each part's times as those of one block; None where a part has none, or those of other loops."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or len({(part.version, *part.seconds) for part in known}) > 1:
        return None
    seconds = {name: tuple(statistics.median(part.seconds[name]) for part in known) for name in known[0].seconds}
    return Reference(known[0].version, seconds)


def _mean(readings: Sequence[Reading]) -> Reading:
    known = [reading.value for reading in readings if reading.value is not None]
    return Reading(statistics.fmean(known)) if known else readings[0]


def _largest(readings: Sequence[Reading]) -> Reading:
    known = [reading.value for reading in readings if reading.value is not None]
    return Reading(max(known)) if known else readings[0]


def _memory(parts: Sequence[Memory]) -> Memory:
    return Memory(
        _largest([part.host_peak_bytes for part in parts]),
        _largest([part.host_above_bytes for part in parts]),
        _largest([part.device_peak_bytes for part in parts]),
    )


def _noise(parts: Sequence[Noise]) -> Noise | None:
    """Merge what disturbed the processes: shares by their median, as the level is, and of each kind the largest.

    How precise a process was on its own is left out: the merged samples have a precision of their own.
    """
    if not parts:
        return None
    disturbances: dict[str, Disturbance] = {}
    for disturbance in (item for part in parts for item in part.disturbances if item.kind != DisturbanceKind.IMPRECISION):
        known = disturbances.get(disturbance.kind)
        if known is None or (disturbance.size or 0.0) > (known.size or 0.0):
            disturbances[disturbance.kind] = disturbance
    return Noise(
        load_before=parts[0].load_before,
        load_after=parts[-1].load_after,
        steal_share=_median([part.steal_share for part in parts]),
        other_cpu_share=_median([part.other_cpu_share for part in parts]),
        governor=parts[0].governor,
        reasons=tuple(map(describe, disturbances.values())),
        disturbances=tuple(disturbances.values()),
    )


def _median(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return statistics.median(known) if known else None
