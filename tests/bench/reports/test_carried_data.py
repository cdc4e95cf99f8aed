"""The data of a page: the document of the run, of long answers the first rows, and said so."""

from pathlib import Path

import numpy as np
import pytest

from flopwatt.bench.reports.carried_data import carried_data, first_rows, row_count
from flopwatt.bench.runner.document import answer_entry, document
from flopwatt.bench.runner.outcome import Run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study

STUDY = """
title = "cut"
[given]
tokens = 1e12
[axes.model]
from = "models"
rows = ["llama-3.1-405b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "b200-sxm"]
[axes.chip_count]
geomspace = [1e3, 1e5]
num = 10
[axes.assumptions]
draws = 16
seed = 1
columns.mfu = { uniform = [0.3, 0.5] }
[[questions]]
name = "best"
minimize = "P50(cost)"
where = ["P80(run_time) <= 1 day"]
by = ["chip", "chip_count"]
[[questions]]
name = "quantiles"
quantiles = "cost"
at = [0.1, 0.5, 0.9]
by = ["chip", "chip_count"]
[[questions]]
name = "front"
pareto = ["cost", "run_time"]
by = ["chip"]
[[questions]]
name = "table"
table = ["cost"]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    path = tmp_path_factory.mktemp("cut") / "cut.toml"
    path.write_text(STUDY, encoding="utf-8")
    return run_study(load_study(path), "numpy", budget_seconds=0)


def test_small_answers_are_carried_whole(run: Run) -> None:
    carried = carried_data(run)
    assert carried.document["answers"] == document(run)["answers"]
    assert carried.document["headlines"] == document(run)["headlines"]
    assert carried.cut == ()


@pytest.mark.parametrize(("most", "shape"), [(20, (2, 10)), (10, (1, 10)), (7, (1, 7)), (1, (1, 1))])
def test_long_answers_are_cut_along_their_first_dimensions(run: Run, most: int, shape: tuple[int, int]) -> None:
    for name in ("best", "quantiles"):
        whole, part = run.answer(name), first_rows(run.answer(name), most)
        entry = answer_entry(part)
        for key, column in part.values.items():
            assert column.data.shape[:2] == shape
            np.testing.assert_array_equal(column.data, whole.values[key].data[: shape[0], : shape[1]])
        assert [len(entry["coords"][dim]) for dim in ("chip", "chip_count")] == list(shape)
        assert row_count(part) == shape[0] * shape[1]
        if part.nearest is not None:
            assert part.nearest.excess.data.shape == shape


def test_what_stands_side_by_side_is_never_cut(run: Run) -> None:
    part = first_rows(run.answer("quantiles"), 1)
    assert part.coords["quantile"].data.tolist() == [0.1, 0.5, 0.9]


def test_what_is_cut_is_said_and_sentences_are_of_the_whole(run: Run) -> None:
    carried = carried_data(run, 7)
    assert carried.cut[:2] == (
        "best: the data here hold the first 7 of 20 rows.",
        "quantiles: the data here hold the first 7 of 20 rows.",
    )
    whole = {answer["question"]: answer["sentences"] for answer in document(run)["answers"]}
    assert {answer["question"]: answer["sentences"] for answer in carried.document["answers"]} == whole


def test_only_the_fastest_engines_answers_are_carried(tmp_path: Path) -> None:
    study = load_study("quick", ["axes.assumptions.draws=16", "axes.chip_count.num=8"])
    run = run_study(study, ["numpy", "numba"], budget_seconds=0)
    carried = carried_data(run).document
    assert {answer["engine"] for answer in carried["answers"]} == {run.fastest().engine}
    assert [engine["engine"] for engine in carried["engines"]] == ["numpy", "numba"]
