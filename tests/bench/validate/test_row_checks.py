"""Figures of cases in another magnitude, and figures of a row that contradict one another."""

import math
from typing import Any

import pytest

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.facts.case_columns import COLUMNS
from flopwatt.bench.validate import row_checks
from flopwatt.bench.validate.row_checks import check_rows, published_ranges, sound_rows, unread_cell
from flopwatt.bench.validate.rows import CaseRow, shipped

RUN: dict[str, Any] = {
    "model": "A", "year": 2023, "total_params_b": 6.74, "active_params_b": 6.74, "tokens_t": 2.0, "hardware": "A100-80GB",
    "num_chips": 2048, "gpu_hours": 184320,
}  # fmt: skip


@pytest.mark.parametrize("table", row_checks.PUBLISHED)
def test_what_is_published_passes(table: str) -> None:
    check_rows(shipped(table).rows)


def test_the_range_of_a_column_is_what_is_published() -> None:
    tokens = [row.cells["tokens_t"] for row in shipped("training_runs").rows if "tokens_t" in row.cells]
    assert published_ranges()["tokens_t"] == (min(tokens), max(tokens))
    assert "tp" in published_ranges()  # TP in the file


@pytest.mark.parametrize(
    ("cells", "message"),
    [({"total_params_b": "7e9"}, "total_params_b is 7e9, in 1e9 parameters; known are .* to .*; 7e9 parameters are 7 here."),
     ({"active_params_b": 6.74e9}, "active_params_b is 6.74e9, in 1e9 parameters"),
     ({"tokens_t": 2e12}, "tokens_t is 2e12, in 1e12 tokens; .*; 2e12 tokens are 2 here"),
     ({"tokens_t": 2000}, "tokens_t 2000, gpu_hours 184320 are 391 times the peak of A100.* tokens_t in 1e12 tokens"),
     ({"total_params_b": 6740, "active_params_b": 6740}, "active_params_b 6740, .* is in another unit"),
     ({"gpu_hours": 184}, "times the peak of"), ({"gpu_hours": 1.8432e9}, "times the peak of"),
     ({"energy_mwh": 4.5e8}, "energy_mwh 4.5e8 over gpu_hours 184320 is 2.44e.09 W a chip"),
     ({"total_params_b": 5}, "active_params_b is 6.74, more than"),
     ({"wall_days": 1}, "gpu_hours is 184320, and num_chips 2048 x wall_days 1 x 24 h is 49152"),
     ({"wall_days": 2160}, "gpu_hours is 184320, and num_chips 2048 x wall_days 2160 x 24 h is .*; one of them is in another"),
     ({"grid_kg_per_kwh": 385}, r"grid_kg_per_kwh is 385, in kgCO2e/kWh; coal has about 1; 385 g are 0\.385 here"),
     ({"year": 26}, "year is 26; write it"),
     ({"mfu": 43}, "mfu is 43; it is a share, at most 1, and 43% as 0.43"), ({"pue": 0.9}, "pue is 0.9; it is at least 1"),
     ({"mfu": 0.004}, r"mfu is 0\.004; published are 0\.1968 to 0\.577; write 40% or 0\.4"),
     ({"pue": 110}, "pue is 110; write 110% as 1.1"), ({"chips": 1e12}, "chips is 1e12, in chips"),
     ({"energy_mwh": 0.4}, r"energy_mwh 0\.4 over gpu_hours 184320 is 2\.17 W a chip, and published are 245 to"),
     ({"chips": 16000, "power_mw": 0.03}, r"power_mw 0\.03 over chips 16000 is 1\.88 W a chip")],
)  # fmt: skip
def test_what_no_run_has_is_refused(cells: dict[str, Any], message: str) -> None:
    check_rows([CaseRow(RUN, "runs.csv, line 2")])
    with pytest.raises(InputError, match=f"runs.csv, line 2: .*{message}"):
        check_rows([CaseRow(RUN | cells, "runs.csv, line 2")])


def test_a_benchmarks_energy_is_judged_by_its_own_hours() -> None:
    """5 kWh in 5 chip-hours are 900 W a chip; a training run's energies are a million times as much."""
    power = {"model": "a benchmark", "hardware": "H100-80GB", "num_chips": 64, "gpu_hours": 5.225, "energy_mwh": 0.0047}
    check_rows([CaseRow(power, "power.csv, line 2"), *shipped("mlperf_power").rows])
    for wrong in ({"energy_mwh": 4.7}, {"energy_mwh": 4.7e-6}, {"gpu_hours": 5225}):
        with pytest.raises(InputError, match=r"energy_mwh .* over gpu_hours .* W a chip"):
            check_rows([CaseRow(power | wrong, "power.csv, line 2")])
    with pytest.raises(InputError, match=r"energy_mwh is 0\.0047, in MWh; known are"):
        check_rows([CaseRow({"model": "A", "energy_mwh": 0.0047}, "power.csv, line 2")])


def test_a_row_that_contradicts_itself_costs_no_other() -> None:
    rows = [CaseRow(RUN | cells, f"runs.csv, line {line}") for line, cells in enumerate(({}, {"tokens_t": 2e12}), 2)]
    sound, left_out = sound_rows(rows)
    assert sound == (rows[0],)
    assert [(item.name, item.quantity) for item in left_out] == [("A", "all figures")]
    assert left_out[0].reason.startswith("runs.csv, line 3: tokens_t is 2e12")
    assert left_out[0].reason.endswith("2e12 tokens are 2 here")
    with pytest.raises(InputError, match="line 3: tokens_t"):
        sound_rows(rows[1:])


def test_the_first_cell_that_is_no_number_is_named() -> None:
    rows = [CaseRow(RUN, "runs.csv, line 2"), CaseRow(RUN | {"wall_days": "a month"}, "runs.csv, line 3")]
    assert unread_cell(rows[:1]) is None
    assert "line 3: wall_days must be a number" in str(unread_cell(rows))


STEP: dict[str, Any] = {
    "accelerator": "A100-80GB", "model": "GPT 39.1B", "hidden": 8192, "ffn": 32768, "layers": 48, "seq": 2048,
    "global_batch": 1536, "gpus": 512, "measured_step_s": 14.4535,
}  # fmt: skip


@pytest.mark.parametrize("cells", [{"measured_step_s": 14453.5}, {"measured_step_s": 0.24}, {"seq": 2048000}, {"gpus": 512000}])
def test_a_step_that_no_chip_takes_is_refused(cells: dict[str, Any]) -> None:
    check_rows([CaseRow(STEP, "x")])
    with pytest.raises(InputError, match=r"x: hidden .* times the peak of A100-SXM-80GB, .* measured_step_s in s\);"):
        check_rows([CaseRow(STEP | cells, "x")])


def test_what_is_no_number_is_left_to_who_reads_it() -> None:
    check_rows([CaseRow(RUN | {"gpu_hours": "seven", "wall_days": "n/a", "mfu": "40%"}, "x")])


def test_a_row_that_tests_nothing_may_have_hours_of_a_part() -> None:
    check_rows([CaseRow(RUN | {"gpu_hours": 600, "validation_use": "none (a part)"}, "x")])


def test_other_facts_widen_what_is_published() -> None:
    published = published_ranges()["seq_len"]
    contexts = [row.values["sequence_length"] for row in configs.load("models").rows.values()]
    low, high = row_checks._with_facts(COLUMNS["seq_len"], published)
    assert low <= published[0]
    assert high >= max(context for context in contexts if not math.isnan(context)) > published[1]
    check_rows([CaseRow({"seq_len": high * 90}, "x")])
    with pytest.raises(InputError, match="seq_len is"):
        check_rows([CaseRow({"seq_len": high * 110}, "x")])
