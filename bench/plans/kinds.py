"""How each kind of question is described in words, and answered where an engine is timed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import (
    Best,
    Histogram,
    Pareto,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from ..runner.kinds import direction


def _run(prepared: Any) -> None:
    prepared.run()


def _walk(prepared: Any) -> None:
    for _ in prepared.chunks():
        pass


def _kind_word(question: Question) -> str:
    return question.kind


@dataclass(frozen=True)
class PlannedKind:
    """How questions of a kind are described and answered.

    Attributes
    ----------
    word
        Names in a word what is asked of the quantities: ``least``, ``summary``.
    compute
        Computes all of an answer, for its time.
    """

    word: Callable[[Any], str]
    compute: Callable[[Any], None]


KINDS: ByKind[PlannedKind] = ByKind(
    "bench.plans.kinds.KINDS",
    {
        Best: PlannedKind(word=direction, compute=_run),
        Summary: PlannedKind(word=_kind_word, compute=_run),
        Quantiles: PlannedKind(word=_kind_word, compute=_run),
        Histogram: PlannedKind(word=_kind_word, compute=_run),
        Sensitivity: PlannedKind(word=_kind_word, compute=_run),
        Pareto: PlannedKind(word=_kind_word, compute=_run),
        Table: PlannedKind(word=_kind_word, compute=_walk),
    },
)
