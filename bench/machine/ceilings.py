"""The ceilings of a plan's roofline on this machine, measured in about a second: the fastest of a few tries each.

Multiply-adds and the copy are those of `peaks`, which a benchmark times at length; beside them stand the two that an emitted
loop meets first, traffic with the first-level cache and the counting of bins, each compiled as an emitted kernel is.
"""

import functools
import math
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.analysis.roofline import MachineLimits
from ...kernels.emit.code import Array, Value
from ...kernels.llvm.compiled import CompiledKernel, kernel
from ...kernels.llvm.ir import ALIGNED, Llvm
from ...kernels.llvm.module import emitted
from . import peaks
from .info import read_machine

_TRIES, _SECONDS = 5, 0.1  # of each limit, whichever ends later
_CACHED = 16 * 2**10  # bytes: half of the smallest first-level cache in use
_PASSES = 2**10
_BINS, _COUNTED, _COUNTS = 8 * 256, 2048, 2**10  # eight copies of a small histogram


def _loop(body: Callable[[Array, Array, Value], None], dtype: str, values_are: str, other_is: str) -> CompiledKernel:
    """Compile ``loop(rounds, values, other)``: a body for each of the values, so many rounds of it."""
    code = Llvm(dtype)
    rounds, values, other = code.parameters(("rounds", "int"), ("values", values_are), ("other", other_is))
    with code.loop("round", 0, rounds), code.loop("i", 0, Value(code, "int", values.length)) as i:
        body(values, other, i)
    return kernel(emitted(code)).wait()


def _shift(values: Array, by: Array, i: Value) -> None:
    values[i] = values[i] + by[0]


def _divide(values: Array, over: Array, i: Value) -> None:
    values[i] = over[0] / values[i]


def _count(places: Array, bins: Array, i: Value) -> None:
    bins[places[i]] = bins[places[i]] + 1


def _aligned(size: int, real: np.dtype[Any]) -> NDArray[Any]:
    """Make an array of ones that begins at a cache line, as the buffers of kernels do."""
    room = np.zeros(size * real.itemsize + ALIGNED, np.uint8)
    first = -room.ctypes.data % ALIGNED
    values = room[first : first + size * real.itemsize].view(real)
    values[:] = 1.0
    return values


def _in_cache(body: Callable[[Array, Array, Value], None], dtype: str, unit: str, per_element: float) -> peaks.Limit:
    """Make the limit of a loop over an array that stays in the first-level cache.

    Parameters
    ----------
    body
        Writes what is done with an element of the array, and with a number that is 1.
    dtype
        The array's type.
    unit, per_element
        What the loop does, and how much of it for an element.
    """
    real = np.dtype(dtype)
    values, one = _aligned(_CACHED // real.itemsize, real), np.ones(1, real)
    loop = _loop(body, dtype, "real*", "real*")
    return peaks.Limit(unit, unit, per_element * values.size * _PASSES, lambda: loop(_PASSES, values, one))


def _counting() -> peaks.Limit:
    """Make the limit of counting in bins that stay in the first-level cache."""
    places = np.random.default_rng(0).integers(0, _BINS, _COUNTED).astype(np.uint32)
    bins = np.zeros(_BINS, np.uint32)
    loop = _loop(_count, "float64", "count*", "count*")
    return peaks.Limit("counting", "count", float(_COUNTED * _COUNTS), lambda: loop(_COUNTS, places, bins))


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
