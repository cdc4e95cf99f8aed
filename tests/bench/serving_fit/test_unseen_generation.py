"""Chips of generations that nobody measured: wider predictions, and those of measured ones as they were."""

import math

import pytest

from flopwatt import configs
from flopwatt.bench.serving_fit import serving_rows
from flopwatt.bench.serving_fit.unseen_generation import unseen_spread, widened

_ROW = {
    "name": "somebody's TP8", "model": "Qwen/Qwen3-32B", "chips": "8", "precision": "bfloat16", "input_tokens": "500",
    "output_tokens": "500", "batch_or_concurrency": "64", "quantity": "power, GPUs only", "value": "1000", "unit": "W",
}  # fmt: skip


@pytest.mark.parametrize("chip", ["h100-sxm-80gb", "h20", "b300-sxm", "mi325x", "mi350x"])
def test_chips_of_a_measured_generation_are_as_wide_as_the_fit_says(chip: str) -> None:
    assert widened(configs.load("hardware").rows[chip]) == {}


@pytest.mark.parametrize("chip", ["a100-sxm-80gb", "l40s", "tpu-v6e-trillium", "trainium2", "gaudi3", "mi250x"])
def test_others_are_wider_by_what_is_added_in_squares(chip: str) -> None:
    wider = widened(configs.load("hardware").rows[chip])
    assert set(wider) == {"serving_step_spread", "serving_power_spread"}
    for name, value in wider.items():
        own = configs.defaults()[name].value
        assert value == pytest.approx(math.hypot(own, unseen_spread().added[name]))


def test_generations_are_those_of_the_hardware_table() -> None:
    assert set(unseen_spread().generations) < {row.generation for row in configs.load("hardware").rows.values()}


def test_rows_of_such_chips_are_wider() -> None:
    assert "serving_step_spread" not in serving_rows.case({**_ROW, "chip": "H200"}).inputs
    assert serving_rows.case({**_ROW, "chip": "Gaudi 3"}).inputs["serving_step_spread"] > 0.25
