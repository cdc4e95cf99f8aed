"""Steps that would not fit recompute modules, where their software can and nothing else is said."""

from typing import Any

import pytest

from flopwatt.bench.step_time import memory_fit
from flopwatt.bench.step_time.rows import case

LARGE = {
    "release": "26.04", "model": "DeepSeekV3", "system": "DGX-B200", "gpus": "256", "precision": "MXFP8", "gbs": "4096",
    "mbs": "1", "seq": "4096", "tp": "1", "pp": "8", "cp": "1", "vp": "2", "ep": "32", "tokens_s_gpu": "3000",
    "source": "NVIDIA-NeMo/Megatron-Bridge",
}  # fmt: skip


def test_a_step_that_would_not_fit_recomputes_modules_and_says_so() -> None:
    step = case(LARGE)
    assert step.inputs["recomputed_modules"] == 1
    assert any("would not fit" in note for note in step.notes)


@pytest.mark.parametrize(
    "changed",
    [
        {"system": "DGX-GB300"},  # it fits
        {"release": "25.01"},  # software that recomputes whole layers only
        {"recompute": "no recompute"},  # the row says so
        {"recompute": "none"},
        {"fsdp": "256"},  # weights are sharded
    ],
)
def test_others_do_not(changed: dict[str, Any]) -> None:
    step = case({**LARGE, **changed})
    assert "recomputed_modules" not in step.inputs
    assert not any("would not fit" in note for note in step.notes)


def test_frameworks_without_such_recompute_do_without() -> None:
    inputs = {name: value for name, value in case(LARGE).inputs.items() if name != "recomputed_modules"}
    assert memory_fit.recomputed("nemo", inputs)
    assert not memory_fit.recomputed("torchtitan", inputs)
