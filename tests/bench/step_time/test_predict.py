"""Published step times predicted: how close, on sources that the fit has not seen too, and the memory."""

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.prior import store
from flopwatt.bench.step_time import left_out, predict
from flopwatt.bench.step_time.rows import StepCase


@pytest.fixture(scope="module")
def published() -> list[StepCase]:
    return predict.cases(predict.published_rows())[0]


def _mean(predictions: list[predict.Prediction], moe: bool) -> float:
    return float(np.mean([abs(item.error) for item in predictions if item.case.moe == moe]))


def test_published_step_times(published: list[StepCase]) -> None:
    """Mean absolute error at most 4.5% for dense models and 11% for mixtures of experts; no row is dropped in silence."""
    assert len(published) >= 208
    predictions = predict.predict(published)
    assert _mean(predictions, moe=False) <= 0.045
    assert _mean(predictions, moe=True) <= 0.11
    _, skipped = predict.cases(predict.published_rows())
    assert len(published) + len(skipped) == len(predict.published_rows())
    assert not skipped


def test_chips_of_step_times_are_keys_of_the_hardware_table(published: list[StepCase]) -> None:
    chips = predict.chips()
    assert list(chips) == sorted({case.chip for case in published})
    assert {"h100-sxm-80gb", "gb200-nvl72"} <= set(chips) <= set(configs.load("hardware").rows)
    assert chips == store.evidence().steps


@pytest.mark.slow
def test_sources_that_the_fit_has_not_seen(published: list[StepCase]) -> None:
    """At most 6.5% for dense models and 11% for mixtures of experts, and 8% for frameworks of PyTorch's own sharding."""
    crossed = left_out.predict_without(published, left_out.fits_without(published))
    assert _mean(crossed, moe=False) <= 0.065
    assert _mean(crossed, moe=True) <= 0.11
    sharded = [abs(item.error) for item in crossed if item.case.framework in {"fsdp", "torchtitan"}]
    assert len(sharded) >= 74
    assert np.mean(sharded) <= 0.08


@pytest.mark.slow
def test_frameworks_that_the_fit_has_not_seen(published: list[StepCase]) -> None:
    crossed = left_out.predict_without(published, left_out.fits_without(published, "framework"), "framework")
    assert _mean(crossed, moe=False) <= 0.065
    assert _mean(crossed, moe=True) <= 0.13


def test_measured_memory(published: list[StepCase]) -> None:
    measured = [item for item in predict.predict(published) if item.case.memory is not None]
    errors = [abs(item.memory / item.case.memory - 1) for item in measured]
    assert len(errors) >= 18
    assert np.mean(errors) <= 0.10


@pytest.mark.parametrize(("peer", "n", "share"), [("calculon", 15, 0.6), ("SimuMax", 18, 0.95)])
def test_closer_than_the_peer_where_both_predict(published: list[StepCase], peer: str, n: int, share: float) -> None:
    """SimuMax has a measured efficiency for every shape of product in its rows."""
    both = [item for item in predict.predict(published) if item.case.peer.startswith(peer) and item.case.peer_seconds]
    ours = np.mean([abs(item.error) for item in both])
    theirs = np.mean([abs((item.case.peer_seconds or 0) / item.case.seconds - 1) for item in both])
    assert len(both) >= n
    assert ours < share * theirs
