"""One question's table in the terminal: which shares of a sensitivity are worth printing, and what is said of the others."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shown_answer import shown_lines

from flopwatt.bench.answers.answer import Answer, Computation, answer_of
from flopwatt.bench.export.answer_files import long_table
from flopwatt.bench.runner.document import answer_entry
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.runner.shown_table import rows_to_show
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
name = "drivers"
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


def lines_of(study: Study, answer: Answer, *, full: bool = False) -> list[str]:
    return [" ".join(line.split()) for line in shown_lines(answer, study, full=full)]


def test_the_largest_stand_first_and_nothing_below_its_error(study: Study) -> None:
    lines = lines_of(study, answered(study, [0.3, 0.015, 0.67], [0.02, 0.018, 0.004]))
    assert lines == [
        "drivers: what the variance of run time comes from",
        "share of the",
        "input variance",
        "MFU 67.0% ± 0.4%",
        "number of chips 30% ± 2%",
        "2 others are below 0.1% or their error of at most 2%, and not shown: goodput,",
        "what they do together.",
    ]


def test_groups_are_apart_and_what_is_hidden_is_counted(study: Study) -> None:
    lines = lines_of(study, answered(study, [[0.1, 0.8], [0.5, 0.0]], [[0.01, 0.02], [0.01, 0.0]], ("chip_count",)))
    assert lines[3:] == [
        "1,000 MFU 80% ± 2%",
        "1,000 goodput 10% ± 1%",
        "1,000 what they do together 10% ± 2%",
        "2,000 goodput 50% ± 1%",
        "2,000 what they do together 50% ± 2%",
        "1 other is below 0.1%, and not shown.",
    ]


def test_what_is_unknown_is_shown_as_that(study: Study) -> None:
    lines = lines_of(study, answered(study, [np.nan] * 3, [np.nan] * 3))
    assert [line.split()[-1] for line in lines[3:]] == ["-"] * 4


def test_the_document_and_files_have_all(study: Study) -> None:
    answer = answered(study, [0.3, 0.015, 0.67], [0.02, 0.018, 0.004])
    entry = answer_entry(answer)
    assert entry["coords"]["axis"] == ["chip_count", "goodput", "mfu", "(together)"]
    assert entry["values"]["share"]["data"] == pytest.approx([0.3, 0.015, 0.67, 0.015])
    assert entry["values"]["error"]["data"] == [0.02, 0.018, 0.004, 0.02]
    assert len(long_table([answer])["share"][1]) == 4


MANY = TEXT.replace("values = [1000, 2000]", "arange = [1000, 7000, 100]").replace(
    'sensitivity = "run_time"', 'minimize = "run_time"\nby = ["chip_count"]\nshow = "all"'
)


def test_a_long_table_is_cut_in_the_middle_and_it_is_said_unless_all_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(MANY)
    study = load_study(path)
    (answer,) = run_study(study, "numpy").answers
    lines = lines_of(study, answer)
    assert lines[3].startswith("1,000 ")
    assert lines[17] == "..."
    assert "Not shown: 32 of 60 rows; full prints all." in " ".join(lines)
    assert not any(line == "..." for line in lines_of(study, answer, full=True))
    assert sum(line[0].isdigit() for line in lines_of(study, answer, full=True)) == 60


def test_no_table_is_cut_for_the_sake_of_a_few_rows() -> None:
    assert rows_to_show(32) == list(range(32))
    assert rows_to_show(33) == [*range(14), *range(19, 33)]


def test_what_is_the_same_in_rows_that_are_not_shown_is_said_and_else_a_column(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(MANY)
    study = load_study(path)
    (answer,) = run_study(study, "numpy").answers
    assert "In every row: goodput 90% and MFU 40%." in " ".join(lines_of(study, answer))
    middle = answer.at["mfu"].data.copy()
    middle[30] = 0.2
    other = replace(answer, at={**answer.at, "mfu": replace(answer.at["mfu"], data=middle)})
    assert "In every row: goodput 90%." in " ".join(lines_of(study, other))


def test_where_no_scenario_meets_the_conditions_a_sentence_says_so(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    asked = 'quantiles = "run_time"\nby = ["mfu"]\nwhere = ["chip_count >= {}"]'
    for least, lines in ((1000, 5), (5000, 2)):
        path.write_text(TEXT.replace('sensitivity = "run_time"', asked.format(least)))
        study = load_study(path)
        (answer,) = run_study(study, "numpy").answers
        told = lines_of(study, answer)
        assert len(told) == lines
        assert (told[1:] == ["No scenario meets the conditions."]) == (least == 5000)
