"""Which engine answers first: what is weighed, and that nothing is asked of an engine that could not be the first."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from flopwatt.kernels.analysis import choice
from flopwatt.kernels.analysis.choice import (
    COSTS,
    PLAIN,
    Family,
    PredictedSeconds,
    assign,
    choose_engines,
    predict,
    start_seconds,
)
from flopwatt.kernels.engines import NAMES, Settings
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, given, quantity
from flopwatt.kernels.model.questions import Best, Problem, Summary

with collecting() as _own:
    given("a", "", "a number")
    given("b", "", "another")
    given("c", "", "a third")

    @quantity(unit="", source="test")
    def y(a, b, c):  # type: ignore[no-untyped-def]
        return a * b / c


MODEL = Model(_own)
BEST: Family = (Best(name="best", objective="y"),)
SUMMARY: Family = (Summary(name="summary", quantity="y"),)
SETTINGS = Settings(threads=2)


def problem(points: int) -> Problem:
    """About so many points along three axes."""
    n = round(points ** (1 / 3))
    return Problem(MODEL, Grid(tuple(Axis(name, {name: np.arange(1.0, n + 1)}) for name in ("a", "b", "c"))))


class Engine:
    """An engine that would compile for so many seconds, and remembers that it was asked."""

    def __init__(self, compiling: float):
        self.compiling, self.asked = compiling, 0

    def compile_seconds_together(self, problem: Any, family: Any, settings: Any) -> float:
        self.asked += 1
        return self.compiling


@pytest.fixture
def numba(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Engine]:
    def make(compiling: float) -> Engine:
        engine = Engine(compiling)
        monkeypatch.setattr(choice, "get", lambda name: engine)
        return engine

    return make


def chosen(points: int, families: Sequence[Family] = (BEST,)) -> list[str]:
    return [taken.engine for taken in choose_engines(problem(points), families, SETTINGS, ["numpy", "numba"])]


def test_every_engine_has_its_costs() -> None:
    assert set(COSTS) == set(NAMES)
    assert start_seconds(NAMES)["numba"] > 0
    assert PLAIN not in start_seconds(NAMES)
    assert start_seconds(NAMES, ["numba"])["numba"] == 0


@pytest.mark.parametrize("compiling", [0.0, 0.5])
def test_a_small_study_is_numpys_and_asks_nothing_of_others(numba: Callable[[float], Engine], compiling: float) -> None:
    engine = numba(compiling)
    assert chosen(100_000) == ["numpy"]
    assert engine.asked == 0


@pytest.mark.parametrize("compiling", [0.0, 0.5])
def test_a_large_study_is_compiled(numba: Callable[[float], Engine], compiling: float) -> None:
    engine = numba(compiling)
    assert chosen(10**10) == ["numba"]
    assert engine.asked == 1


def test_kernels_that_are_in_the_cache_tip_it(numba: Callable[[float], Engine]) -> None:
    points = 10**9
    numpys = predict(problem(points), BEST, SETTINGS, [PLAIN])[PLAIN].seconds
    numba(2 * numpys)
    assert chosen(points) == ["numpy"]
    numba(0.0)
    assert chosen(points) == ["numba"]


def test_an_engine_that_is_not_here_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise EngineError(f"the engine {name} cannot run here")

    monkeypatch.setattr(choice, "get", absent)
    assert chosen(10**10) == ["numpy"]


def table(**seconds: tuple[float, float]) -> dict[str, PredictedSeconds]:
    return {name: PredictedSeconds(*parts) for name, parts in seconds.items()}


LARGE, SMALL = table(numpy=(0.0, 9.0), numba=(0.5, 0.5)), table(numpy=(0.0, 0.3), numba=(0.1, 0.1))


@pytest.mark.parametrize(
    ("tables", "start", "engines"),
    [
        ([LARGE], 1.0, ["numba"]),
        ([LARGE], 8.0, ["numpy"]),  # its start takes what it gains
        ([SMALL], 0.2, ["numpy"]),
        ([SMALL, SMALL, SMALL], 0.2, ["numba"] * 3),  # which is paid but once
        ([LARGE, SMALL], 1.0, ["numba", "numba"]),  # what runs anyway takes the small one along
        ([LARGE, table(numpy=(0.0, 0.05), numba=(0.1, 0.0))], 1.0, ["numba", "numpy"]),
        ([LARGE, table(numpy=(0.0, 99.0))], 1.0, ["numba", "numpy"]),  # what it does not answer
    ],
)
def test_what_is_paid_once_is_weighed_against_all(
    tables: Sequence[Mapping[str, PredictedSeconds]], start: float, engines: Sequence[str]
) -> None:
    assert [taken.engine for taken in assign([BEST] * len(tables), tables, {"numba": start})] == engines


def test_of_several_engines_the_set_is_taken_that_is_done_first() -> None:
    first = table(numpy=(0.0, 9.0), numba=(0.0, 4.0), cupy=(0.0, 0.1))
    both = [first, table(numpy=(0.0, 9.0), numba=(0.0, 0.2), cupy=(5.0, 0.1))]
    starts = {"numba": 0.1, "cupy": 1.0}
    assert [taken.engine for taken in assign([BEST, SUMMARY], both, starts)] == ["cupy", "numba"]
    assert [taken.engine for taken in assign([BEST, SUMMARY], both, {**starts, "cupy": 6.0})] == ["numba", "numba"]


def test_what_has_started_is_seen() -> None:
    assert PLAIN in choice.started()
    assert ("cupy" in choice.started()) == ("cupy" in sys.modules)
