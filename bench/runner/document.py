"""A run as the one JSON document of ``flopwatt run --json``."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...kernels.analysis.choice import Choice
from ..answers.answer import Answer
from ..answers.column import Column
from ..answers.parts import Nearest
from ..records.running_version import flopwatt_entry
from .kinds import KINDS
from .outcome import EngineRun, QuestionRun, Run
from .sentences import answer_sentences, headlines
from .study_entries import asked_entry, axis_entries, given_entries


def document(run: Run) -> dict[str, Any]:
    """Turn a run into plain lists, numbers, texts and None; data in nested lists in the order of ``dims``."""
    study = run.study
    return {
        "flopwatt": flopwatt_entry(),
        "study": study.name,
        "title": study.title,
        "overrides": list(study.overrides),
        "points": study.points,
        "dtype": run.dtype,
        "engines": [engine_entry(engine) for engine in run.engines],
        "choices": [choice_entry(choice) for choice in run.choices],
        "absent": [{"engine": state.name, "reason": state.reason} for state in run.absent],
        "assumptions": [
            {
                "quantity": a.quantity,
                "value": study.in_unit(a.quantity, a.value),
                "unit": study.problem.model[a.quantity].unit,
                "source": a.source,
            }
            for a in study.assumptions
        ],
        "given": given_entries(study),
        "axes": axis_entries(study),
        "questions": {question.name: asked_entry(question, study.problem.model) for question in study.questions},
        "missing": [
            {"table": m.table, "row": m.row, "column": m.column, "quantity": m.quantity, "questions": list(m.questions)}
            for m in study.missing
        ],
        "notes": list(study.notes),
        "headlines": list(headlines(run)),
        "answers": [{**answer_entry(answer), "sentences": list(answer_sentences(answer, study))} for answer in run.answers],
    }


def engine_entry(run: EngineRun) -> dict[str, Any]:
    """Tell what an engine took; ``points_per_second`` counts every question's points, since each is a pass over the grid."""
    return {
        "engine": run.engine,
        "dtype": run.dtype,
        "device": run.device,
        "seconds": run.seconds,
        "points_per_second": run.points_per_second,
        "max_relative_error": run.max_relative_error,
        "checked": run.checked,
        "peak_memory_bytes": run.peak_memory_bytes,
        "prepare_seconds": run.prepare_seconds,
        "questions": [question_entry(question) for question in run.questions],
    }


def choice_entry(choice: Choice) -> dict[str, Any]:
    """Tell which engine questions that share a pass went to, and the seconds that engines were predicted to take."""
    return {
        "questions": [question.name for question in choice.family],
        "engine": choice.engine,
        "predicted": {
            name: {"compile_seconds": prediction.compile, "compute_seconds": prediction.compute}
            for name, prediction in choice.predictions.items()
        },
    }


def question_entry(run: QuestionRun) -> dict[str, Any]:
    """Tell what one question took on one engine."""
    return {
        "question": run.question.name,
        "seconds": run.seconds,
        "samples": len(run.samples),
        "prepare_seconds": run.prepare_seconds,
        "evaluated": run.result.evaluated,
        "pruned": run.result.pruned,
        "nan": run.result.nan,
    }


def answer_entry(answer: Answer) -> dict[str, Any]:
    """Tell one answer; ``units`` are those of ``coords`` and ``at``.

    ``nearest`` is there where decisions are asked for and some group has none that meets the conditions; its data are null in
    the other groups.
    """
    entry: dict[str, Any] = {
        "question": answer.name,
        "kind": answer.question.kind,
        "engine": answer.engine,
        "dims": list(answer.dims),
        "coords": {name: plain(column) for name, column in answer.coords.items()},
        "values": _values(answer.values),
    }
    if answer.at or KINDS.of(answer.question).always_at:
        entry["at"] = {name: plain(column) for name, column in answer.at.items()}
    if answer.total is not None:
        entry["rows"] = answer.total
    if answer.nearest is not None:
        entry["nearest"] = _nearest_entry(answer.nearest)
    named = {**answer.coords, **answer.at}
    entry["units"] = {name: column.unit for name, column in named.items() if column.unit}
    return entry


def _values(columns: Mapping[str, Column]) -> dict[str, Any]:
    return {name: {"unit": column.unit, "data": plain(column)} for name, column in columns.items()}


def _nearest_entry(nearest: Nearest) -> dict[str, Any]:
    return {
        "at": {name: plain(column) for name, column in nearest.at.items()},
        "values": _values(nearest.values),
        "excess": plain(nearest.excess),
        "failed": {name: plain(column) for name, column in nearest.failed.items()},
        "considered": plain(nearest.considered),
    }


def plain(column: Column) -> Any:
    """Turn a column's data into nested lists (a value where it has no dimension); NaN is None, an infinity "inf" or "-inf"."""
    return _plain(np.asarray(column.data).tolist())


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value
