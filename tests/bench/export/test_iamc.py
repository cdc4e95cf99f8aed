"""Answers by year are read by pyam; a study without years is refused by name."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile_study import LONG, hostile_run

import flopwatt
from flopwatt.bench.errors import InputError
from flopwatt.bench.export.answer_files import check_path, write
from flopwatt.bench.export.iamc import years_of
from flopwatt.kernels.model.grid import Axis

STUDY = """title = "Two grids"
[given]
training_flops = 1e24
goodput = 1
peak_flops = 1e15
chip_count = 1000
[axes.country]
labels = ["france", "the moon"]
columns.electricity_price = [0.1, 0.2]
[axes.year]
values = [2026, 2030]
[axes.mfu]
values = [0.25, 0.5]
uncertain = true
[[questions]]
name = "time"
quantiles = "run_time"
at = [0.1, 0.9]
by = ["country", "year"]
[[questions]]
name = "summed"
summary = "run_time"
by = ["year"]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return hostile_run(tmp_path_factory.mktemp("study"))


def test_pyam_reads_years_and_regions(tmp_path: Path) -> None:
    import pyam

    run = hostile_run(tmp_path, STUDY)
    write(run, tmp_path / "out.iamc.csv")
    frame = pyam.IamDataFrame(tmp_path / "out.iamc.csv")
    assert (frame.region, frame.year) == (["World", "france", "the moon"], [2026, 2030])
    assert frame.scenario == ["Two grids"]
    assert frame.model == [f"flopwatt {flopwatt.__version__}"]
    read = frame.filter(variable="Run time|P90", region="the moon", year=2030).data
    assert read["unit"].tolist() == ["s"]
    assert read["value"].tolist() == [run.answer("time").values["run_time"].data[1, 1, 1]]
    assert {"Run time|Mean", "Run time|P10"} <= set(frame.variable)


def test_labels_that_no_file_should_trip_over_are_told_apart(run: Any, tmp_path: Path) -> None:
    import pyam

    write(run, tmp_path / "out.iamc.csv", [LONG])
    frame = pyam.IamDataFrame(tmp_path / "out.iamc.csv")
    assert len(frame.scenario) == 6
    assert all("|" not in scenario for scenario in frame.scenario)
    assert sorted(frame.data["value"]) == pytest.approx(sorted(run.answers[0].values["run_time"].data.reshape(-1)), rel=1e-15)


@pytest.mark.parametrize(
    ("only", "message"),
    [
        (None, r"is a table by year, and .*'least/of:all', .* has no value for each year; choose with the argument only"),
        (["shares"], "'shares' has no value for each year"),
    ],
)
def test_questions_without_a_year_are_refused_before_the_work(run: Any, tmp_path: Path, only: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_path(tmp_path / "out.iamc.csv", run.study, only)


def test_a_study_without_years_is_refused_by_name(tmp_path: Path) -> None:
    text = STUDY.replace("[axes.year]", "[axes.other]\nquantity = 'load'").replace('"year"', '"other"')
    run = hostile_run(tmp_path, text.replace("[2026, 2030]", "[0.5, 0.6]"))
    with pytest.raises(InputError, match=r"^out: .iamc.csv is a table by year, and the study hostile has no axis of years"):
        write(run, tmp_path / "out.iamc.csv")


def test_rows_of_facts_that_end_in_a_year_are_years() -> None:
    column = {"research_share": np.array([0.1, 0.2])}
    assert years_of(Axis("shares", column, ("openai-2024", "openai-2025"))) == (2024, 2025)
    assert years_of(Axis("shares", column, ("openai-2024", "openai"))) == ()
    assert years_of(Axis("site", column, ("a32024", "b"))) == ()
    assert years_of(Axis("year", {"year": np.array([2026.0, 2027.5])})) == ()
