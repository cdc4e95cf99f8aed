"""Answers on large grids are checked on a group and at their points; a table is written whole."""

import dataclasses

import pytest

from flopwatt.bench.suites.large import LARGE, TABLES, WholeTable, checked, looked_at
from flopwatt.bench.suites.shapes import shallow
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.questions import Table

SHAPE = shallow(6, 1e5)


@pytest.mark.parametrize("kind", ["best", "quantiles"])
def test_a_wrong_group_is_seen(kind: str) -> None:
    question = SHAPE.questions[kind]
    result = engines.get("numpy").prepare(SHAPE.problem, question, Settings()).run()
    error = checked(SHAPE, question, result, "numpy", "float64")
    assert error is not None
    assert error < 1e-12
    wrong = {name: values * 1.01 if values.dtype.kind == "f" else values for name, values in result.values.items()}
    with pytest.raises(AssertionError):
        checked(SHAPE, question, dataclasses.replace(result, values=wrong), "numpy", "float64")


def test_a_table_is_computed_whole_and_looked_at() -> None:
    question = Table(name="table", quantities=("cost", "energy"))
    whole = WholeTable(engines.get("numpy").prepare(SHAPE.problem, question, Settings()))
    assert whole.run() == SHAPE.points
    assert looked_at(SHAPE, question, whole, "float64") == pytest.approx(0.0, abs=1e-12)
    elsewhere = dataclasses.replace(
        SHAPE, problem=dataclasses.replace(SHAPE.problem, given={**SHAPE.problem.given, "load": 0.7})
    )
    with pytest.raises(AssertionError):
        looked_at(elsewhere, question, whole, "float64")


@pytest.mark.parametrize("name", [*LARGE, *TABLES])
def test_a_shape_is_as_large_as_its_name_says(name: str) -> None:
    shape = (LARGE | TABLES)[name]()
    assert shape.points == pytest.approx(float(name.rpartition(" ")[2]), rel=0.1)


def test_an_answer_that_nothing_was_held_against_has_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.suites.large.CHECKED", 1)
    question = SHAPE.questions["best"]
    result = engines.get("numpy").prepare(SHAPE.problem, question, Settings()).run()
    assert checked(SHAPE, question, result, "numpy", "float64") is None
