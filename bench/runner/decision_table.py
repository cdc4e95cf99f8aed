"""Decisions in the terminal: a row for each that is taken, and a sentence for each group in which nothing can be."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.model import units
from ...kernels.model.condition import Condition
from ...kernels.model.evaluate import dependence
from ...kernels.model.promises import at_confidences, comparisons, is_mean
from ...kernels.model.questions import Decision
from ...kernels.model.statistics import AnyPromise, Promise, SharePromise
from ..answers import decision_parts as names
from ..answers.answer import Answer
from ..answers.column import Column, coordinates_of_points
from ..answers.parts import Nearest
from ..study.conditions import show_statistic
from ..study.loader import Study
from ..terminal import numbers
from .answer_columns import Columns, Rows, TableColumns, places_shown, preferred_unit, show_cells
from .decision_words import comparison_words, conditions_words, miss_words, percent

MAX_SENTENCES = 4


def decided_rows(answer: Answer, rows: Rows) -> Rows:
    """List those of some groups in which a decision is taken: sentences tell of the others.

    Parameters
    ----------
    answer
        What has the groups.
    rows
        Their flat indices.
    """
    objective = np.reshape(next(iter(answer.values.values())).data, -1)
    return [row for row in rows if not np.isnan(objective[row])]


def decision_columns(answer: Answer, study: Study, rows: Rows) -> TableColumns:
    """Show each decision, then its objective and how sure that is, what is promised, and the shares of the draws.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers: its quantities say in which units.
    rows
        Flat indices of the groups that are shown.
    """
    question: Any = answer.question
    table = _Table(answer, study, rows, question)
    shares, certain = table.shares()
    columns = [*table.coordinates(), *table.objective(), *table.promised(), *shares]
    text = draws_text(study, question)
    return columns, f"{text}; {' and '.join(certain)} in all of them" if text and certain else text


def draws_text(study: Study, question: Decision) -> str:
    """Say over which draws statistics are: ``statistics are over 512 draws of assumptions``; empty where there are none."""
    grid = study.problem.grid
    matter = frozenset[int]().union(*dependence(study.problem, question.targets()).values())
    axes = [axis for i, axis in enumerate(grid.axes) if axis.uncertain and axis.name not in question.by and i in matter]
    if not axes:
        return ""
    count = math.prod(len(axis) for axis in axes)
    weighted = ", weighted" if any(axis.weights is not None for axis in axes) else ""
    return f"statistics are over {numbers.count(count, 'draw')} of {' x '.join(axis.name for axis in axes)}{weighted}"


def choices_shown(answer: Answer, study: Study) -> list[str]:
    """Name the coordinates that say what is decided: not those of an axis with but one point.

    Parameters
    ----------
    answer
        What has the coordinates.
    study
        What it answers.
    """
    lengths = {name: len(axis) for axis in study.problem.grid.axes for name in (axis.name, *axis.columns)}
    return [name for name in places_shown(answer, study) if lengths[name] > 1]


@dataclass(frozen=True)
class _Table:
    answer: Answer
    study: Study
    rows: Rows
    question: Decision

    def cells(self, column: Column, quantity: str = "") -> list[str]:
        return show_cells(column, self.rows, preferred_unit(self.study, quantity))

    def coordinates(self) -> Columns:
        """Show where each decision lies along the axes that leave a choice and that the question depends on."""
        shown = [name for name in choices_shown(self.answer, self.study) if name != str(self.question.objective)]
        return [(name, self.cells(self.answer.at[name], name)) for name in shown]

    def objective(self) -> Columns:
        """Show what is optimised, with its median and the range of 80% of the draws."""
        objective, values = self.question.objective, self.answer.values
        own = [(show_statistic(objective), self.cells(values[str(objective)], objective.quantity))]
        if not (spread := names.spread_of(self.question)):
            return own
        low, median, high = (self.cells(values[str(statistic)], objective.quantity) for statistic in spread)
        ranges = [numbers.join_spread(*texts) for texts in zip(median, low, high, strict=True)]
        together = (f"{show_statistic(spread[1])}\n(P10 to P90)", ranges)
        return [together] if spread[1] == objective else [*own, together]

    def promised(self) -> Columns:
        """Show the statistics that are promised, and the quantities of other conditions; what must be equal is known.

        Where a promise is asked at several confidences, no one statistic says what is promised.
        """
        model, columns = self.study.problem.model, {}
        for promise in self.question.promises:
            held = is_mean(promise) or not self.question.confidences
            if held and isinstance(promise, Promise) and promise.statistic != self.question.objective:
                columns[show_statistic(promise.statistic).replace(" of ", " of\n")] = self.cells(
                    self.answer.values[names.promised_name(promise, model)], promise.statistic.quantity
                )
        fixed = {c.quantity for c in self.question.where if c.op == "==" and not isinstance(c.value, str)}
        known = {*fixed, *self.answer.at, *self.answer.coords, self.question.objective.quantity}
        quantities = [name for condition in self.question.where for name in condition.names() if name not in known]
        columns |= {name: self.cells(self.answer.values[name], name) for name in quantities}
        return list(columns.items())

    def shares(self) -> tuple[Columns, list[str]]:
        """Show the share of the draws that meets the conditions of each promise, and that which meets all.

        Returns
        -------
        tuple
            The columns that tell something, and the conditions that every draw meets in every row.
        """
        model, headings, certain = self.study.problem.model, dict[str, str](), list[str]()
        for promise in self.question.promises:
            name, words = names.met_name(promise, model), conditions_words(promise.on_a_draw(), model)
            if self.rows and (self._shares(name) == 1).all():
                certain += [words] if words not in certain else []
            else:
                heading = "draws with\n" + words.replace(" <", "\n<").replace(" >", "\n>")
                headings[name] = heading.replace(" and ", "\nand ")
        every = names.met_all_name(self.question, model)
        if every and len(headings) > 1:
            headings.setdefault(every, "draws that\nmeet all")
        return [(heading, self._percents(name)) for name, heading in headings.items()], certain

    def _shares(self, name: str) -> NDArray[Any]:
        return np.reshape(self.answer.values[name].data, -1)[self.rows]

    def _percents(self, name: str) -> list[str]:
        return [percent(share) for share in self._shares(name).tolist()]


def unmet_sentences(answer: Answer, study: Study) -> list[str]:
    """Say of each group in which no decision meets the conditions which fails most often, and which decision comes nearest.

    Parameters
    ----------
    answer
        What was answered.
    study
        What it answers.

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
    told = unmet if len(unmet) <= MAX_SENTENCES else unmet[: MAX_SENTENCES - 1]
    result = [_Unmet(answer, answer.nearest, study, question, row).sentence() for row in told]
    if len(told) < len(unmet):
        rest = len(unmet) - len(told)
        result.append(f"In {rest:,} other groups no decision meets the conditions either.")
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
        text = f"{self._group()}{self._failing()}{self._closest()}"
        return f"{text if self._group() else text[0].upper() + text[1:]}."

    def _group(self) -> str:
        """Name the group by the kept axes that have several points, and the confidence; labels stand for themselves."""
        points = coordinates_of_points(self.answer.coords)
        confidence = points.pop("confidence", None)
        texts = [
            cell if isinstance(column.data[self.row], str) else f"{name} {cell}"
            for name, column in points.items()
            if len(self.answer.coords[name].data) > 1
            for cell in [self._cell(column, name)]
        ]
        text = ", ".join(texts)
        if confidence is not None:
            text = f"{text} at {percent(self.number(confidence))}".lstrip()
        return f"{text}: " if text else ""

    def _failing(self) -> str:
        """Say how many decisions there are, and which condition most of them fail."""
        failed, count = self.failed(), int(self.number(self.nearest.considered))
        if self._only_unknown():
            return f"of no decision that meets the conditions {self.question.objective.quantity} is known"
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

    def _only_unknown(self) -> bool:
        """Tell whether a decision meets all conditions, so that only the objective is not known."""
        count = int(self.number(self.nearest.considered))
        return self._excess() <= 0 and not any(times == count for _, times in self.failed())

    def _excess(self) -> float:
        return self.number(self.nearest.excess)

    def _unknown(self) -> str:
        """Say that nothing comes near: the conditions that cannot be missed by a little rule all out, or nothing is known."""
        if not (self.question.where or self.question.promises):
            return f"of no decision {self.question.objective.quantity} is known"
        hard = [comparison_words(c, self.study.problem.model) for c in comparisons(self.asked(), soft=False)]
        return f"no decision is known to meet {' and '.join(hard) or 'the conditions'}"

    def _closest(self) -> str:
        """Name the nearest decision, and say what it misses and by how much."""
        if not self._is_known() or self._only_unknown():
            return ""
        shown = choices_shown(self.answer, self.study)
        place = ", ".join(f"{name} {self._cell(self.nearest.at[name], name)}" for name in shown)
        misses = " and ".join(filter(None, (self._miss(comparison) for comparison, _ in self.failed())))
        misses = misses or "what just misses it"
        return f". The nearest is {place}, with {misses}" if place else f": {misses}"

    def _miss(self, comparison: Condition | AnyPromise) -> str:
        """Say what a comparison's left side is at the nearest decision and by how much it misses; empty where it is met."""
        model = self.study.problem.model
        if isinstance(comparison, SharePromise):
            share = self.number(self.nearest.values[names.promised_name(comparison, model)])
            words = miss_words(comparison, share, comparison.share)
            return f"{conditions_words(comparison.conditions, model)} in {percent(share)} of draws ({words})" if words else ""
        name = comparison.quantity if isinstance(comparison, Condition) else comparison.statistic.quantity
        column = self.nearest.values[name if isinstance(comparison, Condition) else str(comparison.statistic)]
        if isinstance(comparison.value, str):
            limit = self.nearest.values[comparison.value]
            bound = units.from_base(units.to_base(self.number(limit), limit.unit), column.unit)
        else:
            bound = float(units.from_base(comparison.value, column.unit))
        words = miss_words(comparison, self.number(column), bound)
        left = name if isinstance(comparison, Condition) else show_statistic(comparison.statistic)
        return f"{left} {self._cell(column, name)} ({words})" if words else ""

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
        return show_cells(column, [self.row], preferred_unit(self.study, name))[0]
