"""Power of a chip that serves: by hand for stated uses, and what it rises with."""

import math

import pytest

from flopwatt.kernels.quantities import MODEL

LOADS = {
    "serving_static_load": 0.1, "serving_memory_load": 0.5, "serving_compute_load": 1.0, "serving_block_load": 0.2,
    "block_scaled": 0.0, "decode_memory_use": 0.36, "decode_compute_use": 0.04, "prefill_compute_use": 0.49,
}  # fmt: skip


def _load(target: str, **changed: float) -> float:
    return float(MODEL.compute([target], {**LOADS, **changed})[target])


def test_loads_by_hand() -> None:
    assert _load("decode_load") == pytest.approx(0.1 + 0.5 * 0.6 + 0.2)
    assert _load("prompt_load") == pytest.approx(0.1 + 0.7)
    assert _load("decode_load", block_scaled=1.0) == pytest.approx(0.8)
    assert _load("decode_load", decode_compute_use=1.0) == 1.0


@pytest.mark.parametrize(("experts", "bits", "scaled"), [(128, 8, 1.0), (128, 16, 0.0), (0, 8, 0.0), (256, 4, 1.0)])
def test_products_of_experts_in_few_bits_are_scaled_by_blocks(experts: float, bits: float, scaled: float) -> None:
    assert MODEL.compute(["block_scaled"], {"experts": experts, "precision_bits": bits})["block_scaled"] == scaled


def test_a_chip_serves_prompts_and_steps_in_turn_or_apart() -> None:
    shared = {
        "decode_load": 0.5, "prompt_load": 0.9, "prefill_occupancy": 0.25, "prefilling_load": 0.8, "replica_chips": 8.0,
        "added_prefill_chips": 4.0, "serving_power_spread": 0.1, "serving_power_deviation": 0.0, "disaggregated": 0.0,
    }  # fmt: skip
    assert MODEL.compute(["serving_load"], shared)["serving_load"] == pytest.approx(0.6)
    apart = {**shared, "disaggregated": 1.0}
    assert MODEL.compute(["serving_load"], apart)["serving_load"] == pytest.approx((8 * 0.5 + 4 * 0.8) / 12)
    drawn = {**shared, "serving_power_deviation": 1.0}
    assert MODEL.compute(["serving_load"], drawn)["serving_load"] == pytest.approx(0.6 * math.exp(0.1))


def test_power_of_a_chip_and_of_its_server() -> None:
    held = {"tdp": 700.0, "serving_load": 0.5, "peak_server_power": 1300.0, "host_load": 0.5, "throughput_per_chip": 100.0}
    found = MODEL.compute(
        ["serving_chip_power", "serving_wall_power", "energy_per_output_token", "server_energy_per_output_token"], held
    )
    assert found == {
        "serving_chip_power": 350.0, "serving_wall_power": 650.0, "energy_per_output_token": 3.5,
        "server_energy_per_output_token": 6.5,
    }  # fmt: skip
