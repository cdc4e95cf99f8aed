"""The short model by hand with NumPy and numexpr."""

import functools
import math
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from flopwatt.bench.suites.hand import Hand
from flopwatt.bench.suites.shapes import DEADLINE, POWER_CAP
from flopwatt.kernels.model.questions import Result

# --- NumPy ------------------------------------------------------------------------------------------------------------


def energy_and_capital(h: Hand, g: Mapping[str, Any], xp: Any = np) -> tuple[Any, Any]:
    """Compute a group's energy (J) and capital cost (USD), infinite where a condition is not met; neither has the price's axis.

    Parameters
    ----------
    h
        The columns of the problem.
    g
        The kept axes' columns at the group.
    xp
        NumPy, or a module that has the same functions.
    """
    six, real = np.dtype(h.dtype).type(6), np.dtype(h.dtype).type
    flops = (six * g["parameters"] + g["attention_flops"]) * (g["tokens"] * h["epochs"])
    run_time = flops / (h["chip_count"] * (g["peak"] * (h["mfu"] * h["goodput"])))
    power = h["chip_count"] * ((g["tdp"] * h["load"] + g["node_power"]) * h["pue"])
    infinite = real(np.inf)
    late = xp.where(run_time <= real(DEADLINE), run_time, infinite)
    energy = xp.where(power <= real(POWER_CAP), power, infinite) * run_time
    capital = h["chip_count"] * (g["price"] * h["overhead"]) * late / h["life"]
    return energy, capital


def cost_as_written(h: Hand, g: Mapping[str, Any], xp: Any = np) -> Any:
    """Compute the cost (USD) of a group's points, infinite where a condition is not met: the formulas as they stand.

    Parameters
    ----------
    h, g, xp
        As of `energy_and_capital`.
    """
    real = np.dtype(h.dtype).type
    flops = (real(6) * g["parameters"] + g["attention_flops"]) * (g["tokens"] * h["epochs"])
    run_time = flops / (h["chip_count"] * (g["peak"] * (h["mfu"] * h["goodput"])))
    power = h["chip_count"] * ((g["tdp"] * h["load"] + g["node_power"]) * h["pue"])
    capital = h["chip_count"] * (g["price"] * h["overhead"]) * run_time / h["life"]
    cost = power * run_time * h["electricity_price"] + capital
    return xp.where((run_time <= real(DEADLINE)) & (power <= real(POWER_CAP)), cost, real(np.inf))


def numpy_by_group(h: Hand, threads: int) -> Callable[[], Result]:
    """Prepare a group at a time, intermediate results in their small shapes, ``np.where``, one thread as NumPy has it."""

    def group(index: tuple[int, ...]) -> tuple[Any, Any]:
        cost = np.broadcast_to(cost_as_written(h, h.of_group(index)), h.reduced_shape)
        place = cost.argmin()
        return cost.reshape(-1)[place], place

    return lambda: h.result(*zip(*(group(index) for index in np.ndindex(*h.kept_shape)), strict=True))


def numpy_in_chunks(h: Hand, threads: int, chunk: int) -> Callable[[], Result]:
    """Prepare chunks of ``chunk`` points that fit a cache, in place, conditions met in the small arrays, on all cores.

    Parameters
    ----------
    h
        The columns of the problem.
    threads
        How many threads share the groups.
    chunk
        Points of a chunk, at most.
    """
    shape = h.reduced_shape
    split = next(i for i in range(len(shape) + 1) if math.prod(shape[i:]) <= chunk)
    row, buffers = math.prod(shape[split:]), _Buffers(h.dtype, shape[split:])

    def group(index: tuple[int, ...]) -> tuple[Any, int]:
        energy, capital = energy_and_capital(h, h.of_group(index))
        arrays = [_full_rank(a, len(shape)) for a in (energy, h["electricity_price"], capital)]
        best, where = np.inf, -1
        for number, at in enumerate(np.ndindex(*shape[:split])):
            e, p, c = (a[tuple(i if a.shape[k] > 1 else 0 for k, i in enumerate(at))] for a in arrays)
            cost = buffers.mine()
            np.multiply(e, p, out=cost)
            np.add(cost, c, out=cost)
            place = int(cost.argmin())
            value = cost.reshape(-1)[place]
            if value < best:
                best, where = value, number * row + place
        return best, where

    groups = list(np.ndindex(*h.kept_shape))
    return lambda: h.result(*zip(*(_pool(threads).map(group, groups)), strict=True))


def _full_rank(array: Any, rank: int) -> Any:
    """Put axes of length 1 before an array's own, up to so many dimensions."""
    return np.reshape(array, (1,) * (rank - np.ndim(array)) + np.shape(array))


class _Buffers:
    """An array for each thread."""

    def __init__(self, dtype: str, shape: tuple[int, ...]):
        self.dtype, self.shape, self.local = dtype, shape, threading.local()

    def mine(self) -> Any:
        """Return this thread's array."""
        if not hasattr(self.local, "array"):
            self.local.array = np.empty(self.shape, self.dtype)
        return self.local.array


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="peer")


# --- numexpr ----------------------------------------------------------------------------------------------------------


def numexpr_whole(h: Hand, threads: int) -> Callable[[], Result]:
    """Prepare a group at a time, the whole formula as one expression, which numexpr runs in blocks on all cores."""
    import numexpr

    numexpr.set_num_threads(threads)
    real = np.dtype(h.dtype).type
    constants = {"deadline": real(DEADLINE), "cap": real(POWER_CAP), "inf": real(np.inf)}
    names = ("chip_count", "electricity_price", "life", "overhead")
    cost = "power * run_time * electricity_price + chip_count * (price * overhead) * run_time / life"
    formula = f"where((run_time <= deadline) & (power <= cap), {cost}, inf)"
    buffer = np.empty(h.reduced_shape, h.dtype)

    def group(index: tuple[int, ...]) -> tuple[Any, int]:
        g = h.of_group(index)
        flops = (real(6) * g["parameters"] + g["attention_flops"]) * (g["tokens"] * h["epochs"])
        run_time = flops / (h["chip_count"] * (g["peak"] * (h["mfu"] * h["goodput"])))
        power = h["chip_count"] * ((g["tdp"] * h["load"] + g["node_power"]) * h["pue"])
        local = {name: h[name] for name in names} | {"run_time": run_time, "power": power, "price": g["price"]} | constants
        numexpr.evaluate(formula, local, {}, out=buffer)
        place = int(buffer.argmin())
        return buffer.reshape(-1)[place], place

    return lambda: h.result(*zip(*(group(index) for index in np.ndindex(*h.kept_shape)), strict=True))


def numexpr_hoisted(h: Hand, threads: int) -> Callable[[], Result]:
    """Prepare the same with energy and capital computed before, in their small shapes: a product and a sum are left."""
    import numexpr

    numexpr.set_num_threads(threads)
    buffer = np.empty(h.reduced_shape, h.dtype)

    def group(index: tuple[int, ...]) -> tuple[Any, int]:
        energy, capital = energy_and_capital(h, h.of_group(index))
        numexpr.evaluate("e * p + c", {"e": energy, "p": h["electricity_price"], "c": capital}, {}, out=buffer)
        place = int(buffer.argmin())
        return buffer.reshape(-1)[place], place

    return lambda: h.result(*zip(*(group(index) for index in np.ndindex(*h.kept_shape)), strict=True))
