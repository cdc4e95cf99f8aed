"""An answer of every kind as a table that a person reads."""

from pathlib import Path

import pytest

from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.runner.shown_table import ShownTable, shown_table
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels.model.questions import Question

TEXT = """title = "t"
[given]
training_flops = 1e24
goodput = 1
[axes.chip]
labels = ["slow", "fast"]
columns.peak_flops = [1e15, 2e15]
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.mfu]
values = [0.25, 0.5]
uncertain = true
[[questions]]
name = "decision"
minimize = "P50(run_time)"
where = ["run_time <= 10 day"]
at = [0.5, 0.9]
by = ["chip"]
[[questions]]
name = "unmet"
minimize = "P50(run_time)"
where = ["run_time <= 1 s"]
[[questions]]
name = "best"
minimize = "run_time"
by = ["chip", "mfu"]
[[questions]]
name = "summary"
summary = "run_time"
where = ["chip_count <= 1500"]
by = ["chip_count"]
[[questions]]
name = "quantiles"
quantiles = "run_time"
at = [0.05, 0.5]
by = ["chip", "chip_count"]
[[questions]]
name = "never"
quantiles = "run_time"
where = ["run_time <= 1 s"]
by = ["chip"]
[[questions]]
name = "histogram"
histogram = "run_time"
bins = 3
[[questions]]
name = "sensitivity"
sensitivity = "run_time"
[[questions]]
name = "pareto"
pareto = ["chip_count", "run_time"]
[[questions]]
name = "table"
table = ["run_time", "chip_hours"]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    path: Path = tmp_path_factory.mktemp("shown") / "study.toml"
    path.write_text(TEXT)
    return run_study(load_study(path), "numpy", budget_seconds=0)


def table_of(run: Run, name: str, *, full: bool = False) -> ShownTable:
    return shown_table(run.answer(name), run.study, full)


def test_every_kind_makes_a_table_of_columns_as_long_as_each_other(run: Run) -> None:
    assert {type(answer.question) for answer in run.answers} == set(Question.__subclasses__())
    for answer in run.answers:
        for full in (False, True):
            table = shown_table(answer, run.study, full)
            assert {len(column.texts) for column in table.columns} <= {table.rows}
            assert all(column.numbers is None or len(column.numbers) == table.rows for column in table.columns)
            assert table.rows <= table.length
            assert not any("_" in column.heading for column in table.columns)


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("decision", ["chip", "confidence", "number of chips", "median run time (P10 to P90)"]),
        ("best", ["chip", "MFU", "run time"]),
        ("summary", ["number of chips", "least", "mean", "greatest"]),
        ("quantiles", ["chip", "number of chips", "P5", "median"]),
        ("histogram", ["from", "to", "scenarios"]),
        ("sensitivity", ["input", "share of the variance"]),
        ("pareto", ["number of chips", "median run time", "chip"]),
        ("table", ["run time", "chip-hours", "chip", "number of chips", "MFU"]),
    ],
)
def test_headings_are_words_and_numbers_of_points_are_left_out(run: Run, name: str, headings: list[str]) -> None:
    shown = [column.heading for column in table_of(run, name, full=True).columns]
    assert shown[: len(headings)] == headings or set(shown) <= {*headings, "draws with run time <= 10 days"}


def test_only_the_last_of_an_ordered_axis_is_shown_and_where_is_said(run: Run) -> None:
    table = table_of(run, "quantiles")
    assert table.picked == (("number of chips", "4,000"),) or table.picked == (("number of chips", "4,000 chips"),)
    assert (table.rows, table.length) == (2, 6)
    assert [column.heading for column in table.columns] == ["chip", "P5", "median"]
    whole = table_of(run, "quantiles", full=True)
    assert (whole.rows, whole.length, whole.picked) == (6, 6, ())


def test_rows_that_the_conditions_rule_out_are_left_out_and_counted(run: Run) -> None:
    table = table_of(run, "summary", full=True)
    assert (table.rows, table.length) == (1, 1)
    assert "Left out: 2 rows in which no scenario meets the conditions." in table.notes


def test_an_answer_without_any_row_says_so(run: Run) -> None:
    table = table_of(run, "never")
    assert (table.columns, table.once, table.length, table.rows) == ((), (), 0, 0)
    assert table.notes == ("No scenario meets the conditions.",)
    unmet = table_of(run, "unmet")
    assert unmet.rows == 0
    assert unmet.notes[0].startswith("No decision of 6 meets median run time <= 1 s.")


def test_sentences_are_the_answer_s(run: Run) -> None:
    assert table_of(run, "best").sentences[0].endswith(".")
