"""Published step times predicted: how close, on sources that the fit has not seen too, and the memory."""

import numpy as np
import pytest

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


def _mean(predictions: list[predict.Prediction], moe: bool) -> float:
    return float(np.mean([abs(item.error) for item in predictions if item.case.moe == moe]))


def test_published_step_times(found: list[StepCase]) -> None:
    """Mean absolute error at most 8% for dense models and 15% for mixtures of experts; no row is dropped in silence."""
    assert len(found) >= 97
    predictions = predict.predict(found)
    assert _mean(predictions, moe=False) <= 0.08
    assert _mean(predictions, moe=True) <= 0.15
    _, skipped = predict.cases(predict.published_rows())
    assert len(found) + len(skipped) == len(predict.published_rows())
    assert {item.name for item in skipped} == {"DeepSeekV4 Flash"}


@pytest.mark.slow
def test_sources_that_the_fit_has_not_seen(found: list[StepCase]) -> None:
    """At most 12% for dense models and 15% for mixtures of experts."""
    crossed = fit.cross_validated(found)
    assert _mean(crossed, moe=False) <= 0.12
    assert _mean(crossed, moe=True) <= 0.15


def test_measured_memory(found: list[StepCase]) -> None:
    errors = [abs(item.memory_error) for item in predict.predict(found) if item.memory_error is not None]
    assert len(errors) >= 18
    assert np.mean(errors) <= 0.10


@pytest.mark.parametrize(("peer", "n", "share"), [("calculon", 15, 0.6), ("SimuMax", 18, 0.95)])
def test_closer_than_the_peer_where_both_predict(found: list[StepCase], peer: str, n: int, share: float) -> None:
    """SimuMax has a measured efficiency for every shape of product in its rows."""
    both = [item for item in predict.predict(found) if item.case.peer.startswith(peer) and item.case.peer_seconds]
    ours = np.mean([abs(item.error) for item in both])
    theirs = np.mean([abs((item.case.peer_seconds or 0) / item.case.seconds - 1) for item in both])
    assert len(both) >= n
    assert ours < share * theirs
