"""A study of decisions on the short model: how many chips, of which kind, over joint draws of what is not known."""

import functools
import math
from fractions import Fraction

import numpy as np

from flopwatt.bench.suites.shapes import CONDITIONS, DEADLINE, GIVEN, KWH, Shape, axis_columns, cost_model, label
from flopwatt.kernels.model.grid import Axis, Floats, Grid
from flopwatt.kernels.model.questions import Decision, Problem, Question, Summary
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic

DRAWS = 1024
KEPT = ("tokens",)
LENGTHS = {"tokens": 16, "chip": 8}  # chip_count takes up the rest of the decisions asked for
OVERHEAD = (1.1, 1.6)  # of the least number of chips and of the greatest: the more chips, the more network each needs
HALF, CONFIDENCE = Fraction(1, 2), Fraction(4, 5)
CONFIDENCES = (HALF, CONFIDENCE, Fraction(19, 20))
LATE = CONDITIONS[:1]  # the deadline alone


@functools.cache
def choices(decisions: float) -> Shape:
    """Make the study of about so many decisions of `DRAWS` draws each, with its questions.

    Parameters
    ----------
    decisions
        How many; the chip counts are as many as that takes.
    """
    columns = axis_columns()
    axes = [Axis(name, columns[name](n)) for name, n in LENGTHS.items()]
    count = max(round(decisions / math.prod(LENGTHS.values())), 1)
    axes.append(Axis("chip_count", columns["chip_count"](count) | {"overhead": np.linspace(*OVERHEAD, count)}))
    axes.append(Axis("draws", drawn(DRAWS), uncertain=True))
    grid = Grid(tuple(axes))
    fixed = {**GIVEN, "parameters": 4e11, "attention_flops": 8e9}
    problem = Problem(cost_model(), grid, {name: value for name, value in fixed.items() if name not in grid.column_axis})
    name = f"{label(grid.size // DRAWS)} decisions of {DRAWS} draws"
    return Shape(name, problem, {question.name: question for question in _questions()})


def drawn(count: int) -> dict[str, Floats]:
    """Draw the inputs that are not known, each evenly over its range, together."""
    random = np.random.default_rng(11)
    ranges = {"mfu": (0.25, 0.55), "goodput": (0.8, 0.98), "load": (0.6, 0.95), "pue": (1.05, 1.5)}
    ranges["electricity_price"] = (0.03 / KWH, 0.12 / KWH)
    return {name: random.uniform(*ends, count) for name, ends in ranges.items()}


def _questions() -> tuple[Question, ...]:
    """Make the decisions, and the summaries of as many points that they are held against."""
    share = SharePromise(LATE, ">=", CONFIDENCE)
    quantile = Promise(Statistic("run_time", Measure.QUANTILE, CONFIDENCE), "<=", DEADLINE)
    median = Decision(name="median", by=KEPT, objective=Statistic("cost", Measure.QUANTILE, HALF), promises=(quantile,))
    return (
        Decision(name="mean", by=KEPT, objective=Statistic("cost", Measure.MEAN), promises=(share,)),
        median,
        Decision(
            name="median at three confidences",
            by=KEPT,
            objective=median.objective,
            promises=median.promises,
            confidences=CONFIDENCES,
        ),
        Summary(name="summary", quantity="cost", by=KEPT),
        Summary(name="summary under a condition", quantity="cost", by=KEPT, where=LATE),
    )
