"""A kind of question that a table does not have: every engine names the table, and answers once all have it."""

import importlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from flopwatt.kernels import engines
from flopwatt.kernels.analysis import resources
from flopwatt.kernels.emit.passes import PASSES
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.engines.registry import MODULES, PREPARATIONS, Collapsing
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.kinds import ByKind
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Problem, Question, Summary
from flopwatt.kernels.plan.kinds import PLANNING, SHARING
from flopwatt.kernels.plan.planner import make
from flopwatt.kernels.plan.sharing import families
from flopwatt.kernels.reductions.kinds import ANSWERS


@dataclass(frozen=True, kw_only=True)
class Median(Question):
    """A kind that no table knows."""

    quantity: str
    kind = "median"

    def objectives(self) -> tuple[str, ...]:
        return (self.quantity,)


MEDIAN = Median(name="", quantity="y")
PROBLEM = Problem(
    Model(
        {
            "a": Quantity("a", "", "given", ""),
            "b": Quantity("b", "", "given", ""),
            "y": Quantity("y", "", "definition", "", lambda a, b: a * b, ("a", "b")),
        }
    ),
    Grid((Axis("a", {"a": np.array([1.0, 2.0])}), Axis("b", {"b": np.array([3.0, 4.0, 5.0])}))),
)


def message(table: ByKind[Any]) -> str:
    return rf"flopwatt\.{table.name} has no entry for questions of the kind Median, only for Best, .*tests/test_kinds\.py"


@pytest.mark.parametrize("name", engines.NAMES)
def test_an_engine_says_which_table_misses_a_kind(name: str) -> None:
    engine = importlib.import_module(f"flopwatt.kernels.engines.{MODULES[name]}").ENGINE  # also where it cannot run
    with pytest.raises(EngineError, match=message(PREPARATIONS)):
        Collapsing(engine).prepare(PROBLEM, MEDIAN, Settings())


def test_planning_and_sharing_say_which_table_misses_a_kind() -> None:
    with pytest.raises(EngineError, match=message(SHARING)):
        families([MEDIAN])
    with pytest.raises(EngineError, match=message(PLANNING)):
        make(PROBLEM, MEDIAN, "float64")


def as_summary(monkeypatch: pytest.MonkeyPatch, table: ByKind[Any]) -> None:
    """Give Median the entry of a summary."""
    monkeypatch.setitem(table._entries, Median, table[Summary])


@pytest.mark.parametrize(("name", "tables"), [("reference", (ANSWERS,)), ("numba", (PLANNING, PASSES, ANSWERS))])
def test_filling_in_one_table_after_the_other_leads_to_an_answer(
    name: str, tables: tuple[ByKind[Any], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_summary(monkeypatch, PREPARATIONS)
    for missing in tables:
        with pytest.raises(EngineError, match=message(missing)):
            engines.get(name).prepare(PROBLEM, MEDIAN, Settings()).run()
        as_summary(monkeypatch, missing)
    expected = engines.get(name).prepare(PROBLEM, Summary(name="", quantity="y"), Settings()).run()
    result = engines.get(name).prepare(PROBLEM, MEDIAN, Settings()).run()
    assert {key: array.tolist() for key, array in result.values.items()} == {
        key: array.tolist() for key, array in expected.values.items()
    }
    assert result.values["mean"] == 6.0


@pytest.mark.parametrize("name", resources.ENGINES)
def test_filling_in_one_table_after_the_other_leads_to_kernels_of_a_gpu(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = replace(PROBLEM)  # plans of one that was planned before are kept
    for missing in (PREPARATIONS, PLANNING, PASSES):
        with pytest.raises(EngineError, match=message(missing)):
            resources.kernels(problem, MEDIAN, "float64", name)
        as_summary(monkeypatch, missing)
    assert set(resources.kernels(problem, MEDIAN, "float64", name)) == {"summary"}
