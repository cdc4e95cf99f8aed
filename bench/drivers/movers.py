"""Which inputs move answers: of one question, of a whole study."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ...kernels.model.grid import SUM_COLUMN, Axis, Grid
from ...kernels.model.quantity import Model
from ...kernels.model.questions import Problem, Question
from ...kernels.model.statistic_quantity import StatisticQuantity
from ...kernels.model.statistics import Statistic
from ..answers.answer import Answer
from ..prior.features import Floats
from ..study.loader import Study
from .mover import Mover
from .representative_point import find_point
from .study_inputs import StudyInputs
from .trials import movers_at, trials_of


@dataclass(frozen=True)
class StudyMover:
    """An input that moves answers of a study.

    Attributes
    ----------
    mover
        What it does to the answer that it moves most, as a share of that answer.
    question
        The name of the question that is answered so.
    quantity
        The answer's main quantity.
    """

    mover: Mover
    question: str
    quantity: str


def main_quantity(question: Question, model: Model) -> str | None:
    """Name the quantity by which a question's drivers are told: its first; of a statistic over draws what it is of.

    Returns
    -------
    str or None
        None for a share of the draws, which one point does not tell.
    """
    item = model[question.objectives()[0]]
    if not isinstance(item, StatisticQuantity):
        return item.name
    return item.taken.quantity if isinstance(item.taken, Statistic) else None


def movers(answer: Answer, study: Study) -> tuple[Mover, ...]:
    """Tell how far each input that nobody stated moves an answer, at one representative place.

    All that is drawn is at its median; one input at a time goes from P10 to P90 of its draws, over the range that is known of a
    default, or to its other choices.

    Parameters
    ----------
    answer
        The answer.
    study
        What it answers.

    Returns
    -------
    tuple of Mover
        The largest effect first. Nothing where no row has an answer, or nothing moves it.
    """
    return _movers(answer, StudyInputs(study))


def _movers(answer: Answer, inputs: StudyInputs) -> tuple[Mover, ...]:
    study, by = inputs.study, answer.question.by
    target = main_quantity(answer.question, study.problem.model)
    centre = inputs.centre(by)
    if target is not None and any(name.startswith(SUM_COLUMN) for name in study.problem.model.inputs([target])):
        return ()  # an input moves it at every point that is summed, and not at one
    point = None if target is None else find_point(answer, study, centre, target)
    if target is None or point is None:
        return ()
    place = replace(centre, grid=Grid(()), given={**centre.given, **point.values(centre.grid.axes)})
    alternatives = inputs.varied(place, target, by)
    if not alternatives:
        return ()
    trials = trials_of(alternatives)
    return movers_at(_at_trials(place, trials.columns), [target], trials, point.words(study))[target]


def _at_trials(place: Problem, columns: Mapping[str, Floats]) -> Problem:
    given = {name: value for name, value in place.given.items() if name not in columns}
    return replace(place, grid=Grid((Axis("trials", columns),)), given=given)


def study_movers(answers: Iterable[Answer], study: Study) -> tuple[StudyMover, ...]:
    """Tell of each input that nobody stated which answer of a study it moves most, as a share of that answer.

    Parameters
    ----------
    answers
        One engine's, of the questions that matter.
    study
        What they answer.

    Returns
    -------
    tuple of StudyMover
        One for each input that moves an answer, the largest share first.
    """
    inputs = StudyInputs(study)
    largest: dict[str, StudyMover] = {}
    for answer in answers:
        quantity = main_quantity(answer.question, study.problem.model)
        for mover in _movers(answer, inputs):
            before = largest.get(mover.name)
            if quantity is not None and (before is None or mover.relative_effect > before.mover.relative_effect):
                largest[mover.name] = StudyMover(mover, answer.name, quantity)
    return tuple(sorted(largest.values(), key=lambda one: -one.mover.relative_effect))
