"""Where a number lies, in the words of a sentence: what somebody chooses, and what nobody does."""

from pathlib import Path

import pytest

from flopwatt.bench.runner.report import scenarios_text
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.runner.sentences import answer_sentences
from flopwatt.bench.runner.shown_table import ShownTable, shown_table
from flopwatt.bench.study.loader import load_study

HEAD = """title = "t"
[given]
training_flops = 1e24
peak_flops = 1e15
[axes.site]
quantity = "goodput"
values = [0.8, 0.9, 1.0]
labels = ["poor", "fair", "good"]
uncertain = true
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.pue]
values = [1.1, 1.2]
[axes.mfu]
values = [0.25, 0.3, 0.4, 0.5]
uncertain = true
[[questions]]
name = "q"
"""


def answered(tmp_path: Path, question: str) -> tuple[str, ShownTable, str]:
    """Ask one question of a small study: the sentence, the table, and how much was computed."""
    path = tmp_path / "t.toml"
    path.write_text(HEAD + question)
    study = load_study(path)
    (answer,) = run_study(study, "numpy", budget_seconds=0).answers
    return answer_sentences(answer, study)[0], shown_table(answer, study, full=True), scenarios_text(study)


def test_the_best_of_what_nobody_chooses_is_not_said(tmp_path: Path) -> None:
    text, _, _ = answered(tmp_path, 'minimize = "P50(run_time)"\nby = ["site"]')
    assert text.startswith("Poor: the least median run time is ")
    text, _, _ = answered(tmp_path, 'minimize = "P50(run_time)"\nby = ["chip_count", "site"]')
    assert text.startswith("4,000 chips, poor: the least ")


def test_a_plain_number_has_its_axis_beside_it(tmp_path: Path) -> None:
    text, _, _ = answered(
        tmp_path, 'quantiles = "run_time"\nby = ["pue", "chip_count"]\nshow = { pue = 1.2, chip_count = [1000, 4000] }'
    )
    assert text.startswith("PUE 1.2: median run time is ")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("[0.25, 0.75]", " is 11.6 to 29 days (P25 to P75)."),
        ("[0, 0.5, 1]", " (least to greatest: "),
    ],
)
def test_a_range_says_what_its_ends_are(tmp_path: Path, at: str, said: str) -> None:
    text, table, _ = answered(tmp_path, f'quantiles = "run_time"\nat = {at}')
    assert said in text
    assert not {"P0", "P100"} & {column.heading for column in table.columns}


def test_what_is_alike_everywhere_is_not_said_of_one_place(tmp_path: Path) -> None:
    text, _, _ = answered(tmp_path, 'quantiles = "mfu"\nby = ["chip_count"]')
    assert "chips" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ('pareto = ["chip_count", "P50(run_time)"]', "3 different scenarios, each with 12 draws"),
        ('minimize = "P50(run_time)"', "3 different scenarios, each with 12 draws"),
        ('minimize = "P50(run_time)"\nby = ["site"]', "9 different scenarios, each with 4 draws"),
        ('table = ["run_time"]', "3 different scenarios, each with 12 draws"),
        ('quantiles = "run_time"\nby = ["site", "mfu"]', "36 different scenarios"),
    ],
)
def test_draws_are_counted_however_they_are_asked_for(tmp_path: Path, question: str, said: str) -> None:
    assert answered(tmp_path, question)[2] == f"Computed for {said}"


def test_shares_are_in_percent_in_every_kind_of_table(tmp_path: Path) -> None:
    _, table, _ = answered(tmp_path, 'histogram = "mfu"\nbins = 2')
    assert all(text.endswith("%") for column in table.columns[:2] for text in column.texts)
    text, table, _ = answered(tmp_path, 'pareto = ["chip_count", "share(run_time <= 10 day)"]')
    share = next(column for column in table.columns if column.heading.startswith("share of draws"))
    assert all(cell.endswith("%") for cell in share.texts)
    assert text.startswith("One choice has the least of both ")


def test_only_an_axis_that_matters_is_said_to_end(tmp_path: Path) -> None:
    path = HEAD.replace("values = [1000, 2000, 4000]", "geomspace = [1000, 4000]\nnum = 20")
    for objective, ends in (("mfu", False), ("run_time", True)):
        file = tmp_path / "ends.toml"
        file.write_text(f'{path}minimize = "P50({objective})"')
        study = load_study(file)
        (answer,) = run_study(study, "numpy", budget_seconds=0).answers
        assert any("at an end of its axis" in note for note in shown_table(answer, study).notes) == ends


def test_a_share_of_the_variance_is_as_exact_as_in_the_table(tmp_path: Path) -> None:
    text, table, _ = answered(tmp_path, 'sensitivity = "run_time"')
    shares = next(column for column in table.columns if column.heading == "share of the variance")
    first, second = (cell.partition(" ± ")[0] for cell in shares.texts[:2])
    assert f"({first} of its variance), then " in text
    assert f"({second} of its variance)." in text
