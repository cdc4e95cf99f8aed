"""The ceilings of a plan's roofline on this machine, measured in about a second: the fastest of a few tries each.

Multiply-adds and the copy are those of `peaks`, which a benchmark times at length; beside them stand the two that an emitted
loop meets first, traffic with the first-level cache and the counting of bins, each as Numba compiles such a loop.
"""

import functools
import hashlib
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from ...kernels.analysis.roofline import MachineLimits
from ...kernels.engines.cache import keep_compiled
from . import peaks
from .info import read_machine

_TRIES, _SECONDS = 5, 0.1  # of each limit, whichever ends later
_CACHED = 16 * 2**10  # bytes: half of the smallest first-level cache in use
_PASSES = 2**10
_BINS, _COUNTED, _COUNTS = 8 * 256, 2048, 2**10  # eight copies of a small histogram


def _jit(function: Callable[..., None]) -> Any:
    """Compile a function when it is first called, or load what was compiled of this file before."""
    compiled: Any = njit(nogil=True, fastmath={"nsz"}, error_model="numpy")(function)
    stamp = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:24]
    return keep_compiled(compiled, f"{function.__name__} {stamp}")


@_jit
def _shift(rounds, values, shift):  # type: ignore[no-untyped-def]
    for _ in range(rounds):
        for i in range(values.size):
            values[i] = values[i] + shift


@_jit
def _divide(rounds, values, over):  # type: ignore[no-untyped-def]
    for _ in range(rounds):
        for i in range(values.size):
            values[i] = over / values[i]


@_jit
def _count(rounds, places, bins):  # type: ignore[no-untyped-def]
    for _ in range(rounds):
        for i in range(places.size):
            bins[places[i]] += np.uint32(1)


def _in_cache(loop: Any, dtype: str, unit: str, per_element: float) -> peaks.Limit:
    """Make the limit of a loop over an array that stays in the first-level cache.

    Parameters
    ----------
    loop
        A compiled function of the passes, the array and a number.
    dtype
        The array's type.
    unit, per_element
        What the loop does, and how much of it for an element.
    """
    real = np.dtype(dtype)
    values = np.ones(_CACHED // real.itemsize, real)
    loop(1, values, real.type(1.0))
    return peaks.Limit(unit, unit, per_element * values.size * _PASSES, lambda: loop(_PASSES, values, real.type(1.0)))


def _counting() -> peaks.Limit:
    """Make the limit of counting in bins that stay in the first-level cache."""
    places = np.random.default_rng(0).integers(0, _BINS, _COUNTED).astype(np.uint32)
    bins = np.zeros(_BINS, np.uint32)
    _count(1, places, bins)
    return peaks.Limit("counting", "count", float(_COUNTED * _COUNTS), lambda: _count(_COUNTS, places, bins))


def _rate(limit: peaks.Limit) -> float:
    """Measure units of work a second: the best of a few tries."""
    assert limit.call is not None, limit.reason
    samples: list[float] = []
    while len(samples) < _TRIES or sum(samples) < _SECONDS:
        start = time.perf_counter()
        limit.call()
        samples.append(time.perf_counter() - start)
    return limit.amount / min(samples)


@functools.cache
def cpu(dtype: str, threads: int | None = None) -> MachineLimits:
    """Measure what some threads do together in a second.

    What each core has for itself is measured on one and multiplied: less is then measured of what else the machine does.

    Parameters
    ----------
    dtype
        "float64" or "float32".
    threads
        How many; as many as there are logical cores where None. No more cores are counted than the machine has.

    Returns
    -------
    MachineLimits
        Each limit in its own unit a second.
    """
    count = threads or os.cpu_count() or 1
    cores = min(count, read_machine().cpu.cores or count)
    return MachineLimits(
        operations=cores * 2.0 * _rate(peaks.cpu_fma(dtype, 1)),
        divides=cores * _rate(_in_cache(_divide, dtype, "divide", 1.0)),
        cache_bytes=cores * _rate(_in_cache(_shift, dtype, "byte", 2.0 * np.dtype(dtype).itemsize)),
        memory_bytes=_rate(peaks.cpu_copy(cores)),
        counts=cores * _rate(_counting()),
        cores=cores,
    )


@functools.cache
def gpu(dtype: str, device: int = 0) -> MachineLimits | None:
    """Measure what the GPU does in a second, through CuPy; None where that is not there.

    Kernels fuse no multiply-adds, so an operation is one of them. There is no dividing unit: a division is counted as the
    ten operations or so of its Newton steps (CUDA C++ Programming Guide, arithmetic instructions). Values of the lanes are
    in registers and bins in shared memory, which are taken as no limit.
    """
    fma, copy = peaks.gpu_fma(dtype, device), peaks.gpu_copy(device)
    if fma.call is None or copy.call is None:
        return None
    fma.call()
    operations = _rate(fma)
    return MachineLimits(operations, operations / 10, math.inf, _rate(copy), math.inf)
