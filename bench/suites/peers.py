"""What a user would write instead: the short model (`shapes.cost_model`) by hand with NumPy, numexpr, JAX and DuckDB.

`PEERS` answer one question, the cheapest run under a deadline and a power cap and where it is, per (model, tokens, chip).
Each comes as its users write it, the formulas as they stand, intermediate results in their small shapes; and tuned by
someone who hoists what needs no price by hand and takes the conditions into the small arrays, in chunks that fit a cache, on
every core. All forms are timed. `DECIDING_PEERS` answer the question `median` of choices.py.
"""

import functools
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from flopwatt.bench.suites import peers_arrays, peers_draws, peers_duckdb, peers_jax
from flopwatt.bench.suites.hand import Hand
from flopwatt.kernels.model.questions import Result


@dataclass(frozen=True)
class Peer:
    """One form of the hand-written program.

    Attributes
    ----------
    name
        What it is called in tables.
    needs
        The package that it is written with.
    make
        ``make(hand, threads)`` prepares a call that gives the result, everything loaded.
    tuned
        Whether it goes beyond the formulas as they stand: by someone who knows why a nest is slow.
    partial
        Whether it answers less: the least value without the point that has it.
    """

    name: str
    needs: str
    make: Callable[[Hand, int], Callable[[], Result]]
    tuned: bool = False
    partial: bool = False

    @property
    def role(self) -> str:
        """What it is beside the engines: one of `speeds.ROLES`."""
        return "partial peer" if self.partial else "tuned peer" if self.tuned else "peer"

    def reason(self) -> str:
        """Say why it is not available here; nothing where it is."""
        if importlib.util.find_spec(self.needs) is None:
            return f"{self.needs} is not installed; install it with: pip install 'flopwatt[peers]'"
        return ""


PEERS = (
    Peer("numpy", "numpy", peers_arrays.numpy_by_group),
    Peer("numpy, in place, 64 Ki points", "numpy", functools.partial(peers_arrays.numpy_in_chunks, chunk=2**16), tuned=True),
    Peer("numpy, in place, 1 Mi points", "numpy", functools.partial(peers_arrays.numpy_in_chunks, chunk=2**20), tuned=True),
    Peer("numexpr", "numexpr", peers_arrays.numexpr_whole),
    Peer("numexpr, hoisted", "numexpr", peers_arrays.numexpr_hoisted, tuned=True),
    Peer("jax, min", "jax", functools.partial(peers_jax.compile_groups, place="", tuned=False), partial=True),
    Peer("jax, argmin", "jax", functools.partial(peers_jax.compile_groups, place="argmin", tuned=False)),
    Peer(
        "jax, hoisted, min", "jax", functools.partial(peers_jax.compile_groups, place="", tuned=True), tuned=True, partial=True
    ),
    Peer("jax, hoisted, min by rows", "jax", functools.partial(peers_jax.compile_groups, place="rows", tuned=True), tuned=True),
    Peer("duckdb", "duckdb", functools.partial(peers_duckdb.cross_join, hoisted=False)),
    Peer("duckdb, hoisted", "duckdb", functools.partial(peers_duckdb.cross_join, hoisted=True), tuned=True),
)

DECIDING_PEERS = (
    Peer("numpy, partition", "numpy", functools.partial(peers_draws.numpy_blocks, tuned=False)),
    Peer("numpy, counted and partitioned", "numpy", functools.partial(peers_draws.numpy_blocks, tuned=True), tuned=True),
    Peer("jax, sort", "jax", peers_draws.jax_sort),
)
