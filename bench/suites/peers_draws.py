"""The question `median` of choices.py by hand: NumPy with ``np.partition`` by blocks of decisions, and JAX with a sort."""

import importlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from flopwatt.bench.suites.choices import CONFIDENCE, HALF
from flopwatt.bench.suites.hand import Hand
from flopwatt.bench.suites.shapes import DEADLINE
from flopwatt.kernels.model.questions import Problem, Result
from flopwatt.kernels.model.statistics import rank

BLOCK = 64  # decisions: with 1,024 draws an array takes half a megabyte


@dataclass(frozen=True)
class Columns:
    """What a script that decides would hold.

    Attributes
    ----------
    problem
        What is asked about.
    dtype
        ``float64`` or ``float32``.
    tokens
        Of each group.
    decided
        By the input's name, over all decisions of a group in the order of the flat index.
    drawn
        By the input's name, over the draws.
    given
        The inputs that are single numbers.
    """

    problem: Problem
    dtype: str
    tokens: Any
    decided: Mapping[str, Any]
    drawn: Mapping[str, Any]
    given: Mapping[str, Any]

    @classmethod
    def of(cls, problem: Problem, dtype: str) -> "Columns":
        """Arrange the columns of a study that `choices` makes."""
        real = np.dtype(dtype)
        tokens, chip, chip_count, draws = problem.grid.axes
        decided = {name: np.repeat(values.astype(real), len(chip_count)) for name, values in chip.columns.items()}
        decided |= {name: np.tile(values.astype(real), len(chip)) for name, values in chip_count.columns.items()}
        return cls(
            problem,
            dtype,
            tokens.columns["tokens"].astype(real),
            decided,
            {name: values.astype(real) for name, values in draws.columns.items()},
            {name: real.type(value) for name, value in problem.given.items()},
        )

    @property
    def draws(self) -> int:
        """How many draws a decision has."""
        return len(next(iter(self.drawn.values())))

    @property
    def count(self) -> int:
        """How many decisions a group has."""
        return len(next(iter(self.decided.values())))

    def ranks(self) -> tuple[int, int]:
        """Give the places, from 0, of the run time's P80 and of the cost's P50 among the sorted draws."""
        return rank(CONFIDENCE, self.draws) - 1, rank(HALF, self.draws) - 1

    def result(self, best: Any, place: Any) -> Result:
        """Make an engine's result of each group's least median and its place among the group's decisions."""
        best, place = np.asarray(best, self.dtype), np.asarray(place, np.int64)
        missing = ~np.isfinite(best)
        flat = (np.arange(len(best)) * self.count + place) * self.draws
        values = {"objective": np.where(missing, np.nan, best).astype(self.dtype), "index": np.where(missing, -1, flat)}
        return Result(values, evaluated=self.problem.grid.size)


def run_time_and_cost(c: Columns, tokens: Any, d: Mapping[str, Any]) -> tuple[Any, Any]:
    """Compute run times (s) and costs (USD) of some decisions of a group: (decisions, draws).

    Parameters
    ----------
    c
        The columns.
    tokens
        Of the group.
    d
        The decisions' inputs, shaped (decisions, 1).
    """
    g, x, six = c.given, c.drawn, np.dtype(c.dtype).type(6)
    flops = (six * g["parameters"] + g["attention_flops"]) * (tokens * g["epochs"])
    run_time = flops / (d["chip_count"] * (d["peak"] * (x["mfu"] * x["goodput"])))
    power = d["chip_count"] * ((d["tdp"] * x["load"] + d["node_power"]) * x["pue"])
    capital = d["chip_count"] * (d["price"] * d["overhead"]) * run_time / g["life"]
    return run_time, power * run_time * x["electricity_price"] + capital


def numpy_blocks(h: Hand, threads: int, *, tuned: bool) -> Callable[[], Result]:
    """Prepare a block of decisions at a time, both quantiles by ``np.partition``.

    Parameters
    ----------
    h
        The problem and the dtype.
    threads
        How many share the groups, where tuned; else one, as NumPy has it.
    tuned
        Whether draws are counted instead of the run time's quantile found, and only decisions in time are partitioned.
    """
    c, real = Columns.of(h.problem, h.dtype), np.dtype(h.dtype).type
    (late, middle), deadline, infinite = c.ranks(), real(DEADLINE), real(np.inf)

    def medians(run_time: Any, cost: Any) -> Any:
        if not tuned:
            in_time = np.partition(run_time, late, axis=1)[:, late] <= deadline
            return np.where(in_time, np.partition(cost, middle, axis=1)[:, middle], infinite)
        in_time = np.count_nonzero(run_time <= deadline, axis=1) > late
        result = np.full(len(cost), infinite, cost.dtype)
        result[in_time] = np.partition(cost[in_time], middle, axis=1)[:, middle]
        return result

    def group(tokens: Any) -> tuple[Any, int]:
        best, where = infinite, 0
        for lo in range(0, c.count, BLOCK):
            block = {name: values[lo : lo + BLOCK, None] for name, values in c.decided.items()}
            median = medians(*run_time_and_cost(c, tokens, block))
            place = int(median.argmin())
            if median[place] < best:
                best, where = median[place], lo + place
        return best, where

    if not tuned:
        return lambda: c.result(*zip(*map(group, c.tokens), strict=True))
    pool = ThreadPoolExecutor(threads, thread_name_prefix="peer")
    return lambda: c.result(*zip(*pool.map(group, c.tokens), strict=True))


def jax_sort(h: Hand, threads: int) -> Callable[[], Result]:
    """Prepare a function compiled by XLA: all decisions of a group sorted at once, mapped over the groups.

    Parameters
    ----------
    h
        The problem and the dtype.
    threads
        Not used: XLA takes all cores.
    """
    jax: Any = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", h.dtype == "float64")
    jnp: Any = jax.numpy
    c = Columns.of(h.problem, h.dtype)
    (late, middle), deadline = c.ranks(), np.dtype(h.dtype).type(DEADLINE)

    def group(tokens: Any, d: Mapping[str, Any]) -> Any:
        run_time, cost = run_time_and_cost(c, tokens, d)
        in_time = jnp.sort(run_time, axis=1)[:, late] <= deadline
        median = jnp.where(in_time, jnp.sort(cost, axis=1)[:, middle], jnp.inf)
        place = median.argmin()
        return median[place], place

    mapped = jax.jit(lambda tokens, d: jax.lax.map(lambda one: group(one, d), tokens))
    tokens, decided = jnp.asarray(c.tokens), {name: jnp.asarray(values[:, None]) for name, values in c.decided.items()}

    def call() -> Result:
        with jax.enable_x64(h.dtype == "float64"):
            best, place = jax.block_until_ready(mapped(tokens, decided))
        return c.result(np.asarray(best), np.asarray(place))

    return call
