"""What a document says of the inputs behind its answers, so that two documents can be told apart by them."""

import json
from pathlib import Path
from typing import Any

import pytest

from flopwatt.bench.runner.study_entries import asked_entry, axis_entries, given_entries
from flopwatt.bench.study.loader import Study, load_study

TEXT = """title = "t"
[given]
training_flops = 1e24
mfu_deviation = 0
[axes.chip]
from = "hardware"
rows = ["h100", "gb200-nvl72"]
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.draws]
draws = 64
columns.goodput = { uniform = [0.8, 0.9] }
[[questions]]
name = "best"
minimize = "P50(run_time)"
by = ["chip"]
where = ["chip_count <= 2000", "P80(run_time) <= 120 day"]
[[questions]]
name = "rows"
table = ["run_time"]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path: Path = tmp_path_factory.mktemp("study") / "t.toml"
    path.write_text(TEXT)
    return load_study(path, ["training_flops=1e25"])


@pytest.fixture(scope="module")
def axes(study: Study) -> dict[str, Any]:
    return {entry["axis"]: entry for entry in json.loads(json.dumps(axis_entries(study), allow_nan=False))}


def test_stated_values_are_told_from_numbers_of_fits_and_assumptions_are_neither(study: Study) -> None:
    entries = {entry["quantity"]: entry for entry in given_entries(study)}
    assert entries["training_flops"] == {
        "quantity": "training_flops",
        "value": 1e25,
        "unit": "FLOP",
        "source": "given by an override",
        "stated": True,
    }
    assert entries["mfu_intercept"]["stated"] is False
    assert not {a.quantity for a in study.assumptions} & set(entries)


def test_labelled_points_have_every_value_and_a_name(axes: dict[str, Any]) -> None:
    chip = axes["chip"]
    assert (chip["points"], chip["uncertain"], chip["labels"]) == (2, False, ["h100-sxm-80gb", "gb200-nvl72"])
    assert chip["names"]["gb200-nvl72"] == "GB200 NVL72"
    assert chip["columns"]["peak_bf16"]["unit"] == "FLOP/s"
    assert chip["columns"]["peak_bf16"]["data"][0] == pytest.approx(989.4e12, rel=1e-3)


def test_other_points_have_their_ends_and_a_digest(axes: dict[str, Any], tmp_path: Path) -> None:
    counts, draws = axes["chip_count"]["columns"]["chip_count"], axes["draws"]["columns"]["goodput"]
    assert (counts["least"], counts["greatest"]) == (1000, 4000)
    assert "P50" not in counts
    assert draws["P10"] == pytest.approx(0.81, abs=0.005)
    assert draws["P90"] == pytest.approx(0.89, abs=0.005)
    path = tmp_path / "other.toml"
    path.write_text(TEXT.replace("2000, 4000", "2001, 4000"))
    other = {entry["axis"]: entry for entry in axis_entries(load_study(path))}
    assert other["chip_count"]["columns"]["chip_count"]["digest"] != counts["digest"]
    assert other["draws"]["columns"]["goodput"]["digest"] == draws["digest"]


def test_what_is_asked_is_as_a_study_writes_it(study: Study) -> None:
    best, rows = (asked_entry(question, study.problem.model) for question in study.questions)
    assert best["of"] == ["P50(run_time)"]
    assert best["by"] == ["chip"]
    assert best["where"] == ["chip_count <= 2000 chip", "P80(run_time) <= 120 day"]
    assert rows == {"of": ["run_time"], "by": [], "where": []}


def test_an_axis_that_is_only_summed_over_is_listed_with_its_sources() -> None:
    study = load_study("nvidia-openai-buildout")
    entries = {entry["axis"]: entry for entry in axis_entries(study)}
    assert entries["phase"]["summed"]
    assert not entries["period"]["summed"]
    columns = entries["phase"]["columns"]
    assert columns["phase_power"]["source"] == "the study's axis phase"
    assert columns["tdp"]["source"].startswith("hardware: ")
    assert not any("sum of" in entry["quantity"] for entry in given_entries(study))
