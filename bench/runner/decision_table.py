"""Decisions in the terminal: a row for each that is taken, and a sentence for each group in which nothing can be."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.model import units
from ...kernels.model.questions import Decision
from ...kernels.model.statistics import Promise, is_mean
from ..answers import decision_parts as names
from ..answers.answer import Answer
from ..answers.column import Column
from ..study.conditions import show_all, show_statistic
from ..study.loader import Study
from ..study.names import axis_words
from ..terminal import numbers
from .answer_columns import Columns, TableColumns, look_of, places_shown, value_column
from .decision_words import percent
from .shown_column import Rows, ShownColumn, columns_alike, text_column

MIN_RANGE = 16  # points of an axis that stand for a range, and are not all that there can be


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
    met = (
        [f"In all draws: {' and '.join(certain)}."]
        if certain and any(axis.uncertain for axis in study.problem.grid.axes)
        else []
    )
    return columns, "\n".join([*met, *table.at_ends()])


def choices_shown(answer: Answer, study: Study) -> list[str]:
    """Name the coordinates that say what is decided: not those of an axis with but one point.

    Parameters
    ----------
    answer
        What has the coordinates.
    study
        What it answers.
    """
    lengths = {name: len(axis) for axis in study.problem.grid.axes for name in (axis.name, *axis.own_columns)}
    return [name for name in places_shown(answer, study) if lengths[name] > 1]


@dataclass(frozen=True)
class _Table:
    answer: Answer
    study: Study
    rows: Rows
    question: Decision

    def column(self, heading: str, column: Column, quantity: str) -> ShownColumn:
        return value_column(quantity, column, self.study, self.rows, heading)

    def coordinates(self) -> Columns:
        """Show where each decision lies along the axes that leave a choice and that the question depends on."""
        shown = [name for name in choices_shown(self.answer, self.study) if name != str(self.question.objective)]
        return [self.column("", self.answer.at[name], name) for name in shown]

    def at_ends(self) -> list[str]:
        """Say which choices lie at an end of their axis: beyond it there may be a better one."""
        said = []
        matter = places_shown(self.answer, self.study)
        for axis in self.study.problem.grid.axes:
            if axis.name not in matter or axis.coordinate_quantity() is None or len(axis) < MIN_RANGE:
                continue
            if self.question.chosen & set(axis.columns):  # a condition says how far the choice goes
                continue
            taken = np.reshape(self.answer.at[axis.name].data, -1)[self.rows]
            ends = np.isin(taken, units.from_base(np.asarray(axis.coordinates())[[0, -1]], self.answer.at[axis.name].unit))
            if ends.any():
                rows = "every row" if ends.all() else numbers.count(int(ends.sum()), "row")
                words = axis_words(self.study, axis.name)
                said.append(f"{words[:1].upper()}{words[1:]} is at an end of its axis in {rows}: look beyond it.")
        return said

    def objective(self) -> Columns:
        """Show what is optimised, with its median and the range of 80% of the draws."""
        objective, values = self.question.objective, self.answer.values
        words = show_statistic(objective, self.study.problem.model)
        own = [self.column(words, values[str(objective)], objective.quantity)]
        if not (spread := names.spread_of(self.question)):
            return own
        columns = [values[str(statistic)] for statistic in spread]
        low, median, high = columns_alike(("", "", ""), columns, self.rows, look_of(objective.quantity, self.study))
        ranges = [numbers.join_spread(*texts) for texts in zip(median.texts, low.texts, high.texts, strict=True)]
        heading = f"{show_statistic(spread[1], self.study.problem.model)} (P10 to P90)"
        together = replace(median, heading=heading, texts=tuple(ranges))
        return [together] if spread[1] == objective else [*own, together]

    def promised(self) -> Columns:
        """Show the statistics that are promised, and the quantities of other conditions; what must be equal is known.

        Where a promise is asked at several confidences, no one statistic says what is promised.
        """
        model, columns = self.study.problem.model, dict[str, ShownColumn]()
        for promise in self.question.promises:
            held = is_mean(promise) or not self.question.confidences
            if held and isinstance(promise, Promise) and promise.statistic != self.question.objective:
                heading, name = show_statistic(promise.statistic, model), names.promised_name(promise, model)
                columns[heading] = self.column(heading, self.answer.values[name], promise.statistic.quantity)
        fixed = {c.quantity for c in self.question.where if c.op == "==" and not isinstance(c.value, str)}
        known = {*fixed, *self.answer.at, *self.answer.coords, self.question.objective.quantity}
        quantities = [name for condition in self.question.where for name in condition.names() if name not in known]
        columns |= {name: self.column("", self.answer.values[name], name) for name in quantities}
        return list(columns.values())

    def shares(self) -> tuple[Columns, list[str]]:
        """Show the share of the draws that meets the conditions of each promise, and that which meets all.

        Returns
        -------
        tuple
            The columns that tell something, and the conditions that every draw meets in every row.
        """
        model, headings, certain = self.study.problem.model, dict[str, str](), list[str]()
        for promise in self.question.promises:
            name, words = names.met_name(promise, model), show_all(promise.on_a_draw(), model)
            if self.rows and (self._shares(name) == 1).all():
                certain += [words] if words not in certain else []
            else:
                headings[name] = f"draws with {words}"
        every = names.met_all_name(self.question, model)
        if every and len(headings) > 1:
            headings.setdefault(every, "draws that meet all")
        return [self._percents(heading, name) for name, heading in headings.items()], certain

    def _shares(self, name: str) -> NDArray[Any]:
        return np.reshape(self.answer.values[name].data, -1)[self.rows]

    def _percents(self, heading: str, name: str) -> ShownColumn:
        shares = self._shares(name).tolist()
        return text_column(heading, [percent(share) for share in shares], shares, name)
