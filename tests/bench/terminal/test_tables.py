"""Tables on narrow and wide screens: nothing is cut off."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from flopwatt.bench.runner.answer_table import print_answer
from flopwatt.bench.runner.report import print_run
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study
from flopwatt.bench.terminal.tables import break_heading, count_fitting, max_width, split_columns, wrap_text


@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_a_run_fits_its_screen_and_loses_no_figure(width: int) -> None:
    run = run_study(load_study("quick", ["pue=1.2", "axes.chip_count.num=4"]), "numpy")
    out = io.StringIO()
    print_run(Console(file=out, width=width), run)
    answers, _, basis = out.getvalue().partition("Assumed")
    assert max(len(line) for line in (answers + basis).splitlines()) <= width
    assert "…" not in answers
    text = "".join(answers.split())
    assert run.answer("cheapest").name in text
    for heading in ("peak_facility_power", "chip_count"):
        assert heading in text or width < 100


def test_headings_are_broken_only_where_their_cells_are_narrower() -> None:
    assert break_heading("memory_bandwidth", ["3.35 TB/s", "-"]) == "memory_\nbandwidth"
    assert break_heading("name", ["long enough"]) == "name"
    assert break_heading("peak_bf16", ["989 TFLOP/s"]) == "peak_bf16"
    assert break_heading("draws with\nrun_time\n<= 9 days", ["5%"]) == "draws with\nrun_time\n<= 9 days"
    assert break_heading("draws with\nfacility_power\n<= 9 MW", ["5%"]) == "draws with\nfacility_\npower\n<= 9 MW"


def test_columns_that_fit() -> None:
    columns = [("key", ["abc"]), ("a_\nlonger", ["1"]), ("x", ["12345"])]
    assert max_width(["a_\nlonger", "1"]) == 6
    assert [count_fitting(columns, width) for width in (2, 3, 10, 11, 17, 18, 100)] == [0, 1, 1, 2, 2, 3, 3]
    assert max_width([]) == 0


def test_wide_tables_are_cut_into_blocks_that_begin_alike() -> None:
    columns = [("chip", ["h100"]), ("chip_count", ["8"]), ("step_time", ["1.2 s"]), ("pipeline_parallel", ["4"])]
    assert split_columns(columns, 1, 50) == [columns]
    narrow = [("chip", ["h100"]), ("chip_\ncount", ["8"]), ("step_\ntime", ["1.2 s"]), ("pipeline_\nparallel", ["4"])]
    assert split_columns(columns, 1, 30) == [narrow]
    assert split_columns(columns, 1, 18) == [narrow[:3], [narrow[0], narrow[3]]]
    assert split_columns(columns, 1, 5) == [[narrow[0], column] for column in narrow[1:]]
    assert split_columns(columns[:1], 1, 2) == [columns[:1]]


@pytest.mark.slow
def test_a_strategy_is_told_without_what_its_conditions_or_axes_fix() -> None:
    sets = ["chip_count=64", "precision_bits=16", "axes.batch_size.values=[1536]"]
    run = run_study(load_study("strategy-gpt3-175b", sets, ["best"]), "numpy")
    out = io.StringIO()
    print_run(Console(file=out, width=100), run)
    answers, _, _ = out.getvalue().partition("Assumed")
    head, table = answers.split("step_time > 0 s")
    assert "model_divides == 1" in head.replace("\n", " ")
    words = set(table.replace("\n", " ").split())
    assert not {"model_", "divides", "chips_", "groups_", "tensor", "pipeline"} & words
    assert {"tensor_", "parallel", "pipeline_", "interleave"} <= words or "tensor_parallel" in words
    assert max(map(len, table.splitlines())) <= 100


def test_every_row_means_those_that_are_not_shown_too(tmp_path: Path) -> None:
    """A coordinate that differs in the middle alone is a column."""
    counts = ", ".join(str(1000 + i) for i in range(60))
    path = tmp_path / "study.toml"
    path.write_text(
        f"""title = "hidden rows"
[given]
training_flops = 1e24
peak_flops = "1000 GFLOP/s"
goodput = 1
[axes.chip_count]
values = [{counts}]
[axes.mfu]
values = [0.3, 0.4]
[[questions]]
name = "fastest"
minimize = "run_time"
by = ["chip_count"]
"""
    )
    run = run_study(load_study(path), "numpy")
    answer = run.answer("fastest")

    def printed(mfu: np.ndarray) -> str:
        out, at = io.StringIO(), {**answer.at, "mfu": replace(answer.at["mfu"], data=mfu)}
        print_answer(Console(file=out, width=120), replace(answer, at=at), run.study)
        return out.getvalue()

    same = answer.at["mfu"].data
    assert "every row: mfu 0.4" in printed(same)
    middle = same.copy()
    middle[30] = 0.3
    assert "every row" not in printed(middle)
    assert "... 32 of 60 rows are not shown" in printed(middle)


def test_text_is_wrapped_at_blanks_alone() -> None:
    address = "example.org/a-very-long/path-to-a-page"
    lines = wrap_text(f"one two three {address} four", 12, "  ")
    assert lines == ["  one two", "  three", f"  {address}", "  four"]
    assert wrap_text("", 12) == []
