"""A study of serving: the strategy of greatest throughput per chip, by model, chip and precision, over many lengths."""

import functools
import math

import numpy as np

from flopwatt import configs
from flopwatt.bench.suites.shapes import Shape, label, rows_of
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Floats, Grid
from flopwatt.kernels.model.questions import Best, Pareto, Problem, Question, Summary
from flopwatt.kernels.quantities import MODEL

SERVED = ("deepseek-v3", "llama-3.1-70b", "llama-3.1-405b", "qwen3-235b-a22b")
SERVING_CHIPS = ("h100-sxm-80gb", "h200-sxm", "b200-sxm", "gb200-nvl72", "gb300-nvl72", "mi355x")
INTERACTIVITY, FIRST_TOKEN = 20.0, 5.0  # tokens a second of a user, and seconds
GOALS = (
    Condition("serving_memory_margin", ">=", 0.0),
    Condition("prefill_memory_margin", ">=", 0.0),
    Condition("interactivity", ">=", INTERACTIVITY),
    Condition("time_to_first_token", "<=", FIRST_TOKEN),
)
LENGTHS = 12
TWO_BYTES = np.array([2.0, 1.0])  # 16 bits and 8
MOST_BATCH = 16_384.0


@functools.cache
def serving(points: float) -> Shape:
    """Ask for the best strategy of serving (chips, batch, attention's parallelism, split, drafts), and for throughput alone.

    Parameters
    ----------
    points
        About how many; the batches are as many as that takes.
    """
    fixed = _fixed_axes()
    count = max(round(points / math.prod(len(next(iter(columns.values()))) for columns in fixed.values())), 2)
    batches = {"concurrent_sequences": np.geomspace(1.0, MOST_BATCH, count)}
    grid = Grid((*(Axis(name, columns) for name, columns in fixed.items()), Axis("batch", batches)))
    questions = _questions()
    needed = MODEL.inputs([name for question in questions for name in question.targets()], grid.column_axis)
    defaults = configs.defaults()
    problem = Problem(MODEL, grid, {name: defaults[name].value for name in needed if name not in grid.column_axis})
    return Shape(f"serving, {len(grid.axes)} axes, {label(grid.size)} points", problem, {q.name: q for q in questions})


def _fixed_axes() -> dict[str, dict[str, Floats]]:
    """List every axis but the batch's, with its columns."""
    needs = set(MODEL.inputs(("throughput_per_chip", *(condition.quantity for condition in GOALS))))
    return {
        "model": rows_of("models", SERVED, needs),
        "chip": rows_of("hardware", SERVING_CHIPS, needs),
        "precision": {"weight_bits": TWO_BYTES, "cache_bits": TWO_BYTES, "precision_bits": 8 * TWO_BYTES},
        "input": {"serving_input_tokens": np.geomspace(128, 32_768, LENGTHS)},
        "output": {"serving_output_tokens": np.geomspace(64, 8192, LENGTHS)},
        "cached": {"cache_hit_share": np.array([0.0, 0.3, 0.6, 0.9])},
        "replica_chips": {"replica_chips": np.array([1.0, 2, 4, 8, 16, 32, 64, 72, 144, 288])},
        "attention": {"attention_data_parallel": np.array([0.0, 1.0])},
        "split": {"disaggregated": np.array([0.0, 1, 1, 1, 1, 1]), "prefill_replica_chips": np.array([1.0, 1, 2, 4, 8, 16])},
        "draft_tokens": {"draft_tokens": np.array([0.0, 1, 2, 3])},
    }


def _questions() -> tuple[Question, ...]:
    kept = ("model", "chip", "precision")
    return (
        Summary(name="throughput", quantity="throughput_per_chip", by=kept),
        Best(name="best strategy", objective="throughput_per_chip", maximize=True, by=kept, where=GOALS),
        Pareto(
            name="throughput against interactivity",
            quantities=("interactivity", "throughput_per_chip"),
            more=(True, True),
            by=kept,
            where=GOALS[:2],
        ),
    )
