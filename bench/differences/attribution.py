"""How much of an answer's change each input explains: the first side with one input of the second, at one place."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...kernels.model import units
from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem
from ..answers.answer import Answer
from ..drivers.movers import main_quantity
from ..drivers.representative_point import Point, blanked, find_point
from ..drivers.study_inputs import StudyInputs
from ..runner.outcome import Run
from ..study.prior_axis import input_of_draws

ROUNDING = 1e-9  # effects that are smaller, as a share of the answer, are none


@dataclass(frozen=True)
class Attribution:
    """What a change of an answer's main quantity is due to.

    Attributes
    ----------
    question, quantity, unit
        Of which answer, which quantity, and its unit.
    a, b
        The quantity on the two sides, at the place, with all that is drawn at its median.
    parts
        By input, what it becomes where this input alone is as on the second side; the largest effect first.
    place
        Where on the axes, in words.
    """

    question: str
    quantity: str
    unit: str
    a: float
    b: float
    parts: tuple[tuple[str, float], ...]
    place: tuple[tuple[str, str], ...]

    @property
    def rest(self) -> float:
        """What is left of the change: inputs acting together, other draws, and formulas."""
        return (self.b - self.a) - sum(value - self.a for _, value in self.parts)


def attribute(a: Run, b: Run, question: str, inputs: Collection[str]) -> Attribution | None:
    """Tell how much of a change each input explains.

    Parameters
    ----------
    a, b
        Two runs of this version.
    question
        Whose answer moved.
    inputs
        Those that differ; another median of other draws is no difference.

    Returns
    -------
    Attribution or None
        None where the place of the first side is not on the second, or the answer is not finite there.
    """
    answer, other = a.answer(question), b.answer(question)
    target = main_quantity(answer.question, a.study.problem.model)
    first, second = StudyInputs(a.study), StudyInputs(b.study)
    if target is None or target != main_quantity(other.question, b.study.problem.model):
        return None
    centre, other_centre = first.centre(answer.question.by), second.centre(other.question.by)
    point = find_point(_in_common(answer, other), a.study, centre, target)
    matched = None if point is None else _matched(point, centre.grid.axes, other_centre.grid.axes)
    if point is None or matched is None:
        return None
    at_a = _at(centre, point)
    at_b = _at(other_centre, matched)
    value, end = _value(at_a, target), _value(at_b, target)
    if not (math.isfinite(value) and math.isfinite(end)):
        return None
    item = a.study.problem.model[target]
    whole = {**input_of_draws(a.study.problem.model), **input_of_draws(b.study.problem.model)}
    parts: dict[str, float] = {}
    for name in (name for name in _differing(at_a, at_b, target) if name in inputs):
        moved = _value(_with(at_a, at_b, name), target)
        if math.isfinite(moved) and abs(moved - value) > ROUNDING * abs(value):
            parts[whole.get(name, name)] = moved
    order = sorted(parts.items(), key=lambda part: -abs(part[1] - value))

    def own(base: float) -> float:
        return float(units.from_base(base, item.unit))

    told = tuple((name, own(moved)) for name, moved in order)
    return Attribution(question, target, item.unit, own(value), own(end), told, point.words(a.study))


def _in_common(answer: Answer, other: Answer) -> Answer:
    """Blank the rows of an answer at labelled points of kept axes that another answer has not."""
    labelled = [dim for dim in answer.question.by if answer.coords[dim].data.dtype == object and dim in other.coords]
    points = {dim: set(other.coords[dim].data.tolist()) for dim in labelled}
    return blanked(answer, {dim: np.array([point in points[dim] for point in answer.coords[dim].data]) for dim in labelled})


def _at(centre: Problem, point: Point) -> Problem:
    return replace(centre, grid=Grid(()), given={**centre.given, **point.values(centre.grid.axes)})


def _value(problem: Problem, target: str) -> float:
    """Compute a quantity where every input has one value; NaN where an input has none."""
    try:
        return float(evaluate_at(problem, [target], np.zeros(1, np.int64))[target][0])
    except ValueError:
        return math.nan


def _matched(point: Point, axes: Iterable[Axis], others: Iterable[Axis]) -> Point | None:
    """Find a point of other axes that is the same: by its label, or the nearest number."""
    known, indices = {axis.name: axis for axis in axes}, {}
    for axis in others:
        index = _index(known.get(axis.name), point.indices.get(axis.name, 0), axis)
        if index is None:
            return None
        indices[axis.name] = index
    return Point(indices, ())


def _index(axis: Axis | None, index: int, other: Axis) -> int | None:
    if axis is None or len(other) == 1:
        return 0 if len(other) == 1 else None
    if axis.labels is not None and other.labels is not None:
        label = axis.labels[index]
        return other.labels.index(label) if label in other.labels else None
    common = next((name for name in axis.columns if name in other.columns), None)
    if common is None or len(axis.columns) > 1:
        return index if len(axis) == len(other) else None
    return int(np.nanargmin(np.abs(other.columns[common] - axis.columns[common][index])))


def _differing(a: Problem, b: Problem, target: str) -> list[str]:
    """List the inputs that one of the sides needs and that are not the same there."""
    needed = dict.fromkeys([*a.model.inputs([target], a.held()), *b.model.inputs([target], b.held())])
    return [name for name in needed if not _is_one(a.given.get(name), b.given.get(name))]


def _is_one(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=ROUNDING) or (math.isnan(a) and math.isnan(b))


def _with(a: Problem, b: Problem, name: str) -> Problem:
    """Return a problem with one input as another problem has it: its value, or computed where it is computed there."""
    given: Mapping[str, float] = {key: value for key, value in a.given.items() if key != name}
    return replace(a, given={**given, name: b.given[name]} if name in b.given else given)
