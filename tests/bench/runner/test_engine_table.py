"""The tables of what computed a run: a line for each engine, and for each question what was predicted."""

import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from flopwatt.bench.runner.engine_table import COUNTED_APART, ONE_RUN, print_choices, print_engines
from flopwatt.bench.runner.outcome import EngineRun, Run
from flopwatt.kernels.analysis.choice import Choice, PredictedSeconds
from flopwatt.kernels.engines import Availability
from flopwatt.kernels.model.questions import Best, Result


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=110)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_line_for_each_engine_and_for_each_that_is_not_here(console: Console) -> None:
    timed: Any = SimpleNamespace(
        seconds=0.5, samples=(0.5, 0.5), prepare_seconds=0.1, max_relative_error=2e-12, result=Result({}, 1_000_000)
    )
    study: Any = None
    engines = tuple(EngineRun(name, "float64", "", (timed,), 2**20, "sample") for name in ("numpy", "numba"))
    print_engines(console, Run(study, "float64", engines, (), (Availability("cupy", False, "no driver"),)))
    numpy, numba, absent = [line for line in printed(console).splitlines() if line.startswith(("num", "cupy"))]
    assert "2e-12 (sample)" in numpy
    assert "2e-12 (sample)" in numba
    assert "2 million" in numba
    assert absent == "cupy: not here: no driver"
    pruned = replace(engines[1], questions=(SimpleNamespace(**{**vars(timed), "result": Result({}, 9)}),))
    print_engines(console, Run(study, "float64", (engines[0], pruned), ()))
    assert COUNTED_APART in " ".join(printed(console).split())
    assert ONE_RUN not in printed(console)


def test_times_of_one_run_are_marked(console: Console) -> None:
    timed: Any = SimpleNamespace(
        seconds=0.5, samples=(0.5,), prepare_seconds=0.1, max_relative_error=0.0, result=Result({}, 1_000_000)
    )
    study: Any = None
    print_engines(console, Run(study, "float64", (EngineRun("numpy", "float64", "", (timed,), None, "grid"),), ()))
    assert f"{ONE_RUN}." in printed(console)


def test_a_line_for_each_question_that_was_weighed(console: Console) -> None:
    large, small = ((Best(name=name, objective="cost"),) for name in ("large", "small"))
    print_choices(
        console,
        [
            Choice(large, "numba", {"numpy": PredictedSeconds(0.0, 9.5), "numba": PredictedSeconds(0.25, 0.5)}),
            Choice(small, "numpy", {"numpy": PredictedSeconds(0.0, 0.001)}),
        ],
    )
    rows = [line.split() for line in printed(console).splitlines() if line.startswith(("large", "small"))]
    assert [" ".join(row) for row in rows] == ["large 9.5 s 250 ms + 500 ms numba", "small 1 ms - numpy"]
    nothing = Console(file=io.StringIO(), width=110)
    print_choices(nothing, [])
    assert printed(nothing) == ""
