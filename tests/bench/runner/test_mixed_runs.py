"""A run whose questions went to different engines, each where it is answered first: what is said of it everywhere."""

import dataclasses
import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from written_studies import HEAD

from flopwatt.bench.differences.document_side import side_of_run
from flopwatt.bench.records.store import load, save
from flopwatt.bench.reports.computed_shown import computed_shown, engine_columns, python_remake
from flopwatt.bench.runner import run as driver
from flopwatt.bench.runner.document import document
from flopwatt.bench.runner.engine_table import print_engines
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.record import record_of
from flopwatt.bench.runner.report import print_findings
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels.analysis.choice import Choice, PredictedSeconds

STUDY = HEAD + "[axes.chip_count]\nvalues = [8, 16, 32]\n"
for _name, _asked in (
    ("low", 'minimize = "run_time"'),
    ("spread", 'quantiles = "chip_hours"'),
    ("list", 'table = ["run_time"]'),
):
    STUDY += f'[[questions]]\nname = "{_name}"\n{_asked}\n'
GOES_TO = {"low": "numba", "spread": "numpy", "list": "numba"}


def _weigh(problem: Any, families: Any, *_: Any) -> tuple[Choice, ...]:
    predictions = {"numpy": PredictedSeconds(0.0, 2.0), "numba": PredictedSeconds(0.25, 0.5)}
    return tuple(Choice(family, GOES_TO[family[0].name], predictions) for family in families)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path = tmp_path_factory.mktemp("mixed") / "mixed.toml"
    path.write_text(STUDY)
    return load_study(path)


@pytest.fixture(scope="module")
def run(study: Study) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driver, "choose_engines", _weigh)
        return run_study(study)


def test_each_question_is_computed_once_by_the_engine_that_it_went_to(run: Run) -> None:
    asked = {engine.engine: [timed.question.name for timed in engine.questions] for engine in run.engines}
    assert asked == {"numba": ["low", "list"], "numpy": ["spread"]}
    assert all(len(timed.samples) == 1 for engine in run.engines for timed in engine.questions)
    assert [(answer.name, answer.engine) for answer in run.answers] == list(GOES_TO.items())
    assert run.shown() == run.answers


def test_the_answers_are_those_of_the_engines_that_are_named(run: Run, study: Study) -> None:
    for engine in ("numpy", "numba"):
        for answer in run_study(study, engine).answers:
            for name, column in answer.values.items():
                assert run.answer(answer.name).values[name].data == pytest.approx(column.data, rel=1e-12)


def test_the_terminal_says_which_engine_did_what(run: Run) -> None:
    console = Console(file=io.StringIO(), width=150)
    print_findings(console, run)
    print_engines(console, run)
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    (line,) = [line for line in lines if line.startswith("Computed by")]
    assert line.startswith("Computed by numba (2 questions in ")
    assert [line.split()[:2] for line in lines if line.startswith(("numba", "numpy"))] == [["numba", "2"], ["numpy", "1"]]


def test_the_document_says_what_was_weighed_and_where_each_question_went(run: Run) -> None:
    whole = document(run)
    assert {entry["question"]: entry["engine"] for entry in whole["answers"]} == GOES_TO
    assert [entry["engine"] for entry in whole["engines"]] == ["numba", "numpy"]
    assert [entry["samples"] for engine in whole["engines"] for entry in engine["questions"]] == [1, 1, 1]
    assert whole["choices"][1] == {
        "questions": ["spread"],
        "engine": "numpy",
        "predicted": {
            "numpy": {"compile_seconds": 0.0, "compute_seconds": 2.0},
            "numba": {"compile_seconds": 0.25, "compute_seconds": 0.5},
        },
    }
    assert set(side_of_run(run, "mixed").answers()) == set(GOES_TO)  # diff sees them all


def test_the_report_names_both_engines(run: Run) -> None:
    said = dict(computed_shown(run, python_remake(run)))
    assert said["Computed by"] == "the engines numba and numpy in float64"
    assert said["Made again by"].endswith("load_study('mixed.toml'))")  # which weighs again
    assert engine_columns(run)[3].texts == ("2", "1")


def test_its_record_has_each_question_with_its_engine(run: Run, study: Study, tmp_path: Path) -> None:
    record = record_of(run)
    assert [(one.answers[0].question, one.engine) for one in record.benchmarks] == [
        ("low", "numba"),
        ("list", "numba"),
        ("spread", "numpy"),
    ]
    assert dataclasses.replace(load(save(record, tmp_path)), path=None, created="") == record
    both = record_of(run_study(study, ["numpy", "numba"]))
    names = {one.name for one in both.benchmarks}
    assert {one.name for one in record.benchmarks} < names  # a question has the same name on an engine, however it came there


def test_for_a_record_one_engine_takes_all(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "choose_engines", _weigh)
    run = run_study(study, with_reference=True)
    assert [engine.engine for engine in run.engines] == driver.choose("auto")[0]
    assert run.choices == ()
