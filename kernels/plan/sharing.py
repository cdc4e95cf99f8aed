"""What questions of one study share: those that ask about one quantity need its first pass over the grid only once.

The pass with all their accumulators does little more than the longest of theirs, because the formulas, which are most of
the work, are done once. Questions about different quantities are not joined: their loops want different axes and orders,
and a joint kernel takes as long to compile as its parts.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ..model.questions import Question
from .kinds import SHARING, Sharing

Accumulators = dict[str, Any]  # by name: arrays over the outer points
Reduce = Callable[[tuple[float, float]], Accumulators]  # takes the part of the question's progress that the pass is


def families(questions: Sequence[Question]) -> tuple[tuple[Question, ...], ...]:
    """Group questions into families that can share a pass: one quantity, the same conditions, the same axes kept.

    A least or greatest value alone has a faster pass, so it joins others but starts no family.

    Returns
    -------
    tuple
        The families, a question that shares nothing in one of its own, in the order of each family's first question.
    """
    groups: dict[Any, list[Question]] = {}
    for number, question in enumerate(questions):
        alike = (question.objectives(), question.where, question.by)
        shares = SHARING.of(question) is not Sharing.ALONE
        groups.setdefault(alike if shares else number, []).append(question)
    result: list[tuple[Question, ...]] = []
    for members in groups.values():
        joined = any(SHARING.of(question) is Sharing.LEADS for question in members)
        result += [tuple(members)] if joined else [(question,) for question in members]
    return tuple(sorted(result, key=lambda members: questions.index(members[0])))


def leader(family: Sequence[Question]) -> Question:
    """Choose the question whose plan the shared pass follows: one that leaves the objective as it is."""
    return next(question for question in family if SHARING.of(question) is Sharing.LEADS)


class SharedPass:
    """A pass whose result several runs take: done when the first of them asks, and again when one asks once more.

    Parameters
    ----------
    family
        The questions of the runs.
    """

    def __init__(self, family: Sequence[Question]):
        self.family = tuple(family)
        self._reduce: Reduce | None = None
        self._accumulators: Accumulators = {}
        self._waiting: set[int] = set()

    @property
    def led(self) -> bool:
        """Whether a run has taken on to do the pass."""
        return self._reduce is not None

    def lead(self, reduce: Reduce) -> None:
        """Take on to do the pass, by ``reduce``, whenever its result is asked for."""
        self._reduce = reduce

    def take(self, question: Question, share: tuple[float, float]) -> Accumulators:
        """Take the pass's result; the pass is done first unless its last result waits for this question.

        Parameters
        ----------
        question
            One of the family, the same object.
        share
            Of the question's progress, from 0 to 1: where the pass begins, and how much of it doing the pass is.
        """
        assert self._reduce is not None
        number = next(i for i, member in enumerate(self.family) if member is question)
        if number not in self._waiting:
            self._accumulators = self._reduce(share)
            self._waiting = set(range(len(self.family)))
        self._waiting.remove(number)
        return self._accumulators


Run = TypeVar("Run")


def prepare_family(family: Sequence[Question], prepare: Callable[[Question, SharedPass | None], Run]) -> list[Run]:
    """Prepare the runs of a family, which share their first pass.

    Parameters
    ----------
    family
        The questions.
    prepare
        Makes the run of one of them; it leads the pass if none before it does.

    Returns
    -------
    list
        The runs, in the family's order.
    """
    if len(family) == 1:
        return [prepare(family[0], None)]
    shared, first = SharedPass(family), leader(family)
    leading = prepare(first, shared)
    return [leading if question is first else prepare(question, shared) for question in family]
