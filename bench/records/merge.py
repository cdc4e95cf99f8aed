"""Records of one benchmark from several processes as one benchmark, each process being one block of its samples."""

import dataclasses
import statistics
from collections.abc import Sequence

from ..machine.noise import Noise
from ..stats.inference import interval_of
from .record import Benchmark, Memory, Reading


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
        stop=stop,
        noise=_noise([part.noise for part in parts if part.noise]),
        memory=_memory([part.memory for part in parts]),
        answers=parts[-1].answers,
        max_relative_error=_largest([part.max_relative_error for part in parts]),
    )


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
    if not parts:
        return None

    def largest(shares: Sequence[float | None]) -> float | None:
        return max((share for share in shares if share is not None), default=None)

    return Noise(
        load_before=parts[0].load_before,
        load_after=parts[-1].load_after,
        steal_share=largest([part.steal_share for part in parts]),
        other_cpu_share=largest([part.other_cpu_share for part in parts]),
        governor=parts[0].governor,
        reasons=tuple(dict.fromkeys(reason for part in parts for reason in part.reasons)),
        disturbances=tuple(dict.fromkeys(disturbance for part in parts for disturbance in part.disturbances)),
    )
