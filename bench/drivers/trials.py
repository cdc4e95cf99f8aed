"""Rows of inputs in which one at a time is varied, and how far the answers to them lie apart."""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...kernels.model import units
from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.quantity import Model, Quantity
from ...kernels.model.questions import Problem
from ..prior.drawn_inputs import shown_name
from ..prior.features import Floats
from .alternatives import Alternative
from .mover import Mover

ROUNDING = 1e-6  # answers that differ by less, as a share, are one: chips that are solved for are no more exact
Place = tuple[tuple[str, str], ...]
_ENDLESS, _UNKNOWN = "the answer is infinite at {}", "the answer is not known at {}"


@dataclass(frozen=True)
class Trials:
    """Rows of inputs: the first as all are, then one for each value that is tried.

    Attributes
    ----------
    alternatives
        The inputs that are varied.
    columns
        Their values in base units, a number for each row, by quantity.
    rows
        For each alternative the rows in which it is tried.
    """

    alternatives: tuple[Alternative, ...]
    columns: Mapping[str, Floats]
    rows: tuple[range, ...]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return 1 + sum(map(len, self.rows))


def trials_of(alternatives: Sequence[Alternative]) -> Trials:
    """Make the rows that vary one input at a time."""
    rows, count = [], 1
    for alternative in alternatives:
        rows.append(range(count, count + len(alternative.tries)))
        count += len(alternative.tries)
    columns = {name: np.full(count, value) for alternative in alternatives for name, value in alternative.base.items()}
    for alternative, places in zip(alternatives, rows, strict=True):
        for row, values in zip(places, alternative.tries, strict=True):
            for name, value in values.items():
                columns[name][row] = value
    return Trials(tuple(alternatives), columns, tuple(rows))


def movers_at(problem: Problem, targets: Sequence[str], trials: Trials, place: Place = ()) -> dict[str, tuple[Mover, ...]]:
    """Compute quantities at every trial, and say how far each input moves each of them.

    Parameters
    ----------
    problem
        The model on a grid of as many points as there are trials, in their order.
    targets
        The quantities.
    trials
        What is varied.
    place
        Where it is taken, in words.

    Returns
    -------
    dict
        Movers by target, the largest effect first; inputs that do not change it are left out.
    """
    held = problem.held()
    shown = {target: [_shown(item.name, problem.model, target, held) for item in trials.alternatives] for target in targets}
    values = evaluate_at(problem, list({*targets, *itertools.chain(*shown.values())}), np.arange(trials.count))
    told = {name: _in_own_unit(column, problem.model[name]) for name, column in values.items()}
    return {
        target: _ordered(
            _mover(alternative, rows, name, (told[name], told[target]), place)
            for alternative, rows, name in zip(trials.alternatives, trials.rows, shown[target], strict=True)
        )
        for target in targets
    }


def estimate_movers(
    problem_at: Callable[[Mapping[str, Floats]], Problem], targets: Sequence[str], alternatives: Sequence[Alternative]
) -> dict[str, tuple[Mover, ...]]:
    """Tell how far each input of an estimate moves each of its targets.

    Parameters
    ----------
    problem_at
        Makes the problem whose points are trials, from the values (base units) of the inputs that are varied, one for each
        trial: chips that are solved for are solved anew at each.
    targets
        The quantities.
    alternatives
        The inputs with the values that they are tried at.

    Returns
    -------
    dict
        Movers by target, the largest effect first.
    """
    if not alternatives:
        return dict.fromkeys(targets, ())
    trials = trials_of(alternatives)
    return movers_at(problem_at(trials.columns), targets, trials)


def _shown(name: str, model: Model, target: str, held: set[str]) -> str:
    """Name the quantity by which a person knows an input: the MFU of its deviation, where that alone passes it on."""
    shown = shown_name(name)
    if shown in (name, target) or shown not in model or shown in held or not set(model.inputs([shown], held)) <= held:
        return name
    return name if name in model.inputs([target], held | {shown}) else shown


def _ordered(movers: Iterable[Mover]) -> tuple[Mover, ...]:
    """Leave out what moves nothing, and put the largest effect first."""
    moving = [mover for mover in movers if mover.effect > ROUNDING * abs(mover.answer_base) or _is_lost_at_base(mover)]
    return tuple(sorted(moving, key=lambda mover: -mover.effect))


def _in_own_unit(base: Floats, item: Quantity) -> Floats:
    return np.asarray(units.from_base(base, item.unit), dtype=np.float64)


def _is_lost_at_base(mover: Mover) -> bool:
    """Tell whether the answer is infinite or not known as all inputs are, and otherwise at another value of this one."""
    return not math.isfinite(mover.answer_base) and any(map(math.isfinite, (mover.answer_low, mover.answer_high)))


def _mover(alternative: Alternative, rows: range, name: str, told: tuple[Floats, Floats], place: Place) -> Mover:
    """Pick the two ends of what was tried; ``told`` are the values of ``name`` and the answers, in their own units."""
    inputs, answers = told
    low, high = rows[0], rows[-1]
    said = list[str]()
    if alternative.chooses:
        known = [row for row in (0, *rows) if not math.isnan(answers[row])] or [0]
        low, high = min(known, key=lambda row: float(answers[row])), max(known, key=lambda row: float(answers[row]))
        unknown = [float(inputs[row]) for row in rows if math.isnan(answers[row]) and not math.isnan(answers[0])]
        said = [_UNKNOWN.format(" or ".join(f"{value:g}" for value in unknown))] if unknown else []
    elif inputs[low] > inputs[high]:
        low, high = high, low
    return Mover(
        name=name,
        kind=alternative.kind,
        low=float(inputs[low]),
        base=float(inputs[0]),
        high=float(inputs[high]),
        answer_low=float(answers[low]),
        answer_base=float(answers[0]),
        answer_high=float(answers[high]),
        basis="; ".join([alternative.basis, *said, *_said_of_ends(answers, low, high)]),
        place=place,
        is_choice=alternative.is_choice,
    )


def _said_of_ends(answers: Floats, low: int, high: int) -> list[str]:
    """Say at which end the answer is infinite or not known, where it is neither as all inputs are."""
    ends = {"the low end": float(answers[low]), "the high end": float(answers[high])}
    said = []
    for end, answer in ends.items():
        if math.isnan(answer) and not math.isnan(answers[0]):
            said.append(_UNKNOWN.format(end))
        elif math.isinf(answer) and not math.isinf(answers[0]):
            said.append(_ENDLESS.format(end))
    return said
