"""A run as one JSON document: plain values in the order of the dimensions, and null for what is not finite."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from decided_study import DAY, FAST, answer_to, study_of

from flopwatt.bench.answers.column import Column
from flopwatt.bench.runner.document import answer_entry, document, plain
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study

TEXT = """title = "t"
[given]
training_flops = 1e24
mfu = 0.4
goodput = 1
[axes.chip]
from = "hardware"
rows = ["h100", "mi455x"]
[axes.chip_count]
values = [1000, 2000, 4000]
[[questions]]
name = "best"
minimize = "run_time"
by = ["chip"]
where = ["chip_count <= 2000"]
[[questions]]
name = "rows"
table = ["run_time"]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    path: Path = tmp_path_factory.mktemp("study") / "t.toml"
    path.write_text(TEXT)
    return run_study(load_study(path), "numpy")


@pytest.fixture(scope="module")
def told(run: Run) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(document(run), allow_nan=False))
    return told


def test_the_study_and_what_it_rests_on(run: Run, told: dict[str, Any]) -> None:
    assert (told["study"], told["title"], told["points"], told["dtype"]) == ("t", "t", 6, "float64")
    assert [entry["quantity"] for entry in told["assumptions"]] == [a.quantity for a in run.study.assumptions]
    (missing,) = told["missing"]
    assert missing == {
        "table": "hardware",
        "row": "mi455x",
        "column": "peak_bf16",
        "quantity": "peak_bf16",
        "questions": ["best", "rows"],
    }


def test_what_the_engine_took(run: Run, told: dict[str, Any]) -> None:
    (engine,) = told["engines"]
    assert (engine["engine"], engine["checked"], engine["max_relative_error"]) == ("numpy", "grid", 0.0)
    assert [entry["question"] for entry in engine["questions"]] == ["best", "rows"]
    assert engine["seconds"] == pytest.approx(sum(entry["seconds"] for entry in engine["questions"]))
    assert told["absent"] == []


def test_an_answer_has_its_place_units_and_null_where_there_is_none(told: dict[str, Any]) -> None:
    best, rows = told["answers"]
    assert (best["question"], best["kind"], best["engine"], best["dims"]) == ("best", "best", "numpy", ["chip"])
    assert best["coords"] == {"chip": ["h100-sxm-80gb", "mi455x"]}
    seconds, none = best["values"]["run_time"]["data"]
    assert best["values"]["run_time"]["unit"] == "s"
    assert seconds == pytest.approx(1e24 / (0.4 * 989.4e12 * 2000), rel=1e-3)
    assert none is None
    assert best["at"]["chip_count"] == [2000, None]
    assert rows["rows"] == 3  # those whose run time is known
    assert "rows" not in best


def test_a_column_is_lists_in_the_order_of_its_dimensions() -> None:
    data = np.array([[1.0, np.nan, -np.inf], [np.inf, 2.5, 0.0]])
    assert plain(Column(data)) == [[1.0, None, "-inf"], ["inf", 2.5, 0.0]]
    assert plain(Column(np.array(3))) == 3
    assert plain(Column(np.array(["a", None], object))) == ["a", None]


def test_a_decision_is_told_with_the_nearest_where_there_is_none(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    told = json.loads(json.dumps(answer_entry(answer_to(study, "surer")), allow_nan=False))
    assert (told["kind"], told["dims"], told["coords"]["confidence"]) == ("decision", ["site", "confidence"], [0.5, 0.95])
    assert told["at"] == {"chip_count": [[1000, 2000], [4000, None]]}
    assert told["values"]["share(run_time <= 25 day)"] == {"unit": "", "data": [[0.75, 1], [0.75, None]]}
    nearest = told["nearest"]
    assert nearest["at"] == {"chip_count": [[None, None], [None, 4000]]}
    assert nearest["failed"] == {"share(run_time <= 25 day) >= confidence": [[0, 0], [0, 3]]}
    assert nearest["considered"] == [[0, 0], [0, 3]]
    missed = answer_entry(answer_to(study, "fewest"))["nearest"]
    assert missed["values"]["P80(run_time)"]["unit"] == "s"
    assert missed["excess"] == [None, pytest.approx(1.25 * FAST / (25 * DAY) - 1)]
    assert "nearest" not in answer_entry(answer_to(study, "median"))
