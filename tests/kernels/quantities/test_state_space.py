"""Hybrids: what state spaces cost, and that the layers of a transformer cost what they did without them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.step_time import predict
from flopwatt.kernels.quantities import MODEL, state_space

NANO = "nemotron-3-nano-30b-a3b"
Evaluate = Callable[..., dict[str, Any]]

# Model operations per second and tokens per second of one chip, NVIDIA-NeMo/Megatron-Bridge docs/performance-summary.md
REPORTED = [(901e12, 39936), (831e12, 37316), (726e12, 32768)]


@pytest.mark.parametrize(("operations", "tokens"), REPORTED)
def test_operations_per_token_are_those_that_its_makers_report(operations: float, tokens: float, evaluate: Evaluate) -> None:
    ours = evaluate("full_flops_per_token", model=NANO)["full_flops_per_token"]
    assert ours == pytest.approx(operations / tokens, rel=0.025)


def test_the_scan_s_operations_are_those_of_its_loops() -> None:
    """Products of one chunk, counted multiplication by multiplication, in units of two operations."""
    heads, width, state, groups, chunk = 4, 2, 3, 2, state_space.CHUNK
    queries_keys = groups * chunk * chunk * state
    within = heads * chunk * chunk * width
    into, out = heads * chunk * width * state, heads * chunk * width * state
    scan = MODEL["mamba_scan_flops"](5.0, heads * width, groups, state)
    assert scan == 5 * 2 * (queries_keys + within + into + out) / chunk


def test_layers_without_attention_have_no_core(evaluate: Evaluate) -> None:
    all_attention = evaluate("attention_core_flops", model=NANO, attention_free_layers=0)["attention_core_flops"]
    assert evaluate("attention_core_flops", model=NANO)["attention_core_flops"] == pytest.approx(all_attention * 6 / 23)


def _step(**changed: Any) -> dict[str, float]:
    """A step of Nemotron 3 Nano on 8 B200 as published, with what is changed."""
    (case, *_), _ = predict.cases([row for row in predict.published_rows() if row["model"] == "Nemotron_3_Nano"])
    targets = ("step_time", "memory_per_chip", "mixer_forward_time", "dense_forward_time", "tensor_divides")
    values = predict.evaluate({**predict.inputs([case], targets), **changed}, targets)
    return {name: float(values[name].reshape(-1)[0]) for name in targets}


def test_state_spaces_take_time_and_memory() -> None:
    hybrid, without = _step(), _step(mamba_layers=0.0)
    assert without["step_time"] < 0.8 * hybrid["step_time"]
    assert without["memory_per_chip"] < hybrid["memory_per_chip"]


def test_a_model_without_state_spaces_does_not_depend_on_their_sizes() -> None:
    plain = _step(mamba_layers=0.0, attention_free_layers=0.0)
    assert plain == _step(
        mamba_layers=0.0, attention_free_layers=0.0, mamba_heads=8.0, mamba_state_size=999.0, mamba_groups=1.0
    )


def test_time_grows_less_with_the_sequence_than_under_attention() -> None:
    """Twice the sequence at the same tokens: only attention's core grows."""

    def growth(**changed: float) -> float:
        long = _step(sequence_length=65536.0, batch_size=64.0, microbatch_size=1.0, **changed)
        short = _step(sequence_length=32768.0, batch_size=128.0, microbatch_size=2.0, **changed)
        return long["step_time"] / short["step_time"]

    assert 1.0 < growth() < growth(attention_free_layers=0.0, mamba_layers=0.0)


def test_tp_must_divide_the_heads_of_the_state_spaces() -> None:
    assert _step(tensor_parallel=8.0)["tensor_divides"] == 1
    assert _step(tensor_parallel=8.0, mamba_heads=60.0)["tensor_divides"] == 0


def test_published_steps_of_hybrids() -> None:
    """Within a quarter each, and within 15% in the mean."""
    found, _ = predict.cases(predict.published_rows())
    errors = [abs(item.error) for item in predict.predict(found) if item.case.inputs["mamba_layers"] > 0]
    assert len(errors) == 7
    assert max(errors) < 0.25
    assert np.mean(errors) < 0.15


def test_hybrids_are_counted_by_feed_forward_block() -> None:
    for row in configs.load("models").rows.values():
        free, others = row.values["attention_free_layers"], row.values["mamba_layers"] + row.values["linear_layers"]
        assert (free > 0) == (others > 0), row.key
        assert free < row.values["layers"], row.key
