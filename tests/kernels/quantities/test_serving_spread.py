"""The spread of a step: wider for experts and for few bits, for nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]


def _spread(evaluate: Evaluate, model: str, bits: float) -> float:
    return float(evaluate("serving_time_spread", model=model, precision_bits=bits)["serving_time_spread"])


def test_a_dense_model_of_16_bits_has_the_base_and_the_sources_part(evaluate: Evaluate) -> None:
    values = evaluate("serving_time_spread", model="llama-3.1-70b", precision_bits=16.0)
    squares = values["serving_step_spread"] ** 2 + values["serving_spread_source"] ** 2
    assert values["serving_time_spread"] == pytest.approx(squares**0.5)
    assert values["expert_product_share"] == 0


def test_experts_and_few_bits_widen_it(evaluate: Evaluate) -> None:
    dense = _spread(evaluate, "llama-3.1-70b", 16.0)
    assert dense < _spread(evaluate, "llama-3.1-70b", 4.0) < _spread(evaluate, "deepseek-v3", 4.0)
    assert dense < _spread(evaluate, "deepseek-v3", 16.0) < 3 * dense
