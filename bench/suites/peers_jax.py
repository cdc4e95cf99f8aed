"""The short model by hand with JAX."""

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from flopwatt.bench.suites.hand import Hand
from flopwatt.bench.suites.peers_arrays import cost_as_written, energy_and_capital
from flopwatt.kernels.model.questions import Result

INPUTS = ("chip_count", "mfu", "goodput", "load", "pue", "life", "overhead", "epochs", "electricity_price")


def compile_groups(h: Hand, threads: int, *, place: str, tuned: bool) -> Callable[[], Result]:
    """Prepare a function compiled by XLA and mapped over the groups.

    Parameters
    ----------
    h
        The columns of the problem.
    threads
        Not used: XLA takes all cores.
    place
        How the point is found: "argmin"; "rows", the least of each row of the two last axes, then ``argmin`` in the best row
        computed again (XLA turns a minimum into vector code, but not an argmin); or "" for the minimum alone.
    tuned
        Whether the conditions are met in the small arrays, as `energy_and_capital` does.
    """
    jax: Any = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", h.dtype == "float64")
    jnp: Any = jax.numpy

    groups = list(np.ndindex(*h.kept_shape))
    rows = {name: np.array([h.of_group(index)[name] for index in groups]) for name in h.of_group(groups[0])}

    def group(g: Mapping[str, Any], c: Mapping[str, Any]) -> Any:
        columns = replace(h, columns=c)
        if not tuned:
            cost = jnp.broadcast_to(cost_as_written(columns, g, jnp), h.reduced_shape).reshape(-1)
            if not place:
                return cost.min()
            where = cost.argmin()
            return cost[where], where
        energy, capital = energy_and_capital(columns, g, jnp)
        cost = jnp.broadcast_to(energy * c["electricity_price"] + capital, h.reduced_shape)
        if not place:
            return cost.min()
        width = math.prod(h.reduced_shape[-2:])
        row = cost.reshape(-1, width).min(axis=1).argmin()
        at = jnp.unravel_index(row, h.reduced_shape[:-2])
        e, p, x = (_row(jnp, a, at, h.reduced_shape) for a in (energy, c["electricity_price"], capital))
        again = e * p + x
        where = again.argmin()
        return again[where], row * width + where

    mapped = jax.jit(lambda g, c: jax.lax.map(lambda x: group(x, c), g))
    device = {name: jnp.asarray(values) for name, values in rows.items()}
    reduced = {name: jnp.asarray(h[name]) for name in INPUTS}

    def call() -> Result:
        with jax.enable_x64(h.dtype == "float64"):
            best = jax.block_until_ready(mapped(device, reduced))
        if not place:  # where the least is was not asked
            return _values_only(h, np.asarray(best))
        return h.result(np.asarray(best[0]), np.asarray(best[1]))

    return call


def _row(xp: Any, array: Any, at: Any, shape: tuple[int, ...]) -> Any:
    """Take an array's values on one row of the two last axes."""
    array = xp.reshape(array, (1,) * (len(shape) - xp.ndim(array)) + xp.shape(array))
    index = tuple(i if n > 1 else 0 for i, n in zip(at, array.shape[:-2], strict=True))
    return xp.broadcast_to(array[index], shape[-2:]).reshape(-1)


def _values_only(h: Hand, best: Any) -> Result:
    """Make an engine's result of each group's best value alone."""
    best = np.asarray(best, h.dtype).reshape(h.kept_shape)
    return Result({"objective": np.where(np.isfinite(best), best, np.nan).astype(h.dtype)}, evaluated=h.problem.grid.size)
