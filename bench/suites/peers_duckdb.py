"""The short model by hand as SQL, in DuckDB."""

import math
from collections.abc import Callable

import numpy as np

from flopwatt.bench.suites.hand import Hand
from flopwatt.bench.suites.shapes import DEADLINE, POWER_CAP
from flopwatt.kernels.model.questions import Result


def cross_join(h: Hand, threads: int, *, hoisted: bool) -> Callable[[], Result]:
    """Prepare the cross join of a table per axis, grouped.

    Parameters
    ----------
    h
        The columns of the problem.
    threads
        How many DuckDB may use.
    hoisted
        Whether what needs no price is computed first, in a materialized CTE.
    """
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    sql = "DOUBLE" if h.dtype == "float64" else "FLOAT"
    for axis in h.problem.grid.axes:
        names = ", ".join([f"i_{axis.name} BIGINT", *(f"{name} {sql}" for name in axis.columns)])
        connection.execute(f"CREATE TABLE t_{axis.name} ({names})")
        rows = np.column_stack([np.arange(len(axis)), *axis.columns.values()]).tolist()
        connection.executemany(f"INSERT INTO t_{axis.name} VALUES ({', '.join('?' * (1 + len(axis.columns)))})", rows)
    query = _sql(h, sql, hoisted)

    def call() -> Result:
        rows = connection.execute(query).fetchnumpy()
        best, place = np.full(h.kept_shape, np.nan), np.full(h.kept_shape, -1, np.int64)
        group = tuple(np.asarray(rows[f"i_{name}"]) for name in h.kept)
        best[group], place[group] = np.asarray(rows["best"], np.float64), np.asarray(rows["place"])
        return h.result(best, place)

    return call


_INPUTS = (
    "parameters",
    "attention_flops",
    "tokens",
    "peak",
    "tdp",
    "node_power",
    "price",
    "mfu",
    "goodput",
    "load",
    "pue",
    "electricity_price",
    "life",
    "overhead",
    "epochs",
    "chip_count",
)


def _sql(h: Hand, real: str, hoisted: bool) -> str:
    """Write the query; values that no axis brings are literals in it."""
    given = {name: f"CAST({float(value)!r} AS {real})" for name, value in h.problem.given.items()}
    c = {name: given.get(name, name) for name in _INPUTS}
    flops = f"(CAST(6 AS {real}) * {c['parameters']} + {c['attention_flops']}) * ({c['tokens']} * {c['epochs']})"
    run_time = f"{flops} / ({c['chip_count']} * ({c['peak']} * ({c['mfu']} * {c['goodput']})))"
    power = f"{c['chip_count']} * (({c['tdp']} * {c['load']} + {c['node_power']}) * {c['pue']})"
    capital = f"{c['chip_count']} * ({c['price']} * {c['overhead']}) * run_time / {c['life']}"
    names = ", ".join(f"i_{name}" for name in h.kept)
    select = f"SELECT {names}, min(cost) AS best, arg_min(place, cost) AS place"
    limits = f"run_time <= {DEADLINE!r} AND power <= {POWER_CAP!r}"
    late = [name for name in h.reduced if hoisted and name == "electricity_price"]  # what a hoisted query joins last
    first = " + ".join(["0", *(_term(h, name) for name in h.reduced if name not in late)])
    tables = ", ".join(f"t_{axis.name}" for axis in h.problem.grid.axes if axis.name not in late)
    timed = f"SELECT *, {run_time} AS run_time, {power} AS power FROM {tables}"
    cost = f"{capital} AS capital" if late else f"power * run_time * {c['electricity_price']} + {capital} AS cost"
    energy = ", power * run_time AS energy" if late else ""
    outer = f"SELECT {names}, {first} AS place, {cost}{energy} FROM ({timed}) WHERE {limits}"
    if not late:
        return f"{select} FROM ({outer}) GROUP BY {names}"
    place = f"place + {_term(h, 'electricity_price')} AS place"
    inner = f"SELECT {names}, {place}, energy * {c['electricity_price']} + capital AS cost FROM h, t_electricity_price"
    return f"WITH h AS MATERIALIZED ({outer}) {select} FROM ({inner}) GROUP BY {names}"


def _term(h: Hand, name: str) -> str:
    """Write what an axis adds to the place of a point, in C order over the reduced axes."""
    return f"i_{name} * {math.prod(h.reduced_shape[h.reduced.index(name) + 1 :])}"
