"""Decisions in the terminal: a row for each that is taken, a sentence for each group without one, at any width."""

import re
from pathlib import Path

import pytest
from decided_study import TEXT, answer_to, study_of
from shown_answer import shown_lines

from flopwatt.bench.runner.decision_table import decided_rows
from flopwatt.bench.runner.unmet_groups import unmet_sentences
from flopwatt.bench.study.loader import Study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return study_of(tmp_path)


def printed(study: Study, name: str, width: int = 120) -> list[str]:
    return shown_lines(answer_to(study, name), study, width)


def cells(line: str) -> list[str]:
    return re.split(r"\s{2,}", line.strip())


def test_a_decision_stands_before_what_it_comes_to(study: Study) -> None:
    title, *lines = printed(study, "fewest", 300)
    assert title == ("fewest: least number of chips where median chip-hours <= 10 million h, P80 of run time <= 25 days")
    assert [cells(line) for line in lines[:3]] == [
        ["number of", "chip-hours,", "run time,"],
        ["site", "chips", "h", "days"],
        ["a", "2,000", "555,600", "23.1"],
    ] or cells(lines[2]) == ["a", "2,000", "555,600", "23.1"]
    assert lines[3:] == [
        "b: no decision of 3 meets all conditions; P80 of run time <= 25 days fails most often, in all 3. The nearest is "
        "number of chips 4,000, with P80 of run time 28.9 days (16% over). "
        "In all draws: chip-hours <= 10 million h and run time <= 25 days."  # in place of two columns of 100%
    ]


def test_an_objective_that_draws_change_has_its_median_and_range(study: Study) -> None:
    assert cells(printed(study, "fastest")[-1]) == ["a", "2,000", "14.5", "11.6 (11.6 to 23.1)", "75%"]
    median = printed(study, "median")
    assert median[0] == "median: least median run time"
    assert [cells(line) for line in median[3:5]] == [["a", "5.79 (5.79 to 11.6)"], ["b", "14.5 (14.5 to 28.9)"]]
    assert median[5] == "In every row: number of chips 4,000."


def test_what_it_costs_to_be_surer_is_a_row_for_each_confidence(study: Study) -> None:
    lines = printed(study, "surer")
    assert lines[0] == "surer: least number of chips where run time <= 25 days in at least 50% and 95% of draws"
    rows = [line.split() for line in lines if line.startswith(("a ", "b  "))]
    assert rows == [["a", "50%", "1,000", "75%"], ["a", "95%", "2,000", "100%"], ["b", "50%", "4,000", "75%"]]
    (sentence,) = unmet_sentences(answer_to(study, "surer"), study)
    assert sentence == (
        "b at 95%: no decision of 3 meets run time <= 25 days in at least 95% of draws. The nearest is number of chips 4,000, "
        "with P95 of run time 28.9 days (16% over)."
    )


def test_where_nothing_is_decided_there_is_no_table(study: Study) -> None:
    answer = answer_to(study, "never")
    assert decided_rows(answer, [0]) == []
    assert decided_rows(answer_to(study, "fewest"), [0, 1]) == [0]
    (sentence,) = unmet_sentences(answer, study)
    assert sentence == (
        "No decision of 2 meets all conditions; P80 of run time <= 5 days fails most often, in all 2. The nearest is site a, "
        "number of chips 4,000, with P80 of run time 11.6 days (131% over) and run time <= 10 days in 75% of draws "
        "(20 percentage points short)."
    )
    assert printed(study, "never", 600)[1:] == [sentence]


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", ["fewest", "surer", "fastest", "median", "never"])
def test_nothing_is_wider_than_the_screen(study: Study, name: str, width: int) -> None:
    lines = printed(study, name, width)
    assert max(map(len, lines)) <= width
    assert not any("…" in line for line in lines)


def test_a_choice_at_an_end_of_a_range_is_said(tmp_path: Path) -> None:
    counts = "values = [" + ", ".join(str(1000 * n) for n in range(1, 21)) + "]"
    text = re.sub(r"(\[axes\.chip_count\]\n)values = \[[^\]]*\]", rf"\1{counts}", TEXT)
    study = study_of(tmp_path, text)
    least, most = printed(study, "surer"), printed(study, "median")
    assert "Number of chips is at an end of its axis in every row: look beyond it." in " ".join(most)
    assert "Number of chips is at an end of its axis in 1 row: look beyond it." in " ".join(least)
    limited, few = printed(study, "fastest", 300), printed(study_of(tmp_path, TEXT), "median")
    assert not any("at an end" in line for line in limited)  # a condition on chip_count says how far it goes
    assert not any("at an end" in line for line in few)  # an axis of a few values is a list, not a range
