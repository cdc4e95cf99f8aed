"""How answers to each kind of question are made, printed, recorded and exported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from ..answers.answer import Answer
from ..study.loader import Study
from .answer_columns import (
    TableColumns,
    clear_shares,
    histogram_columns,
    plain_columns,
    quantile_columns,
    sensitivity_columns,
    summary_columns,
)
from .decision_table import decided_rows, decision_columns
from .shown_column import Rows
from .unmet_groups import unmet_sentences

COUNTS = ("count", "feasible", "nan")  # a summary's values that are whole numbers of scenarios


def _no_sentences(answer: Answer, study: Study, most: int) -> list[str]:
    return []


def _recorded_best(question: Best, name: str) -> str:
    """Tell the objective from the rest: of several equally good points an engine may take another."""
    return "value" if name == question.objective else "tied"


def _recorded_decision(question: Decision, name: str) -> str:
    return "value" if name == str(question.objective) else "tied"


def _recorded_summary(question: Summary, name: str) -> str:
    return "count" if name in COUNTS else "value"


def _recorded_binned(question: Question, name: str) -> str:
    return "binned"


def _recorded_value(question: Question, name: str) -> str:
    return "value"


def _all_rows(answer: Answer, rows: Rows) -> Rows:
    return rows


def _clear_rows(answer: Answer, rows: Rows) -> Rows:
    """List the rows of a sensitivity that are above their errors: of each group the largest first, what is joint last."""
    clear, share = clear_shares(answer), np.nan_to_num(answer.values["share"].data.reshape(-1))
    parts = len(answer.coords["axis"].data)
    return sorted((row for row in rows if clear[row]), key=lambda row: (row // parts, row % parts == parts - 1, -share[row]))


def _no_prefix(question: Question) -> str:
    return ""


def _summary_prefix(question: Summary) -> str:
    return f"{question.quantity}_"


@dataclass(frozen=True)
class RunKind:
    """What is done with questions of a kind and with their answers; a kind's entry says what differs from most.

    Attributes
    ----------
    columns
        Makes the columns of a table that follow the coordinates, and a line below them, of some rows.
    sentences
        Says below the table what has no row there, in at most so many sentences.
    percent
        The kind's own dimensions whose coordinates are shares from 0 to 1, which are shown in percent.
    named
        The kind's own dimensions whose coordinates are names of axes or inputs.
    numbered
        The kind's own dimensions whose coordinates are numbers that say nothing to a person.
    shown
        Which of an answer's rows are worth printing, in which order; files and the JSON document have all.
    across
        The kind's own dimensions whose points stand side by side as columns; the others' points are rows.
    recorded
        What equal means for a value in a record: ``value``, ``count``, ``binned`` or ``tied``.
    file_prefix
        What goes before the name of a value where answers of several questions share a file's columns.
    always_at
        Whether the JSON document has ``at`` even where every axis is kept.
    in_stretches
        Whether an answer is handed out in stretches, since it may be as large as the grid: it is then walked once, held
        against NumPy on the way, and written to a file of its own. Else it is computed whole, several times.
    """

    columns: Callable[[Answer, Study, Rows], TableColumns] = plain_columns
    sentences: Callable[[Answer, Study, int], list[str]] = _no_sentences
    percent: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    numbered: tuple[str, ...] = ()
    shown: Callable[[Answer, Rows], Rows] = _all_rows
    across: tuple[str, ...] = ()
    recorded: Callable[[Any, str], str] = _recorded_value
    file_prefix: Callable[[Any], str] = _no_prefix
    always_at: bool = False
    in_stretches: bool = False


KINDS: ByKind[RunKind] = ByKind(
    "bench.runner.kinds.KINDS",
    {
        Best: RunKind(recorded=_recorded_best, always_at=True),
        Decision: RunKind(
            columns=decision_columns,
            shown=decided_rows,
            sentences=unmet_sentences,
            percent=("confidence",),
            recorded=_recorded_decision,
            always_at=True,
        ),
        Summary: RunKind(columns=summary_columns, recorded=_recorded_summary, file_prefix=_summary_prefix),
        Quantiles: RunKind(columns=quantile_columns, across=("quantile",), recorded=_recorded_binned),
        Histogram: RunKind(columns=histogram_columns, numbered=("bin",)),
        Sensitivity: RunKind(columns=sensitivity_columns, shown=_clear_rows, named=("axis",)),
        Pareto: RunKind(numbered=("point",)),
        Table: RunKind(in_stretches=True, numbered=("scenario",)),
    },
)
