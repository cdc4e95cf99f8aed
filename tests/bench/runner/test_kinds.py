"""What the runner's table of kinds decides: the words of a question, what equal means in a record, and a file's columns."""

from pathlib import Path

import numpy as np
import pytest

from flopwatt.bench.answers.kinds import KINDS as ANSWERED
from flopwatt.bench.export.answer_files import long_table
from flopwatt.bench.runner.document import answer_entry
from flopwatt.bench.runner.kinds import KINDS
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.record import stored_answer
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels.model.questions import Question

TEXT = """title = "t"
[given]
training_flops = 1e24
goodput = 1
peak_flops = 1e15
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.mfu]
values = [0.25, 0.5]
uncertain = true
[[questions]]
name = "decision"
minimize = "run_time"
where = ["chip_hours >= 1 h"]
at = [0.5, 0.9]
[[questions]]
name = "best"
minimize = "run_time"
where = ["chip_hours >= 1 h"]
by = ["chip_count", "mfu"]
[[questions]]
name = "worst"
maximize = "chip_count"
[[questions]]
name = "summary"
summary = "run_time"
[[questions]]
name = "quantiles"
quantiles = "run_time"
by = ["mfu"]
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
by = ["mfu"]
[[questions]]
name = "table"
table = ["run_time", "chip_hours"]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    path: Path = tmp_path_factory.mktemp("kinds") / "study.toml"
    path.write_text(TEXT)
    return run_study(load_study(path), "numpy", budget_seconds=0)


def test_the_study_asks_every_kind(run: Run) -> None:
    assert {type(question) for question in run.study.questions} == set(KINDS)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("best", {"run_time": "value", "chip_hours": "tied"}),
        ("worst", {"chip_count": "value"}),
        (
            "decision",
            {
                "P50(run_time)": "value",
                "P50(chip_hours)": "tied",
                "P10(run_time)": "tied",
                "P90(run_time)": "tied",
                "share(chip_hours >= 1 h)": "tied",
            },
        ),
        (
            "summary",
            {"count": "count", "feasible": "count", "nan": "count", "min": "value", "mean": "value", "max": "value"},
        ),
        ("quantiles", {"run_time": "binned"}),
        ("histogram", {"from": "value", "to": "value", "count": "value"}),
        ("sensitivity", {"share": "value", "error": "value"}),
        ("pareto", {"chip_count": "value", "run_time": "value"}),
        ("table", {"run_time": "value", "chip_hours": "value"}),
    ],
)
def test_a_record_says_what_equal_means_for_each_value(run: Run, name: str, kinds: dict[str, str]) -> None:
    answer = run.answer(name)
    stored = stored_answer(answer.question, answer)
    assert stored.question == name
    assert {column: values.kind for column, values in stored.values.items()} == kinds


def test_a_summarys_values_are_called_after_their_quantity_in_a_file(run: Run) -> None:
    columns = long_table([run.answer("best"), run.answer("summary")])
    assert list(columns) == [
        "question",
        "chip_count",
        "mfu",
        "run_time",
        "chip_hours",
        "run_time_count",
        "run_time_feasible",
        "run_time_nan",
        "run_time_min",
        "run_time_mean",
        "run_time_max",
    ]
    assert columns["run_time"][1][-1] is None
    assert columns["run_time_min"][1] == [None] * 6 + [np.float64(run.answer("summary").values["min"].data)]


def test_a_best_has_a_place_in_the_document_even_where_every_axis_is_kept(run: Run) -> None:
    assert answer_entry(run.answer("best"))["at"] == {}
    assert list(answer_entry(run.answer("worst"))["at"]) == ["chip_count", "mfu"]
    assert list(answer_entry(run.answer("decision"))["at"]) == ["chip_count"]
    assert "at" not in answer_entry(run.answer("summary"))
    assert list(answer_entry(run.answer("pareto"))["at"]) == ["chip_count"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_what_stands_across_is_a_dimension_of_the_kind(kind: type[Question]) -> None:
    assert set(KINDS[kind].across) <= set(ANSWERED[kind].dims)
    assert KINDS[kind].in_stretches == (ANSWERED[kind].total is not None)


def test_what_is_handed_out_in_stretches_is_walked_once(run: Run) -> None:
    for timed in run.engines[0].questions:
        if KINDS[type(timed.question)].in_stretches:
            assert len(timed.samples) == 1
            assert int(timed.result.values["rows"]) == 6
