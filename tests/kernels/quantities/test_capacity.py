"""The fewest chips that hold a model's states."""

from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]
GB = 1e9


def test_states_of_deepseek_v3(evaluate: Evaluate) -> None:
    """671 billion parameters in BF16, gradients in FP32 and Adam's 12 bytes: 18 bytes each."""
    held = {"memory_capacity": 180 * GB, "memory_reserve": 4 * GB, "chip_count": 64.0}
    values = evaluate("least_chips", "sharded_state_bytes", model="deepseek-v3", **held)
    assert values["state_bytes"] == pytest.approx(671.026e9 * 18, rel=1e-3)
    assert values["sharded_state_bytes"] == pytest.approx(188.7 * GB, rel=1e-3)
    assert values["least_chips"] == 69  # 68 x 176 GB are 11.97 TB, 69 are 12.14


@pytest.mark.parametrize("chips", [69.0, 512.0])
def test_no_strategy_takes_less_than_all_states_sharded(chips: float, evaluate: Evaluate) -> None:
    """ZeRO 3 over all chips, where the model is not cut up otherwise: the weights of a chip, and more."""
    held = {"memory_capacity": 180 * GB, "tokens": 1e12, "sequence_length": 4096.0, "chip_count": chips, "batch_size": chips}
    parts = {"zero_stage": 3.0, "software_date": 2026.0, "recomputed_layers": 1.0}
    values = evaluate("memory_per_chip", "sharded_state_bytes", model="llama-3.1-405b", chip="b200", **held | parts)
    assert values["memory_per_chip"] > values["sharded_state_bytes"]
