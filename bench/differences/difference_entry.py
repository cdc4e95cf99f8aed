"""A difference as plain data of a JSON document: keys where people read words, and every row that moved."""

from typing import Any

from .answer_cells import Key
from .answer_differences import AnswerDifference, RowDifference, chosen_differently
from .attribution import Attribution
from .difference import Difference
from .difference_words import sentences
from .input_values import InputValue


def difference_entry(difference: Difference) -> dict[str, Any]:
    """Return a difference as plain data: keys where people read words, every row that moved."""
    return {
        "a": difference.a,
        "b": difference.b,
        "versions": [None if version is None else version.version for version in difference.versions],
        "same": difference.is_empty,
        "sentences": list(sentences(difference)),
        "inputs": [
            {
                "quantity": one.quantity,
                "point": one.place[1] or None,
                "a": _input_entry(one.a),
                "b": _input_entry(one.b),
                "change": one.change,
            }
            for one in difference.inputs
        ],
        "also": list(difference.sentences),
        "answers": [_answer_entry(answer) for answer in difference.answers],
        "only_a": list(difference.only_a),
        "only_b": list(difference.only_b),
        "attribution": _attribution_entry(difference.attribution),
    }


def _input_entry(value: InputValue | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "kind": value.kind.value,
        "value": value.text or value.value,
        "low": value.low,
        "high": value.high,
        "unit": value.unit,
    }


def _answer_entry(answer: AnswerDifference) -> dict[str, Any]:
    return {
        "question": answer.question,
        "same_rows": answer.same,
        "moved": [_row_entry(row) for row in (*answer.rows, *answer.others)],
        "only_a": [_key_entry(key) for key in answer.only_a],
        "only_b": [_key_entry(key) for key in answer.only_b],
    }


def _row_entry(row: RowDifference) -> dict[str, Any]:
    values = {side: None if cell is None else cell.value for side, cell in (("a", row.a), ("b", row.b))}
    chosen = {before[0]: [before[1], after[1]] for before, after in chosen_differently(row)}
    entry = {"at": _key_entry(row.cell.key), "of": row.cell.column, "unit": row.cell.unit, **values, "change": row.change}
    return entry | ({"chosen": chosen} if chosen else {})


def _key_entry(key: Key) -> dict[str, Any]:
    return {dim: point for dim, point, _ in key}


def _attribution_entry(attribution: Attribution | None) -> dict[str, Any] | None:
    if attribution is None:
        return None
    return {
        "question": attribution.question,
        "quantity": attribution.quantity,
        "unit": attribution.unit,
        "at": dict(attribution.place),
        "a": attribution.a,
        "b": attribution.b,
        "alone": [{"quantity": name, "value": value, "effect": value - attribution.a} for name, value in attribution.parts],
        "together": attribution.rest,
    }
