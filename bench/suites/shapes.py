"""Studies of different shape, built in Python: 3, 6, 9 and 12 axes of one short cost model, and a deep search of strategies.

The short model (`COST`) is small enough to be written by hand with NumPy, numexpr, JAX or SQL, so that flopwatt can be
compared with what a user would write instead. Columns are drawn or spaced over published ranges; they are for timing, and
answer nothing about real machines. The deep study is the project's own step-time and cost model on its own facts.
"""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from flopwatt import configs
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Floats, Grid
from flopwatt.kernels.model.kinds import Apart, ByKind
from flopwatt.kernels.model.quantity import Model, collecting, given, quantity
from flopwatt.kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from flopwatt.kernels.quantities import MODEL

DEADLINE = 120 * 86400.0  # s
POWER_CAP = 1e9  # W
CONDITIONS = (Condition("run_time", "<=", DEADLINE), Condition("facility_power", "<=", POWER_CAP))


@dataclass(frozen=True)
class Shape:
    """A study and its questions.

    Attributes
    ----------
    name
        Says how many axes and points it has.
    problem
        What is asked about.
    questions
        By the name of their kind.
    """

    name: str
    problem: Problem
    questions: Mapping[str, Question]

    @property
    def points(self) -> int:
        """How many scenarios it has."""
        return self.problem.grid.size


# --- the short model --------------------------------------------------------------------------------------------------


@functools.cache
def cost_model() -> Model:
    """Define the FLOPs, time, power, energy, capital and cost of a training run, as on the design's nine axes."""
    units = {"peak": "1/s", "tdp": "W", "node_power": "W", "price": "USD", "electricity_price": "USD/kWh", "life": "s"}
    counts = ("parameters", "attention_flops", "tokens", "mfu", "goodput", "load", "pue", "chip_count", "overhead", "epochs")
    with collecting() as own:
        for name, unit in (units | dict.fromkeys(counts, "")).items():
            given(name, unit, name)

        @quantity(unit="", source="definition")
        def training_flops(parameters, attention_flops, tokens, epochs):  # type: ignore[no-untyped-def]
            return (6 * parameters + attention_flops) * (tokens * epochs)

        @quantity(unit="s", source="definition")
        def run_time(training_flops, chip_count, peak, mfu, goodput):  # type: ignore[no-untyped-def]
            return training_flops / (chip_count * (peak * (mfu * goodput)))

        @quantity(unit="W", source="definition")
        def facility_power(chip_count, tdp, load, node_power, pue):  # type: ignore[no-untyped-def]
            return chip_count * ((tdp * load + node_power) * pue)

        @quantity(unit="J", source="definition")
        def energy(facility_power, run_time):  # type: ignore[no-untyped-def]
            return facility_power * run_time

        @quantity(unit="USD", source="definition")
        def capital_cost(chip_count, price, overhead, run_time, life):  # type: ignore[no-untyped-def]
            return chip_count * (price * overhead) * run_time / life

        @quantity(unit="USD", source="definition")
        def cost(energy, electricity_price, capital_cost):  # type: ignore[no-untyped-def]
            return energy * electricity_price + capital_cost

    return Model(own)


KWH = 3.6e6  # J
GIVEN = {"mfu": 0.4, "goodput": 0.9, "load": 0.8, "pue": 1.2, "overhead": 1.3, "epochs": 1.0}
GIVEN |= {"electricity_price": 0.08 / KWH, "life": 1.26e8}  # USD/J, s


def axis_columns() -> dict[str, Callable[[int], dict[str, Floats]]]:
    """Name every axis of the short model, with what makes its columns of its length."""
    random = np.random.default_rng(7)

    def draw(low: float, high: float, n: int) -> Floats:
        return np.sort(random.uniform(low, high, n))

    return {
        "model": lambda n: {"parameters": np.geomspace(1e10, 1e12, n), "attention_flops": np.geomspace(1e9, 1e10, n)},
        "tokens": lambda n: {"tokens": np.geomspace(1e12, 3e13, n)},
        "chip": lambda n: {
            "peak": draw(3e14, 2.5e15, n),
            "tdp": draw(400, 1400, n),
            "node_power": draw(200, 600, n),
            "price": draw(1e4, 5e4, n),
        },
        "mfu": lambda n: {"mfu": np.linspace(0.25, 0.55, n)},
        "goodput": lambda n: {"goodput": np.linspace(0.8, 0.98, n)},
        "load": lambda n: {"load": np.linspace(0.6, 0.95, n)},
        "pue": lambda n: {"pue": np.linspace(1.05, 1.5, n)},
        "electricity_price": lambda n: {"electricity_price": np.linspace(0.03, 0.12, n) / KWH},
        "chip_count": lambda n: {"chip_count": np.geomspace(1e3, 1e6, n)},
        "life": lambda n: {"life": np.linspace(3, 6, n) * 3.15e7},
        "overhead": lambda n: {"overhead": np.linspace(1.1, 1.6, n)},
        "epochs": lambda n: {"epochs": np.linspace(1.0, 4.0, n)},
    }


# axes -> lengths of all but chip_count, which takes up the rest of the points asked for
LENGTHS = {
    3: {"tokens": 8, "chip": 8},
    6: {"tokens": 8, "chip": 8, "mfu": 16, "pue": 8, "electricity_price": 8},
    9: {"model": 4, "tokens": 8, "chip": 8, "mfu": 16, "goodput": 4, "load": 4, "pue": 8, "electricity_price": 8},
    12: {
        "model": 4,
        "tokens": 6,
        "chip": 6,
        "epochs": 3,
        "mfu": 8,
        "goodput": 4,
        "load": 4,
        "pue": 4,
        "life": 3,
        "overhead": 3,
        "electricity_price": 5,
    },
}


@functools.cache
def shallow(axes: int, points: float) -> Shape:
    """Make the short model on so many axes, of about so many points: the chip counts are as many as that takes."""
    lengths = LENGTHS[axes]
    count = max(round(points / math.prod(lengths.values())), 1)
    columns = axis_columns()
    grid = Grid(tuple(Axis(name, columns[name](n)) for name, n in {**lengths, "chip_count": count}.items()))
    fixed = GIVEN | ({} if axes > 6 else {"parameters": 4e11, "attention_flops": 8e9})
    problem = Problem(cost_model(), grid, {name: value for name, value in fixed.items() if name not in grid.column_axis})
    kept = tuple(axis.name for axis in grid.axes if axis.name in ("model", "tokens", "chip"))
    return Shape(f"{axes} axes, {label(grid.size)} points", problem, questions_about("cost", kept, CONDITIONS))


@dataclass(frozen=True)
class TimedKind:
    """How the suites ask questions of a kind about the shapes.

    Attributes
    ----------
    ask
        Makes the question about a quantity, with its ``name``, ``by`` and ``where``.
    """

    ask: Callable[..., Question]


KINDS: ByKind[TimedKind] = ByKind(
    "bench.suites.shapes.KINDS",
    {
        Best: TimedKind(lambda quantity, **common: Best(objective=quantity, **common)),
        Decision: Apart("is not timed on these: it has a suite of its own, with draws (choices.py)"),
        Summary: TimedKind(lambda **asked: Summary(**asked)),
        Quantiles: TimedKind(lambda **asked: Quantiles(**asked)),
        Histogram: Apart("is not timed: it fills the bins that quantiles are read from, in the same passes"),
        Sensitivity: Apart("is not timed: it is some summaries, one for each axis"),
        Pareto: Apart("is not timed: it is about two quantities, and a shape asks about one"),
        Table: Apart("is not timed: it is as large as the grid, so that the memory's speed is timed"),
    },
)
TIMED = tuple(kind.kind for kind in KINDS.entries())


def questions_about(objective: str, by: tuple[str, ...], where: tuple[Condition, ...]) -> dict[str, Question]:
    """Make a question of each kind that is timed about one quantity.

    Parameters
    ----------
    objective
        The quantity.
    by
        The axes kept.
    where
        The conditions.

    Returns
    -------
    dict
        Questions by the name of their kind.
    """
    return {
        kind.kind: timed.ask(name=kind.kind, quantity=objective, by=by, where=where) for kind, timed in KINDS.entries().items()
    }


def label(points: int) -> str:
    """Write a number of points as ``5.4e8``."""
    text = f"{points:.1e}".replace("e+0", "e").replace("e+", "e")
    return text.replace(".0e", "e")


# --- the deep model ---------------------------------------------------------------------------------------------------

MODELS = ("llama-3.1-405b", "deepseek-v3", "mixtral-8x7b", "qwen2.5-72b")
CHIPS = ("h100-sxm-80gb", "b200-sxm", "gb200-nvl72", "gb300-nvl72")
STRATEGY: dict[str, dict[str, list[float]]] = {
    "tensor_parallel": {"tensor_parallel": [1, 2, 4, 8]},
    "pipeline_parallel": {"pipeline_parallel": [1, 2, 4, 8, 16]},
    "context_parallel": {"context_parallel": [1, 2, 4, 8]},
    "expert_parallel": {"expert_parallel": [1, 8, 32, 64]},
    "microbatch_size": {"microbatch_size": [1, 2, 4]},
    "interleave": {"interleave": [1, 2, 4, 6]},
    "recompute": {"recomputed_layers": [0, 0, 1], "recomputed_attention": [0, 1, 1]},
    "zero_stage": {"zero_stage": [0, 1, 2, 3]},
}


@functools.cache
def deep_model() -> Model:
    """Extend the project's model: the run's time comes from the step time instead of from an MFU."""
    with collecting() as own:

        @quantity(unit="s", source="definition")
        def run_time(step_time, tokens, batch_size, sequence_length, time_lost_share):  # type: ignore[no-untyped-def]
            """Steps times their time, with what failures and restarts cost."""
            return step_time * (tokens / (batch_size * sequence_length)) * (1 + time_lost_share)

        given("time_lost_share", "", "Time lost to failures over time spent on steps.")
    return MODEL.extended(own)


def rows_of(table: str, keys: tuple[str, ...], needed: set[str]) -> dict[str, Floats]:
    """Read the columns that are needed of some rows of a facts table."""
    rows = configs.load(table).rows
    return {
        column: np.array([rows[key].values[column] for key in keys])
        for column in configs.load(table).columns
        if column in needed
    }


MOST_COUNTS = 22  # powers of two from 256: more would be no counts of chips, and soon no floats


@functools.cache
def deep(points: float, *, priced: bool = True) -> Shape:
    """Ask for the best strategy (TP, PP, CP, EP, microbatch, interleaving, recompute, ZeRO) of each model, chip and chip count.

    Parameters
    ----------
    points
        About how many; the chip counts are as many as that takes.
    priced
        Whether the run's cost is asked for, over PUE, load, electricity price and losses too; else the step time alone, whose
        axes are all short, but for the overlap of large grids, and whose every formula depends on most of them.
    """
    model = deep_model()
    objective = "cost" if priced else "step_time"
    where = (Condition("divides", "==", 1.0), Condition("memory_margin", ">=", 0.0))
    strategy = {name: {c: np.array(v, float) for c, v in columns.items()} for name, columns in STRATEGY.items()}
    extra: dict[str, dict[str, Floats]] = {"batch_size": {"batch_size": np.array([1024.0, 2048.0, 4096.0])}}
    if priced:
        extra |= {
            "time_lost_share": {"time_lost_share": np.linspace(0.02, 0.2, 4)},
            "load": {"load": np.linspace(0.7, 1.0, 4)},
            "pue": {"pue": np.linspace(1.08, 1.4, 8)},
            "electricity_price": {"electricity_price": np.linspace(0.04, 0.12, 8) / KWH},
        }
    else:
        extra |= {"precision_bits": {"precision_bits": np.array([16.0, 8.0])}, "overlap": {"overlap": np.array([0.0, 1.0])}}
    short = {**extra, **strategy}
    needs = set(model.inputs((objective, "divides", "memory_margin")))
    rest = math.prod(len(next(iter(columns.values()))) for columns in short.values()) * len(MODELS) * len(CHIPS)
    steps = max(round(points / rest), 1)
    if steps > MOST_COUNTS and not priced:
        finer = -(-steps // MOST_COUNTS)
        short["overlap"] = {"overlap": np.linspace(0.0, 1.0, 2 * finer)}
        steps = max(round(points / rest / finer), 1)
    counts = np.array([256.0 * 2**i for i in range(steps)])
    axes = [Axis("model", rows_of("models", MODELS, needs), MODELS), Axis("chip", rows_of("hardware", CHIPS, needs), CHIPS)]
    axes += [Axis("chip_count", {"chip_count": counts}), *(Axis(name, columns) for name, columns in short.items())]
    have = {column for axis in axes for column in axis.columns}
    fixed = {"tokens": 15.6e12, "time_lost_share": 0.1} | {n: d.value for n, d in configs.defaults().items()}
    missing = set(model.inputs((objective, "divides", "memory_margin"), have)) - have
    grid = Grid(tuple(axes))
    problem = Problem(model, grid, {name: fixed[name] for name in missing})
    kept = ("model", "chip", "chip_count")
    name = "deep" if priced else "strategy"
    return Shape(f"{name}, {len(axes)} axes, {label(grid.size)} points", problem, questions_about(objective, kept, where))
