"""Every kind of question stands in every table that is keyed by kind; the list below is what an eighth kind must fill in."""

import ast
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from house import KINDS, ROOT, House

from flopwatt.kernels import engines
from flopwatt.kernels.analysis import resources
from flopwatt.kernels.emit.passes import PASSES, Pass
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

TABLES = (  # module and attribute
    ("flopwatt.kernels.plan.kinds", "PLANNING"),  # what its plan needs
    ("flopwatt.kernels.plan.kinds", "SHARING"),  # whether it shares a pass with others
    ("flopwatt.kernels.emit.passes", "PASSES"),  # its passes over the grid
    ("flopwatt.kernels.reductions.kinds", "ANSWERS"),  # its answer from merged states
    ("flopwatt.kernels.engines.registry", "PREPARATIONS"),  # how an engine is handed it
)
# A kind with a new pass adds that here; one that makes do with these passes has nothing to add.
PASS_TABLES = (
    ("flopwatt.kernels.engines.cpu_numba", "SOURCES"),  # its source for a CPU
    ("flopwatt.kernels.engines.gpu", "KERNELS"),  # its kernels for a GPU
    ("flopwatt.kernels.analysis.roofline", "COSTS"),  # what it costs
)
ALL_KINDS = [kind for kind in Question.__subclasses__() if kind.__module__.startswith("flopwatt.")]
HOUSE = House(ROOT)


def table(module: str, attribute: str) -> Mapping[Any, Any]:
    loaded: Mapping[Any, Any] = getattr(importlib.import_module(module), attribute)
    return loaded


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


def test_the_measure_of_the_house_knows_every_kind() -> None:
    assert sorted(kind.__name__ for kind in ALL_KINDS) == sorted(KINDS)


@pytest.mark.parametrize(("module", "attribute"), TABLES)
def test_every_kind_is_in_every_table(module: str, attribute: str) -> None:
    assert set(table(module, attribute)) == set(ALL_KINDS)


@pytest.mark.parametrize(("module", "attribute"), PASS_TABLES)
def test_every_pass_is_in_every_table_of_passes(module: str, attribute: str) -> None:
    assert set(table(module, attribute)) == set(Pass)


def test_every_table_is_in_the_list_and_knows_its_own_name() -> None:
    listed = {f"{module}.{attribute}" for module, attribute in TABLES if isinstance(table(module, attribute), ByKind)}
    assert {f"flopwatt.{table(*each.rsplit('.', 1)).name}" for each in listed} == listed  # type: ignore[attr-defined]
    built = {
        f"flopwatt.{name}.{node.target.id}"
        for name, tree in HOUSE.trees.items()
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and "ByKind" in ast.unparse(node.annotation)
    }
    assert built == listed


def test_kernels_tell_kinds_apart_in_tables_alone() -> None:
    assert [name for name in HOUSE.dispatches() if name.startswith("kernels.")] == []


# --- a kind that no table knows ---------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(("name", "tables"), [("numpy", (ANSWERS,)), ("numba", (PLANNING, PASSES, ANSWERS))])
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
    for missing in (PREPARATIONS, PLANNING, PASSES):
        with pytest.raises(EngineError, match=message(missing)):
            resources.kernels(PROBLEM, MEDIAN, "float64", name)
        as_summary(monkeypatch, missing)
    assert set(resources.kernels(PROBLEM, MEDIAN, "float64", name)) == {"summary"}
