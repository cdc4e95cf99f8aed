"""What questions of one study share: those that ask about one quantity need its first pass over the grid only once.

The pass with all their accumulators does little more than the longest of theirs, because the formulas, which are most of
the work, are done once. Questions about different quantities are not joined: their loops want different axes and orders,
and a joint kernel takes as long to compile as its parts.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ..model.questions import Question
from .kinds import SHARING, Sharing

Found = dict[str, Any]


def families(questions: Sequence[Question]) -> tuple[tuple[Question, ...], ...]:
    """The questions, those together that can share: one quantity, the same conditions, the same axes kept.

    In the order of each family's first. A least or greatest value alone has a faster pass, so it joins others but starts no
    family.
    """
    found: dict[Any, list[Question]] = {}
    for number, question in enumerate(questions):
        alike = (question.objectives(), question.where, question.by)
        shares = SHARING.of(question) is not Sharing.ALONE
        found.setdefault(alike if shares else number, []).append(question)
    result: list[tuple[Question, ...]] = []
    for members in found.values():
        joined = any(SHARING.of(question) is Sharing.LEADS for question in members)
        result += [tuple(members)] if joined else [(question,) for question in members]
    return tuple(sorted(result, key=lambda members: questions.index(members[0])))


def leader(family: Sequence[Question]) -> Question:
    """The question whose plan the shared pass follows: one that leaves the objective as it is."""
    return next(question for question in family if SHARING.of(question) is Sharing.LEADS)


class SharedPass:
    """The result of a pass that several runs take: done when the first of them asks, and again when one asks once more."""

    def __init__(self, family: Sequence[Question]):
        self.family = tuple(family)
        self._reduce: Callable[[tuple[float, float]], Found] | None = None
        self._found: Found = {}
        self._waiting: set[int] = set()

    @property
    def led(self) -> bool:
        """Whether a run has taken on to do the pass."""
        return self._reduce is not None

    def lead(self, reduce: Callable[[tuple[float, float]], Found]) -> None:
        self._reduce = reduce

    def take(self, question: Question, share: tuple[float, float]) -> Found:
        """What the pass found; ``share`` is the part of the question's progress that doing it would be."""
        assert self._reduce is not None
        number = next(i for i, each in enumerate(self.family) if each is question)
        if number not in self._waiting:
            self._found = self._reduce(share)
            self._waiting = set(range(len(self.family)))
        self._waiting.remove(number)
        return self._found


Run = TypeVar("Run")


def together(family: Sequence[Question], prepare: Callable[[Question, SharedPass | None], Run]) -> list[Run]:
    """A family's runs, in its order; ``prepare`` makes one, which leads the pass if none before it does."""
    if len(family) == 1:
        return [prepare(family[0], None)]
    shared, first = SharedPass(family), leader(family)
    leading = prepare(first, shared)
    return [leading if question is first else prepare(question, shared) for question in family]
