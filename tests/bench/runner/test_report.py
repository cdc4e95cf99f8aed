"""A run in the terminal: sentences first, then a screen of tables; what answers depend on, what was pruned, engines."""

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.report import (
    MAX_TABLE_LINES,
    RunView,
    grid_text,
    print_findings,
    print_left_out,
    print_notes,
    pruning_text,
    scenarios_text,
)
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.detail import Detail
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.bench.study.sayings import Sayings
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
    ("values", "result", "text"),
    [
        (None, Result({}, 100), ""),
        (None, Result({}, 60, pruned=40), "Of 100 points 60 were computed; the conditions rule out the others."),
        (
            {"feasible": [200, 50], "count": [500, 500]},  # ten alike at a time
            Result({}, 60, pruned=40),
            "Of 100 points 60 were computed; the conditions rule out the others; 25 meet them.",
        ),
    ],
)
def test_what_was_pruned(values: dict[str, list[int]] | None, result: Result, text: str) -> None:
    answer: Any = SimpleNamespace(values={name: SimpleNamespace(data=np.array(data)) for name, data in (values or {}).items()})
    assert pruning_text(answer, result) == text


AXES = """title = "t"
[given]
training_flops = 1e24
peak_flops = 1e15
{given}
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.mfu]
values = [0.2, 0.3, 0.4, 0.5]
uncertain = true
[axes.goodput]
values = [0.8, 0.9]
[axes.tdp]
values = [700, 1000, 1200, 1400, 1500]
"""
TIME = '[[questions]]\nname = "time"\nquantiles = "run_time"\nby = ["chip_count"]\n'
POWER = '[[questions]]\nname = "power"\nsummary = "chip_power"\nby = ["tdp"]\n'


@pytest.mark.parametrize(
    ("questions", "text"),
    [
        (TIME, "Computed for 6 different scenarios, each with 4 draws"),  # not times 5: no answer depends on the TDP
        (POWER, "Computed for 5 different scenarios"),
        (TIME + POWER, "Computed for 11 different scenarios, each with up to 4 draws"),
        (TIME + '[[questions]]\nsummary = "chip_hours"\n', "Computed for 6 different scenarios, each with 4 draws"),
        (TIME.replace('"chip_count"', '"chip_count", "mfu"'), "Computed for 24 different scenarios"),
    ],
)
def test_scenarios_are_those_that_answers_depend_on(tmp_path: Path, questions: str, text: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(AXES.format(given="load = 1") + questions)
    assert scenarios_text(load_study(path)) == text


def run_of(tmp_path: Path, text: str) -> Run:
    path = tmp_path / "t.toml"
    path.write_text(text)
    return run_study(load_study(path), "numpy", budget_seconds=0)


def test_sentences_come_first_and_tables_fill_a_screen_at_most(tmp_path: Path, console: Console) -> None:
    asked = "".join(
        TIME.replace('"time"', f'"time {i}"').replace('["chip_count"]', '["goodput", "chip_count"]\nshow = "all"')
        for i in range(9)
    )
    run = run_of(tmp_path, AXES.format(given="load = 1") + asked)
    found = print_findings(console, run)
    lines = printed(console).splitlines()
    assert lines[:2] == ["t", ""]
    assert lines[2].startswith("Goodput 80%: median run time is 9.05 days (P5 to P95: 7.25 to 18.1)")
    assert [line.partition(":")[0] for line in lines if line.startswith("time ")] == [answer.name for answer in found.answers]
    assert 2 <= len(found.answers) < 9
    assert found.height == len(lines)
    assert len(lines) <= MAX_TABLE_LINES + 14
    (others,) = [line for line in lines if "more answers" in line]
    assert others.startswith(f"{9 - len(found.answers)} more answers (time ")
    full = Console(file=io.StringIO(), width=110)
    assert len(print_findings(full, run, RunView(full=True)).answers) == 9
    assert "more answers" not in printed(full)
    chosen = Console(file=io.StringIO(), width=110)
    assert len(print_findings(chosen, run, RunView(chosen=True)).answers) == 9


def test_a_question_that_is_not_to_be_shown_is_named_alone_unless_it_is_chosen(tmp_path: Path, console: Console) -> None:
    run = run_of(tmp_path, AXES.format(given="load = 1") + TIME + POWER + "show = false\n")
    assert [answer.name for answer in print_findings(console, run).answers] == ["time"]
    assert "1 more answer (power): full prints all, report FILE.html has pictures." in printed(console)
    other = Console(file=io.StringIO(), width=110)
    assert len(print_findings(other, run, RunView(chosen=True)).answers) == 2


def test_what_is_the_same_in_every_table_is_said_in_the_first(tmp_path: Path, console: Console) -> None:
    text = AXES.format(given="load = 1").replace("values = [0.8, 0.9]", "values = [0.9]")
    both = TIME.replace('["chip_count"]', '["chip_count", "goodput"]\nshow = "all"')
    print_findings(console, run_of(tmp_path, text + both + both.replace('"time"', '"again"')))
    assert printed(console).count("In every row: goodput 90%.") == 1


def test_what_a_headline_says_is_not_said_again(tmp_path: Path, console: Console) -> None:
    never = TIME.replace('"time"', '"never"') + 'where = ["run_time <= 1 s"]\n'
    print_findings(console, run_of(tmp_path, AXES.format(given="load = 1") + never + TIME))
    assert printed(console).count("No scenario meets the conditions.") == 1
    assert "never: " not in printed(console)
    full = Console(file=io.StringIO(), width=110)
    print_findings(full, run_of(tmp_path, AXES.format(given="load = 1") + never), RunView(full=True))
    assert "never: " in printed(full)


def test_pruning_is_told_on_request(tmp_path: Path, console: Console) -> None:
    run = run_of(tmp_path, AXES.format(given="load = 1") + TIME)
    (engine,) = run.engines
    (timed,) = engine.questions
    engine = replace(engine, questions=(replace(timed, result=replace(timed.result, pruned=9)),))
    run = replace(run, engines=(engine,))
    print_findings(console, run)
    assert "rule out" not in printed(console)
    print_findings(console, run, RunView(pruning=True))
    assert "the conditions rule out the others" in printed(console)


def test_notes_on_how_inputs_came_about_are_for_who_asks(console: Console) -> None:
    study: Any = SimpleNamespace(notes=("an axis changes nothing", Detail("the axis draws its inputs")))
    print_notes(console, study)
    assert printed(console) == "Note: an axis changes nothing\n"
    print_notes(console, study, details=True)
    assert printed(console).count("Note: ") == 3


def test_what_is_left_out_of_the_sentences_is_told(console: Console) -> None:
    console.width = 120
    sayings = Sayings(left_out=("headlines[4] is left out: {sens}: no such name",))
    study: Any = SimpleNamespace(wording=SimpleNamespace(sayings=sayings))
    run: Any = SimpleNamespace(study=study, shown=lambda: ())
    print_left_out(console, run)
    assert printed(console) == "Note: headlines[4] is left out: {sens}: no such name\n"
