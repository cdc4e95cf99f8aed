"""Rows scaled from a chip's: a die, a core, a power limit."""

import math

import pytest

from flopwatt import configs
from flopwatt.bench.estimate.scenario import evaluate
from flopwatt.bench.facts.chips import one_chip
from flopwatt.bench.facts.scaled_chips import LIMIT, limited, part_of, said_of_scaling
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL

CHIPS = configs.load("hardware").rows


def test_a_die_of_two_is_half_of_the_package() -> None:
    package, die = CHIPS["mi250x"], one_chip("MI250X GCD")
    for column in ("peak_bf16", "memory_capacity", "memory_bandwidth", "tdp", "chip_price_low", "chip_price_high"):
        assert die.values[column] == package.values[column] / 2
        assert "1/2 of MI250X" in die.source_of(column)
    assert die.values["scaleup_domain"] == 2 * package.values["scaleup_domain"]
    assert die.values["dies_per_chip"] == 1
    assert die.values["architecture_date"] == package.values["architecture_date"]
    assert (die.key, die.name, die.scaled_from) == ("mi250x-die", "MI250X die", "mi250x")
    assert die.notes.startswith("1/2 of MI250X, which has 2 dies")


@pytest.mark.parametrize(
    ("key", "cores"), [("tpu-v3", 2), ("tpu-v4", 2), ("tpu-v5p", 2), ("tpu-v7-ironwood", 2), ("trainium2", 8)]
)
def test_a_core_is_its_share_of_the_chip(key: str, cores: int) -> None:
    core = part_of(CHIPS[key], "core")
    assert core is not None
    assert core.values["peak_bf16"] == CHIPS[key].values["peak_bf16"] / cores
    assert f"which has {cores} cores" in core.notes


def test_a_chip_of_one_core_is_its_core() -> None:
    assert part_of(CHIPS["tpu-v5e"], "core") is CHIPS["tpu-v5e"]


def test_what_is_not_divided() -> None:
    assert part_of(CHIPS["mi300x"], "die") is None  # eight compute dies, and none of them a device
    assert part_of(CHIPS["gaudi3"], "die") is None  # the table does not say how many it has
    assert part_of(CHIPS["h100-sxm-80gb"], "core") is None


def test_what_is_not_published_of_a_chip_is_not_of_its_part() -> None:
    core = one_chip("v5p TensorCore")
    assert math.isnan(core.values["tdp"])
    assert "tdp" not in core.methods


def test_a_power_limit_scales_the_clock_by_the_models_rule() -> None:
    whole, row = CHIPS["h100-sxm-80gb"], one_chip("H100 500W")
    exponent = configs.defaults()["power_exponent"].value
    clock = (500 / 700) ** exponent
    assert row.values["tdp"] == 500
    for column in ("peak_bf16", "peak_fp8"):
        assert row.values[column] == pytest.approx(clock * whole.values[column])
    for column in ("memory_capacity", "memory_bandwidth", "chip_price_low", "rental_price_high"):
        assert row.values[column] == whole.values[column]
    assert row.values["server_rating"] == whole.values["server_rating"] - 200
    assert (row.key, row.name, row.scaled_from) == ("h100-sxm-80gb-500w", "H100-SXM-80GB at 500 W", "h100-sxm-80gb")
    assert said_of_scaling(row) == (
        "H100-SXM-80GB has 700 W; under a limit of 500 W its clock, and the peaks that an MFU is of, are "
        f"{100 * clock:.1f}% of its own: x (500 W / 700 W)^{exponent:g} = {clock:.3f}, by the "
        "step-time model's power_exponent. Memory, links, prices and load stay."
    )


def test_the_rate_that_is_sustained_falls_with_the_clock_once() -> None:
    """The peaks are lower already: the step-time model must not derate them for the power a second time."""
    given = {name: default.value for name, default in configs.defaults().items()} | {"software_date": 2025.0}
    rates = [
        float(evaluate(Problem(MODEL, Grid(()), given | dict(row.values)), ["bf16_rate"])["bf16_rate"][0])
        for row in (CHIPS["h100-sxm-80gb"], limited(CHIPS["h100-sxm-80gb"], 350.0))
    ]
    assert rates[1] / rates[0] == pytest.approx(0.5 ** given["power_exponent"])


def test_a_limit_on_a_die_is_of_both() -> None:
    row = one_chip("MI250X GCD 200W")
    assert row.values["tdp"] == 200
    assert row.values[LIMIT] == 200 / 250
    assert row.base_key == "mi250x"


def test_a_chip_with_that_power_of_its_own_is_told_of() -> None:
    assert "A100-PCIe-80GB is a chip of 300 W without a limit." in one_chip("A100 at 300W").notes
    assert "without a limit" not in one_chip("H100 500W").notes.split("stay.")[1]


def test_a_scaled_row_is_read_back_by_key_and_name() -> None:
    for text in ("H100 500W", "MI250X GCD", "TPU v4 core", "Trainium2 NeuronCore", "MI250X GCD 200W", "A100 40GB 350 W"):
        row = one_chip(text)
        assert row.scaled_from
        for again in (one_chip(row.key), one_chip(row.name)):
            assert (again.key, again.name, again.notes) == (row.key, row.name, row.notes)
            assert again.figures() == row.figures()
