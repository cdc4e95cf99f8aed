"""One question's table in the terminal: which shares of a sensitivity are worth printing, and what is said of the others."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from flopwatt.bench.answers.answer import Answer, Computation, answer_of
from flopwatt.bench.export.answer_files import long_table
from flopwatt.bench.runner.answer_table import print_answer
from flopwatt.bench.runner.document import answer_entry
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels.model.questions import Result, Sensitivity

TEXT = """title = "t"
[given]
training_flops = 1e24
peak_flops = 1e15
[axes.chip_count]
values = [1000, 2000]
[axes.goodput]
values = [0.8, 0.9]
[axes.mfu]
values = [0.2, 0.4]
[[questions]]
sensitivity = "run_time"
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    path = tmp_path / "t.toml"
    path.write_text(TEXT)
    return load_study(path)


def answered(study: Study, shares: Any, errors: Any, by: tuple[str, ...] = ()) -> Answer:
    values = {"shares": np.array(shares), "errors": np.array(errors)}
    values["interactions"] = 1 - values["shares"].sum(axis=-1)
    values["interactions_error"] = np.full(values["interactions"].shape, 0.02)
    question = Sensitivity(name="drivers", quantity="run_time", by=by)
    return answer_of(study.problem, question, Result(values, 8), Computation("numpy", "float64"))


def lines_of(study: Study, answer: Answer) -> list[str]:
    console = Console(file=io.StringIO(), width=80)
    print_answer(console, answer, study)
    assert isinstance(console.file, io.StringIO)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines() if line.strip()]


def test_the_largest_stand_first_and_nothing_below_its_error(study: Study) -> None:
    lines = lines_of(study, answered(study, [0.3, 0.015, 0.67], [0.02, 0.018, 0.004]))
    assert lines == [
        "drivers sensitivity of run_time",
        "axis share",
        "mfu 67.0% ± 0.4%",
        "chip_count 30% ± 2%",
        "2 others are below 0.1% or their error of at most 2%, and not shown: goodput,",
        "(together)",
    ]


def test_groups_are_apart_and_what_is_hidden_is_counted(study: Study) -> None:
    lines = lines_of(study, answered(study, [[0.1, 0.8], [0.5, 0.0]], [[0.01, 0.02], [0.01, 0.0]], ("chip_count",)))
    assert lines[1:] == [
        "chip_count axis share",
        "1,000 chips mfu 80% ± 2%",
        "1,000 chips goodput 10% ± 1%",
        "1,000 chips (together) 10% ± 2%",
        "2,000 chips goodput 50% ± 1%",
        "2,000 chips (together) 50% ± 2%",
        "1 other is below 0.1%, and not shown",
    ]


def test_what_is_unknown_is_shown_as_that(study: Study) -> None:
    lines = lines_of(study, answered(study, [np.nan] * 3, [np.nan] * 3))
    assert lines[2:] == ["chip_count -", "goodput -", "mfu -", "(together) -"]


def test_the_document_and_files_have_all(study: Study) -> None:
    answer = answered(study, [0.3, 0.015, 0.67], [0.02, 0.018, 0.004])
    entry = answer_entry(answer)
    assert entry["coords"]["axis"] == ["chip_count", "goodput", "mfu", "(together)"]
    assert entry["values"]["share"]["data"] == pytest.approx([0.3, 0.015, 0.67, 0.015])
    assert entry["values"]["error"]["data"] == [0.02, 0.018, 0.004, 0.02]
    assert len(long_table([answer])["share"][1]) == 4


def test_where_no_scenario_meets_the_conditions_a_sentence_says_so(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    asked = 'quantiles = "run_time"\nby = ["mfu"]\nwhere = ["chip_count >= {}"]'
    for least, lines in ((1000, 4), (5000, 2)):
        path.write_text(TEXT.replace('sensitivity = "run_time"', asked.format(least)))
        study = load_study(path)
        (answer,) = run_study(study, "numpy").answers
        told = lines_of(study, answer)
        assert len(told) == lines
        assert (told[1:] == ["No scenario meets the conditions."]) == (least == 5000)
