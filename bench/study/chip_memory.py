"""Say where a study's models do not fit the fewest chips that its grid has, and no condition leaves these points out."""

from collections.abc import Sequence

import numpy as np

from ... import configs
from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.quantity import Model
from ...kernels.model.questions import Problem, Question
from .bindings import Bindings
from .planned_axis import AxisColumns

LEAST, CHIPS = "least_chips", "chip_count"
GUARDS = frozenset({LEAST, "sharded_state_bytes", "memory_per_chip"})  # a question about one of these knows of memory
MAX_POINTS = 10**6


def warn_of_short_memory(model: Model, questions: Sequence[Question], bindings: Bindings) -> tuple[str, ...]:
    """Word which points of the grid have too few chips for the model's states, in a sentence; nothing where none has.

    Parameters
    ----------
    model
        The study's quantities.
    questions
        What is asked: those about memory leave such points out themselves.
    bindings
        What the study's values are bound to.
    """
    given = {name: default.value for name, default in configs.defaults().items()} | bindings.given
    held = {*given, *bindings.columns()}
    unaware = [question for question in questions if _trains(question, model, held)]
    inputs = model.inputs([LEAST], held) if LEAST in model else []
    if not unaware or CHIPS not in held or any(name not in held for name in inputs):
        return ()
    axes = [axis for axis in bindings.axes if {*axis.columns} & {*inputs, CHIPS}]
    grid = Grid(tuple(Axis(axis.name, {name: axis.columns[name] for name in axis.columns}, axis.labels) for axis in axes))
    if any(axis.uncertain for axis in axes) or grid.size > MAX_POINTS:
        return ()
    values = evaluate_at(Problem(model, grid, given), [LEAST, CHIPS], np.arange(grid.size))
    short = np.flatnonzero(values[CHIPS] < values[LEAST])  # NaN, of memory that is not published, is not short
    return (_worded(grid, axes, values[LEAST], values[CHIPS], short),) if len(short) else ()


def _trains(question: Question, model: Model, held: set[str]) -> bool:
    """Tell whether a question depends on how many chips train a model, and does not ask whether the model fits them."""
    needed = {item.name for item in model.order(question.targets(), held)}
    return {CHIPS, "tokens"} <= needed and not needed & GUARDS


def _worded(grid: Grid, axes: Sequence[AxisColumns], least: np.ndarray, chips: np.ndarray, short: np.ndarray) -> str:
    worst = int(short[np.argmax(least[short] / chips[short])])
    place = np.unravel_index(worst, grid.shape)
    named = [axis.labels[i] for axis, i in zip(axes, place, strict=True) if axis.labels is not None]
    who = " on ".join(named) or "the model"
    return (
        f"{100 * len(short) / grid.size:.2g}% of the grid has fewer chips than hold the model's states: {who} needs at least "
        f'{least[worst]:,.0f} and gets {chips[worst]:,.0f}; where = ["chip_count >= least_chips"] leaves such points out'
    )
