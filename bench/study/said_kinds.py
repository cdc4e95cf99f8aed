"""What a question's sentences may name: by its kind, the names that placeholders have and the forms of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import (
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
from ...kernels.model.statistics import Measure, Promise, Statistic
from ...kernels.plan.collapse import settled_axes
from ..answers.decision_parts import met_name, spread_of

VALUE = ""  # the form of a name that says all
PLACES = ("first", "second", "third")  # of a sensitivity's inputs, the largest first
COUNT, SHARE, CONFIDENCE = "count", "share", "confidence"
Names = Mapping[str, tuple[str, ...]]  # to the forms of each


def quantile_form(share: float) -> str:
    """Write the form of a quantile: ``P95``; ``min`` and ``max`` for the ends."""
    ends = {0.0: "min", 1.0: "max"}
    return ends.get(float(share), f"P{100 * share:g}")


def statistic_form(statistic: Statistic) -> str:
    """Write the form of a statistic: ``P80``, ``mean``; empty where it is the quantity's value."""
    if statistic.measure is Measure.VALUE:
        return VALUE
    return "mean" if statistic.measure is Measure.MEAN else quantile_form(float(Fraction(statistic.share)))


def coordinates(question: Question, problem: Problem, *, uncertain: bool) -> dict[str, tuple[str, ...]]:
    """Name what tells where a question's points lie along the axes that it does not keep.

    Parameters
    ----------
    question, problem
        What is asked, and of what.
    uncertain
        Whether its points lie along the axes of what nobody knows, too.
    """
    settled = settled_axes(problem, question)
    axes = [
        axis for axis in problem.grid.axes if axis.name not in {*question.by, *settled} and (uncertain or not axis.uncertain)
    ]
    named = [name for axis in axes for name in (axis.name, *(axis.columns if axis.labels is None else ()))]
    return dict.fromkeys(named, (VALUE,))


def _best(question: Best, problem: Problem) -> Names:
    return coordinates(question, problem, uncertain=True) | dict.fromkeys(question.targets(), (VALUE,))


def _decision(question: Decision, problem: Problem) -> Names:
    forms: dict[str, list[str]] = {question.objective.quantity: [VALUE]}
    statistics = [question.objective, *spread_of(question)]
    statistics += [promise.statistic for promise in question.promises if isinstance(promise, Promise)]
    for statistic in statistics:
        forms.setdefault(statistic.quantity, []).append(statistic_form(statistic))
    for name in (name for condition in question.where for name in condition.names()):
        forms.setdefault(name, []).append(VALUE)
    names: dict[str, tuple[str, ...]] = coordinates(question, problem, uncertain=False)
    names |= {name: tuple(dict.fromkeys(several)) for name, several in forms.items()}
    names |= {met_name(promise, problem.model): (VALUE,) for promise in question.promises}
    names |= {SHARE: (VALUE,)} if question.promises else {}
    return names | ({CONFIDENCE: (VALUE,)} if question.confidences else {})


def _summary(question: Summary, problem: Problem) -> Names:
    return {question.quantity: ("min", "mean", "max"), COUNT: (VALUE,), "feasible": (VALUE,), "unknown": (VALUE,)}


def _quantiles(question: Quantiles, problem: Problem) -> Names:
    forms = tuple(quantile_form(share) for share in question.at)
    return {question.quantity: (*((VALUE,) if "P50" in forms else ()), *forms)}


def _histogram(question: Histogram, problem: Problem) -> Names:
    return {question.quantity: ("mode", "min", "max"), SHARE: (VALUE,)}


def _sensitivity(question: Sensitivity, problem: Problem) -> Names:
    return dict.fromkeys(PLACES, (VALUE, SHARE))


def _pareto(question: Pareto, problem: Problem) -> Names:
    names = (*question.targets(), *coordinates(question, problem, uncertain=True))
    return dict.fromkeys(names, ("first", "last")) | {COUNT: (VALUE,)}


def _table(question: Table, problem: Problem) -> Names:
    at = coordinates(question, problem, uncertain=True)
    return at | dict.fromkeys(question.quantities, (VALUE,)) | {COUNT: (VALUE,)}


@dataclass(frozen=True)
class SaidKind:
    """What sentences on questions of a kind may name.

    Attributes
    ----------
    names
        Lists the names beside those of kept axes, each with its forms.
    """

    names: Callable[[Any, Problem], Names]


KINDS: ByKind[SaidKind] = ByKind(
    "bench.study.said_kinds.KINDS",
    {
        Best: SaidKind(_best),
        Decision: SaidKind(_decision),
        Summary: SaidKind(_summary),
        Quantiles: SaidKind(_quantiles),
        Histogram: SaidKind(_histogram),
        Sensitivity: SaidKind(_sensitivity),
        Pareto: SaidKind(_pareto),
        Table: SaidKind(_table),
    },
)


def names_of(question: Question, problem: Problem) -> dict[str, tuple[str, ...]]:
    """List what sentences on a question may name, each name with its forms.

    Parameters
    ----------
    question, problem
        What is asked, and of what.
    """
    return dict.fromkeys(question.by, (VALUE,)) | dict(KINDS.of(question).names(question, problem))
