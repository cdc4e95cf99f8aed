"""The fit: reproduced by the shipped efficiencies, global, and able to find parameters that made the data."""

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.step_time import fit, predict
from flopwatt.bench.step_time.rows import StepCase

MEGATRON = {
    "source": "Narayanan et al. 2021 (arXiv:2104.04473) Table 1", "accelerator": "A100-80GB", "model": "GPT 39.1B",
    "hidden": "8192", "ffn": "32768", "layers": "48", "heads": "64", "kv_heads": "64", "seq": "2048", "vocab": "51200 (pad)",
    "TP": "8", "PP": "2", "VPP": "1", "DP": "32", "CP": "1", "EP": "1", "microbatch": "4", "global_batch": "1536",
    "gpus": "512", "recompute": "full", "precision": "fp16", "measured_step_s": "14.4535", "measured_kind": "derived",
}  # fmt: skip
BRIDGE = {
    "release": "26.04.01", "model": "LLAMA3_70B", "system": "DGX-GB300", "gpus": "64", "precision": "MXFP8", "fsdp": "0",
    "gbs": "256", "mbs": "1", "seq": "8192", "tp": "1", "pp": "4", "cp": "1", "vp": "5", "ep": "n/a", "tokens_s_gpu": "4864",
    "source": "NVIDIA-NeMo/Megatron-Bridge",
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> list[StepCase]:
    return predict.cases(predict.published_rows())[0]


def test_the_efficiencies_are_those_of_the_fit(found: list[StepCase]) -> None:
    stored = configs.defaults()
    for name, value in fit.fit(found).items():
        assert stored[name].value == pytest.approx(value, rel=1e-2), name


def test_every_fitted_parameter_is_global(found: list[StepCase]) -> None:
    _, believed = fit.beliefs()
    assert len(believed) <= 16
    stated = set(found[0].inputs)
    assert not stated & {belief.name for belief in believed}  # none is set by a row


def test_the_fit_finds_parameters_that_made_the_data(found: list[StepCase]) -> None:
    """Step times made with other efficiencies are fitted by those, as far as the beliefs let them move."""
    from dataclasses import replace

    truth = {"matmul_share": 0.5, "attention_share": 0.45, "step_overhead": 0.03}
    made = [replace(item.case, seconds=item.seconds) for item in predict.predict(found, truth)]
    values = fit.fit(made)
    predictions = predict.predict(made, values)
    assert np.mean([abs(item.error) for item in predictions]) < 0.02
    assert values["matmul_share"] == pytest.approx(0.5, rel=0.05)
