"""The form of a study: which keys there are, what a short column means, and errors that name the key."""

import re
from typing import Any

import pytest

from flopwatt.bench.study.schema import SchemaError, parse_column, parse_study

ASKED: dict[str, Any] = {"title": "t", "questions": [{"minimize": "cost"}]}


def test_what_a_study_need_not_say() -> None:
    study = parse_study(ASKED)
    assert (study.title, study.quantities, study.given, study.axes) == ("t", [], {}, {})
    assert len(study.questions) == 1


def test_an_axis_keeps_what_is_written() -> None:
    axis = parse_study(ASKED | {"axes": {"chip": {"from": "hardware", "rows": "h100", "labels": ["a"]}}}).axes["chip"]
    assert (axis.source, axis.rows, axis.labels, axis.draws) == ("hardware", ["h100"], ["a"], None)
    assert parse_study(ASKED | {"axes": {"chip": {"from": "hardware", "rows": "all"}}}).axes["chip"].rows == "all"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": " "}, "title: must be text, not "),
        ({"titel": "t"}, "titel: "),
        ({"questions": {}}, "questions: must be a list of tables; write [[questions]]"),
        ({"questions": [{"minimize": "cost"}, {"minimise": "cost"}]}, "questions[2]"),
        ({"given": {"mfu": True}}, "given.mfu: must be a number, or text such as '120 day', not "),
        ({"given": [1]}, "given: must be a table, not "),
        ({"axes": {"mfu": {}}}, "axes.mfu: is empty; say where its values come from"),
        ({"axes": {"mfu": {"linspace": [1, 2], "num": 2.5}}}, "axes.mfu.num: must be a whole number, not 2.5"),
        ({"axes": {"mfu": {"valus": [1]}}}, "did you mean 'values'?"),
        ({"axes": {"mfu": {"values": [1, None]}}}, "axes.mfu.values[2]: must be a number"),
        ({"axes": {"mfu": {"values": 1}}}, "axes.mfu.values: must be a list, not 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SchemaError, match=re.escape(message)):
        parse_study(ASKED | change)


@pytest.mark.parametrize(
    ("missing", "hint"), [("title", "give the study one line of title"), ("questions", "ask at least one question")]
)
def test_what_a_study_must_say(missing: str, hint: str) -> None:
    with pytest.raises(SchemaError, match=f"^{missing}: is missing; {hint}"):
        parse_study({key: value for key, value in ASKED.items() if key != missing})


@pytest.mark.parametrize("value", [[0.3], 0.3, {"values": [0.3]}])
def test_a_column_may_be_a_list_or_a_number_or_a_table(value: Any) -> None:
    assert parse_column(value, ("axes", "z")).values == [0.3]


def test_whole_numbers_may_be_text() -> None:
    for text in ("1e3", "1_000", "1,000", "1k"):
        assert parse_study(ASKED | {"axes": {"mfu": {"linspace": [0, 1], "num": text}}}).axes["mfu"].num == 1000


@pytest.mark.parametrize("value", ["0.3", True, None])
def test_a_column_is_nothing_else(value: Any) -> None:
    with pytest.raises(SchemaError, match=re.escape("axes.z.columns.mfu: must be a list of values or a table")):
        parse_column(value, ("axes", "z", "columns", "mfu"))


def test_an_error_of_a_column_begins_with_its_place() -> None:
    with pytest.raises(SchemaError, match=r"^axes\.z\.columns\.mfu\.unifrm: .*'uniform'"):
        parse_column({"unifrm": [0.3, 0.5]}, ("axes", "z", "columns", "mfu"))
