"""What is printed around a run's answers: the grid, what was pruned, what was assumed and is not published, the engines."""

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from flopwatt.bench.runner.outcome import EngineRun, Run
from flopwatt.bench.runner.report import grid_text, print_basis, print_engines, pruning_text
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels.engines import Availability
from flopwatt.kernels.model.questions import Result

TEXT = """title = "t"
[given]
training_flops = 1e24
mfu = 0.4
[axes.chip]
from = "hardware"
rows = ["h100", "mi455x"]
[axes.chip_count]
values = [1000, 2000, 4000]
[[questions]]
minimize = "run_time"
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    path = tmp_path / "t.toml"
    path.write_text(TEXT)
    return load_study(path)


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=110)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_grid_in_a_line(study: Study) -> None:
    assert grid_text(study) == "6 scenarios: chip 2 x chip_count 3"


@pytest.mark.parametrize(
    ("feasible", "result", "points", "text"),
    [
        (None, Result({}, 100), 100, ""),
        (None, Result({}, 60, pruned=40), 100, "100 scenarios: 40 pruned unevaluated, 60 evaluated"),
        ([20, 5], Result({}, 60, pruned=40), 100, "100 scenarios: 40 pruned unevaluated, 60 evaluated; 25 scenarios meet"),
        (None, Result({}, 30, pruned=20), 200, "200 scenarios, 4 alike at a time: 20 pruned unevaluated, 30 evaluated"),
    ],
)
def test_what_was_pruned(feasible: list[int] | None, result: Result, points: int, text: str) -> None:
    answer: Any = SimpleNamespace(values={} if feasible is None else {"feasible": SimpleNamespace(data=np.array(feasible))})
    told = pruning_text(answer, result, points)
    assert told.startswith(text)
    assert bool(told) == bool(text)


def test_what_a_run_rests_on_is_said_with_what_changes_it(study: Study, console: Console) -> None:
    print_basis(console, study, lambda parameter: f"--set {parameter.value}")
    text = printed(console)
    assert "change one with --set name=value" in text
    assert "`flopwatt show sources name`" in text  # a source is cut where the line ends
    for assumption in study.assumptions:
        assert assumption.quantity in text


def test_a_line_for_each_engine_and_for_each_that_is_not_here(study: Study, console: Console) -> None:
    timed: Any = SimpleNamespace(seconds=0.5, prepare_seconds=0.1, max_relative_error=2e-12, result=Result({}, 1_000_000))
    engines = tuple(EngineRun(name, "float64", "", (timed,), 2**20, "sample") for name in ("numpy", "numba"))
    print_engines(console, Run(study, "float64", engines, (), (Availability("cupy", False, "no driver"),)))
    numpy, numba, absent = [line for line in printed(console).splitlines() if line.startswith(("num", "cupy"))]
    assert "reference" in numpy
    assert "2e-12 (sample)" in numba
    assert "2 million" in numba
    assert absent == "cupy: not here: no driver"
