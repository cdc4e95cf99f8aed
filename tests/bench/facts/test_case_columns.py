"""Headings of cases: the columns that they mean, their units, and what is refused."""

import math

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.facts.case_columns import COLUMNS, WORDS, CaseHeading, read_headings
from flopwatt.bench.validate.rows import shipped


@pytest.mark.parametrize(
    ("heading", "name", "size"),
    [("tokens_t", "tokens_t", 1), ("TP", "tp", 1), ("GPU hours", "gpu_hours", 1), ("tokens (T)", "tokens_t", 1),
     ("Training tokens (in billions)", "tokens_t", 1e-3), ("tokens (10^12)", "tokens_t", 1), ("tokens_b", "tokens_t", 1e-3),
     ("params [B]", "total_params_b", 1), ("params (M)", "total_params_b", 1e-3), ("Total params (1e9)", "total_params_b", 1),
     ("energy (MWh)", "energy_mwh", 1), ("Energy (GWh)", "energy_mwh", 1e3), ("energy_kwh", "energy_mwh", 1e-3),
     ("gpu_hours (h)", "gpu_hours", 1), ("gpu_hours (million)", "gpu_hours", 1e6),
     ("GPU hours (k)", "gpu_hours", 1e3), ("gpu_hours (M GPU-hours)", "gpu_hours", 1e6), ("GPU-hours (GPU-h)", "gpu_hours", 1),
     ("wall time (weeks)", "wall_days", 7), ("MFU (%)", "mfu", 0.01), ("PUE (ratio)", "pue", 1), ("num_gpus", "num_chips", 1),
     ("mfu_pct", "mfu", 0.01), ("MFU %", "mfu", 0.01), ("MFU%", "mfu", 0.01), ("HFU (pct)", "hfu", 0.01),
     ("cost ($M)", "cost_usd", 1e6), ("Cost (US$ B)", "cost_usd", 1e9), ("cost ($)", "cost_usd", 1),
     ("layers_done_pct", "layers_done_pct", 1),
     ("cost (M USD)", "cost_usd", 1e6), ("power (GW)", "power_mw", 1e3), ("Step time", "step time", 1),
     ("step_time (ms)", "step_time (ms)", 1), ("measured step (ms)", "measured_step_s", 1e-3), ("TDP (W)", "tdp (w)", 1),
     ("notes (mine)", "notes (mine)", 1), ("energy_scope", "energy_scope", 1)],
)  # fmt: skip
def test_what_a_heading_means(heading: str, name: str, size: float) -> None:
    meaning = read_headings([heading], "f")[heading]
    assert meaning == CaseHeading(name, pytest.approx(size, rel=1e-15))


@pytest.mark.parametrize("heading", ["tokens", "params", "energy", "chip hours", "cost"])
def test_a_heading_without_the_unit_that_it_needs(heading: str) -> None:
    assert math.isnan(read_headings([heading], "f")[heading].size)


@pytest.mark.parametrize(
    ("headings", "message"),
    [(["tokens (bananas)"], r"f: has a column 'tokens \(bananas\)' of a unit .* write tokens_t for 1e12 tokens, or a"),
     (["energy (kg)"], "unit that is not read .* write energy_mwh for MWh"),
     (["energy_mwh (GWh)"], "of two units; write energy_mwh for MWh"),
     (["gpu_hours (days)"], "of two units; write gpu_hours for h"),
     (["tokens_t (B)"], "of two units; write tokens_t for 1e12 tokens"),
     (["precision (bits)"], "which is words without a unit; write precision"),
     (["tokens (T)", "tokens_t"], r"has two columns 'tokens_t': 'tokens \(T\)' and 'tokens_t'"),
     (["Model", "model"], "has two columns 'model'"), (["precison"], "has a column 'precison'; did you mean 'precision'"),
     (["active_param_b"], "did you mean 'active_params_b'")],
)  # fmt: skip
def test_what_is_refused(headings: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_headings(headings, "f")


def test_a_name_that_is_near_is_a_name_where_the_other_is_in_use() -> None:
    assert read_headings(["model", "models"], "f")["models"].name == "models"


@pytest.mark.parametrize("table", ["training_runs", "fleets", "step_times", "bridge_perf", "gigawatts"])
def test_the_headings_of_the_published_cases_mean_themselves(table: str) -> None:
    columns = shipped(table).columns
    assert {heading: meaning.name for heading, meaning in read_headings(columns, "f").items()} == {
        heading: heading.lower() for heading in columns
    }


def test_every_column_of_numbers_that_is_published_is_known() -> None:
    numbers = {
        name.lower()
        for table in ("training_runs", "fleets", "step_times", "bridge_perf", "gigawatts")
        for row in shipped(table).rows
        for name, cell in row.cells.items()
        if isinstance(cell, (int, float)) and not isinstance(cell, bool)
    }
    assert numbers <= COLUMNS.keys() | {"achieved_tflops_per_gpu"}
    assert not WORDS & COLUMNS.keys()
