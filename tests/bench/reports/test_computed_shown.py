"""How a run was computed, in words: what is said of engines, of the machine, and of what makes it again."""

import datetime
import platform

import pytest
from made_reports import quick_run

from flopwatt import __version__, load_study, run_study
from flopwatt.bench.reports.computed_shown import computed_shown, engine_columns, machine_words, python_remake
from flopwatt.bench.runner.outcome import Run

MOMENT = datetime.datetime(2026, 3, 1, 13, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))


@pytest.fixture(scope="module")
def run() -> Run:
    return quick_run()


def test_the_python_that_is_told_makes_the_run_again(run: Run) -> None:
    import flopwatt

    command = python_remake(run).command
    assert command.startswith("flopwatt.run_study(flopwatt.load_study('quick', [")
    again = eval(command, {"flopwatt": flopwatt})  # our own text
    assert again.study.digest == run.study.digest
    assert (again.answer("energy").values["energy"].data == run.answer("energy").values["energy"].data).all()


def test_version_time_and_digest_are_told(run: Run) -> None:
    said = dict(computed_shown(run, python_remake(run), MOMENT))
    assert said["flopwatt"].startswith(__version__)
    assert said["Made on"] == "2026-03-01 12:05 UTC"
    assert said["Digest of the study"] == f"SHA-256 {run.study.digest}"
    assert said["Held against the reference"] == "every answer in full: no difference"


def test_agreement_with_numpy_is_told() -> None:
    run = run_study(load_study("quick", ["axes.assumptions.draws=64", "axes.chip_count.num=16"]), "numba")
    said = dict(computed_shown(run, python_remake(run)))["Held against the reference"]
    assert said.startswith("every answer in full: ")


def test_the_machine_is_told_by_its_hardware_and_never_by_its_name() -> None:
    words = machine_words(on_gpu=False)
    assert platform.system() in words
    assert "core" in words
    assert platform.node() not in words.split()


def test_engines_have_a_row_each(run: Run) -> None:
    columns = engine_columns(run)
    assert {len(column.texts) for column in columns} == {len(run.engines)}
    assert columns[0].texts == ("numpy",)
    assert columns[-1].texts == ("none",)
