"""Groups in which no decision can be taken: what most decisions fail, and which comes nearest, in sentences."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...kernels.model import units
from ...kernels.model.condition import Condition
from ...kernels.model.promises import at_confidences, by_quantile, comparisons, is_upper
from ...kernels.model.questions import Decision
from ...kernels.model.statistics import AnyPromise, Promise, SharePromise
from ...kernels.model.weights import total_weight
from ..answers import decision_parts as names
from ..answers.answer import Answer
from ..answers.column import Column, coordinates_of_points
from ..answers.parts import Nearest
from ..study.conditions import show_all, show_statistic
from ..study.loader import Study
from ..study.names import axis_words, place_text
from ..terminal import numbers
from .answer_columns import value_column
from .decision_table import choices_shown, decided_rows
from .decision_words import comparison_words, miss_words, percent

MAX_SENTENCES = 4


def unmet_sentences(answer: Answer, study: Study, most: int = MAX_SENTENCES) -> list[str]:
    """Say of each group in which no decision meets the conditions which fails most often, and which decision comes nearest.

    Parameters
    ----------
    answer
        What was answered.
    study
        What it answers.
    most
        How many sentences there are at most.

    Returns
    -------
    list
        Of the first groups a sentence each, and one that counts the others.
    """
    if answer.nearest is None:
        return []
    question: Any = answer.question
    every = answer.rows().tolist()
    taken = set(decided_rows(answer, every))
    unmet = [row for row in every if row not in taken]
    groups = [_Unmet(answer, answer.nearest, study, question, row) for row in unmet]
    failing = [group for group in groups if not group.only_unknown()]
    told = failing if len(failing) <= most else failing[: most - 1]
    result = [group.sentence() for group in told]
    if len(told) < len(failing):
        others, either = (" other", " either") if told else ("", "")
        result.append(f"In {len(failing) - len(told):,}{others} groups no decision meets the conditions{either}.")
    return result


@dataclass(frozen=True)
class _Unmet:
    """A group in which no decision meets the conditions: its row."""

    answer: Answer
    nearest: Nearest
    study: Study
    question: Decision
    row: int

    def sentence(self) -> str:
        group = f"{self.name()}: " if self.name() else ""
        text = f"{group}{self._failing()}{self._closest()}"
        return f"{text if group else text[0].upper() + text[1:]}."

    def name(self) -> str:
        """Name the group by the kept axes that have several points, and the confidence; labels stand for themselves."""
        points = coordinates_of_points(self.answer.coords)
        confidence = points.pop("confidence", None)
        texts = [
            cell if isinstance(column.data[self.row], str) else place_text(axis_words(self.study, name), cell)
            for name, column in points.items()
            if len(self.answer.coords[name].data) > 1
            for cell in [self._cell(column, name)]
        ]
        text = ", ".join(texts)
        if confidence is not None:
            text = f"{text} at {percent(self.number(confidence))}".lstrip()
        return text

    def _failing(self) -> str:
        """Say how many decisions there are, and which condition most of them fail."""
        failed, count = self.failed(), int(self.number(self.nearest.considered))
        if not self._is_known():
            return self._unknown()
        worst, times = max(failed, key=lambda pair: pair[1])
        words = comparison_words(worst, self.study.problem.model)
        if len(failed) == 1:
            return f"no decision of {numbers.count(count)} meets {words}" if count > 1 else f"the only decision fails {words}"
        if count == 1:
            return "the only decision does not meet all conditions"
        often = f"all {numbers.count(count)}" if times == count else f"{numbers.count(times)} of them"
        return f"no decision of {numbers.count(count)} meets all conditions; {words} fails most often, in {often}"

    def _is_known(self) -> bool:
        """Tell whether something comes near: a draw that is not known meets no condition, which leaves its share known."""
        statistics = [promise.statistic for promise in self.question.promises if isinstance(promise, Promise)]
        values = [self.number(self.nearest.values[str(statistic)]) for statistic in statistics]
        return not any(map(math.isnan, [self._excess(), *values]))

    def only_unknown(self) -> bool:
        """Tell whether only the objective is not known: a decision meets all conditions, or there are none."""
        if not (self.question.where or self.question.promises):
            return True
        count = int(self.number(self.nearest.considered))
        return self._excess() <= 0 and not any(times == count for _, times in self.failed())

    def _excess(self) -> float:
        return self.number(self.nearest.excess)

    def _unknown(self) -> str:
        """Say that nothing comes near: the conditions that cannot be missed by a little rule all out, or nothing is known."""
        hard = [comparison_words(c, self.study.problem.model) for c in comparisons(self.asked(), soft=False)]
        return f"no decision is known to meet {' and '.join(hard) or 'the conditions'}"

    def _closest(self) -> str:
        """Name the nearest decision, and say what it misses and by how much."""
        if not self._is_known() or self.only_unknown():
            return ""
        shown = choices_shown(self.answer, self.study)
        place = ", ".join(place_text(axis_words(self.study, name), self._cell(self.nearest.at[name], name)) for name in shown)
        missed = [comparison for comparison, _ in self.failed() if self._miss(comparison)]
        alone = self._miss_by_value(missed[0]) if len(missed) == 1 else ""
        misses = alone or " and ".join(map(self._miss, missed))
        misses = misses or "what just misses it"
        return f". The nearest is {place}, with {misses}" if place else f": {misses}"

    def _miss(self, comparison: Condition | AnyPromise) -> str:
        """Say what a comparison's left side is at the nearest decision and by how much it misses; empty where it is met."""
        model = self.study.problem.model
        if isinstance(comparison, SharePromise):
            share = self.number(self.nearest.values[names.promised_name(comparison, model)])
            words = miss_words(comparison, share, comparison.share)
            return f"{show_all(comparison.conditions, model)} in {percent(share)} of draws ({words})" if words else ""
        name = comparison.quantity if isinstance(comparison, Condition) else comparison.statistic.quantity
        column = self.nearest.values[name if isinstance(comparison, Condition) else str(comparison.statistic)]
        if isinstance(comparison.value, str):
            limit = self.nearest.values[comparison.value]
            bound = units.from_base(units.to_base(self.number(limit), limit.unit), column.unit)
        else:
            bound = float(units.from_base(comparison.value, column.unit))
        words = miss_words(comparison, self.number(column), bound)
        left = model[name].wording if isinstance(comparison, Condition) else show_statistic(comparison.statistic, model)
        return f"{left} {self._cell(column, name)} ({words})" if words else ""

    def _miss_by_value(self, comparison: Condition | AnyPromise) -> str:
        """Say of a share that one condition must hold in what its quantile is, by how much that is missed; else nothing."""
        if not isinstance(comparison, SharePromise):
            return ""
        total = total_weight(self.question.draw_axes(self.study.problem.grid))
        same, model = by_quantile(comparison, total), self.study.problem.model
        if not isinstance(same, Promise) or isinstance(same.value, str):
            return ""
        excess = self._excess() * (abs(same.value) or 1.0)
        value = same.value + excess if is_upper(same.op) else same.value - excess
        item, share = model[same.statistic.quantity], comparison.share if is_upper(same.op) else 1 - comparison.share
        own, bound = (float(units.from_base(number, item.unit)) for number in (value, same.value))
        left = show_statistic(replace(same.statistic, share=share), model)
        return f"{left} {numbers.show(own, item)} ({miss_words(same, own, bound)})"

    def asked(self) -> Decision:
        """Ask the question at this group's confidence."""
        every = at_confidences(self.question)
        return every[self.row % len(every)]

    def failed(self) -> list[tuple[Condition | AnyPromise, float]]:
        """List the conditions that can be missed by a little, and how many decisions fail each."""
        texts = names.failed_names(self.question, self.study.problem.model)
        counts = [self.number(self.nearest.failed[text]) for text in texts]
        return list(zip(comparisons(self.asked(), soft=True), counts, strict=True))

    def number(self, column: Column) -> float:
        return float(np.reshape(column.data, -1)[self.row])

    def _cell(self, column: Column, name: str) -> str:
        return value_column(name, column, self.study, [self.row]).texts[0]
