"""The one place at which drivers are looked at, for every kind of question."""

from pathlib import Path

import pytest
from written_studies import HEAD, study

from flopwatt.bench.drivers.representative_point import find_point
from flopwatt.bench.drivers.study_inputs import StudyInputs
from flopwatt.bench.runner.run import run_study

AXES = """server_rating = 1200
host_load = 0.6
[axes.site]
labels = ["a", "b"]
columns.mfu = [0.25, 0.5]
[axes.chip_count]
values = [1000, 2000, 4000, 8000]
[axes.rack]
columns.tdp = [700, 1000]
columns.network_factor = [1.1, 1.2]
"""


def place_of(folder: Path, question: str, target: str = "run_time") -> dict[str, str] | None:
    loaded = study(folder, HEAD + AXES + f'[[questions]]\nname = "q"\n{question}\n')
    (answer,) = run_study(loaded, "numpy", most_samples=1).answers
    point = find_point(answer, loaded, StudyInputs(loaded).centre(answer.question.by), target)
    return None if point is None else dict(point.words(loaded))


CASES = {
    "a best is where it lies": ('minimize = "run_time"', {"site": "b", "number of chips": "8,000 chips"}),
    "of several bests the best": (
        'maximize = "run_time"\nwhere = ["chip_count >= 1500"]\nby = ["site"]',
        {"site": "a", "number of chips": "2,000 chips"},
    ),
    "of quantiles the row with the least, and a middle point of what is not kept": (
        'quantiles = "run_time"\nby = ["site"]',
        {"site": "b", "number of chips": "4,000 chips"},
    ),
    "of a summary the last row that has an answer": (
        'summary = "run_time"\nby = ["site"]\nwhere = ["mfu <= 0.3", "chip_count <= 1500"]',
        {"site": "a", "number of chips": "1,000 chips"},
    ),
    "of a histogram the last group that counts anything": (
        'histogram = "run_time"\nby = ["site"]\nwhere = ["mfu <= 0.3"]',
        {"site": "a", "number of chips": "4,000 chips"},
    ),
    "of a sensitivity the row that its sentence speaks of": (
        'sensitivity = "run_time"\nby = ["chip_count"]',
        {"number of chips": "1,000 chips", "site": "b"},
    ),
    "the point that a sentence of the study names": (
        'quantiles = "run_time"\nby = ["site"]\nsay = "{run_time site=a} here, {run_time site=b} in the other"',
        {"site": "a", "number of chips": "4,000 chips"},
    ),
    "the point that is shown, where its sentence names none": (
        'quantiles = "run_time"\nby = ["site"]\nshow = { site = "a" }\nsay = "{run_time}"',
        {"site": "a", "number of chips": "4,000 chips"},
    ),
    "of a front the middle point": (
        'pareto = ["run_time", "chip_count"]\nwhere = ["chip_count >= 1500"]',
        {"site": "b", "number of chips": "4,000 chips"},
    ),
    "of a table the row in the middle": ('table = ["run_time"]', {"site": "a", "number of chips": "4,000 chips"}),
}


@pytest.mark.parametrize(("question", "place"), CASES.values(), ids=CASES)
def test_the_place(tmp_path: Path, question: str, place: dict[str, str]) -> None:
    words = place_of(tmp_path, question)
    assert words is not None
    assert {name: point for name, point in words.items() if name in place} == place


def test_no_row_no_place(tmp_path: Path) -> None:
    assert place_of(tmp_path, 'summary = "run_time"\nby = ["site"]\nwhere = ["chip_count >= 9000"]') is None


def test_an_axis_that_nothing_names_is_told_by_its_columns(tmp_path: Path) -> None:
    words = place_of(tmp_path, 'maximize = "facility_power"\nwhere = ["mfu >= 0"]', "facility_power")
    assert words is not None
    assert {"1 kW", "1.2"} <= set(words.values())


def test_a_decision_that_nothing_meets_is_looked_at_where_it_misses_by_least(tmp_path: Path) -> None:
    text = AXES.replace("[axes.rack]", "[axes.draws]\ndraws = 16\ncolumns.goodput = { uniform = [0.7, 0.9] }\n[axes.rack]")
    question = 'minimize = "P50(energy)"\nwhere = ["chip_count >= 1500", "P80(run_time) <= 1 day"]\nby = ["site"]'
    loaded = study(tmp_path, HEAD.replace("goodput = 1\n", "") + text + f'[[questions]]\nname = "q"\n{question}\n')
    (answer,) = run_study(loaded, "numpy", most_samples=1).answers
    point = find_point(answer, loaded, StudyInputs(loaded).centre(("site",)), "energy")
    assert point is not None
    assert dict(point.words(loaded))["number of chips"] == "8,000 chips"


DECIDED = AXES.replace("[axes.rack]", "[axes.draws]\ndraws = 16\ncolumns.goodput = { uniform = [0.7, 0.9] }\n[axes.rack]")
SURE = """[[questions]]
name = "q"
minimize = "chip_count"
where = ["mfu <= 0.3", "run_time <= {days} day"]
at = [0.5, 0.8, 0.95]
by = ["site"]
"""


def test_of_several_confidences_it_is_the_decision_that_sentences_tell(tmp_path: Path) -> None:
    days = 1e24 / (1e12 * 0.25 * 1000) / 86400 / 0.8  # that 1,000 chips take at a goodput that half of the draws reach
    loaded = study(tmp_path, HEAD.replace("goodput = 1\n", "") + DECIDED + SURE.format(days=days))
    (answer,) = run_study(loaded, "numpy", most_samples=1).answers
    assert answer.at["chip_count"].data[0].tolist() == [1000, 2000, 2000]
    point = find_point(answer, loaded, StudyInputs(loaded).centre(("site",)), "chip_count")
    assert point is not None
    assert dict(point.words(loaded))["number of chips"] == "2,000 chips"


def test_a_row_that_the_study_shows_goes_before_the_last(tmp_path: Path) -> None:
    question = 'quantiles = "run_time"\nby = ["site"]'
    assert (place_of(tmp_path, question) or {})["site"] == "b"
    assert (place_of(tmp_path, question + '\nshow = { site = ["a"] }') or {})["site"] == "a"
