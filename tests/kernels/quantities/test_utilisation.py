"""The predicted MFU: what the regression of configs/prior predicts, its quantile at a deviate, what is not known."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from flopwatt.bench.prior import store
from flopwatt.bench.prior.features import Known
from flopwatt.kernels.quantities import MODEL
from flopwatt.kernels.quantities.utilisation import FEATURES, MAY_BE_UNKNOWN

Evaluate = Callable[..., dict[str, Any]]
NAN = np.float64("nan")
REFERENCE = {"active_parameters": 1e10, "parameters": 1e10, "peak_flops": 200.0, "memory_bandwidth": 1.0, "year": 2024.0}


def predicted(evaluate: Evaluate, *targets: str, **held: float) -> list[float]:
    with np.errstate(all="ignore"):
        values = evaluate(*targets, **{name: np.float64(value) for name, value in (REFERENCE | held).items()})
    return [float(values[name]) for name in targets]


@pytest.mark.parametrize(
    "held",
    [
        {},
        {"peak_flops": 295.0, "active_parameters": 4e11, "parameters": 4e11},
        {"peak_flops": 590.0, "active_parameters": 3.7e10, "parameters": 6.7e11},
        {"peak_flops": 139.0, "active_parameters": 1.76e11, "parameters": 1.76e11, "year": 2020.0},
        {"peak_flops": 1e6, "active_parameters": 1e14, "parameters": 1.1e14},
        {"peak_flops": 1.0, "active_parameters": 1e3, "parameters": 1e3},
        {"memory_bandwidth": NAN, "parameters": 5e10},
        {"year": NAN},
        {"parameters": NAN, "peak_flops": 300.0},
        {"memory_bandwidth": NAN, "parameters": NAN, "year": NAN},
    ],
)
def test_it_is_what_the_regression_predicts(held: dict[str, float], evaluate: Evaluate) -> None:
    known = Known(**(REFERENCE | held))
    assert predicted(evaluate, "mfu_log_median", "mfu_log_scale", **held) == pytest.approx(
        store.fitted().predict(known), rel=1e-12
    )


def test_nothing_is_known(evaluate: Evaluate) -> None:
    median, scale = predicted(evaluate, "mfu_log_median", "mfu_log_scale", **dict.fromkeys(REFERENCE, NAN))
    post = store.fitted().posterior
    x = np.r_[1.0, post.centre]
    assert median == pytest.approx(x @ post.coefficients)
    assert scale**2 == pytest.approx(post.scale**2 * (1 + x @ post.covariance @ x) + post.coefficients[1:] ** 2 @ post.spread)


def test_the_deviate_moves_it_along_students_t(evaluate: Evaluate) -> None:
    """A share q of like runs has an MFU below that at the q-quantile of Student's t."""
    freedom = store.fitted().posterior.freedom
    median, scale = store.fitted().predict(Known(**REFERENCE))
    for share in (0.1, 0.5, 0.9):
        (mfu,) = predicted(evaluate, "mfu", mfu_deviation=float(stats.t.ppf(share, freedom)))
        assert stats.t.cdf((math.log(mfu) - median) / scale, freedom) == pytest.approx(share)
    assert predicted(evaluate, "mfu", mfu_deviation=100.0) == [1.0]


def test_the_features_are_the_fits() -> None:
    assert set(FEATURES) == set(store.fitted().names)
    assert {f"mfu_{name}" for name in FEATURES} <= set(MODEL.quantities)
    assert {item.name for item in MODEL.order(["mfu_unknown_variance"], MAY_BE_UNKNOWN)} >= set(MAY_BE_UNKNOWN)


def test_no_two_chips_share_an_mfu_by_accident(evaluate: Evaluate) -> None:
    """Gaudi 3 has fewer operations per byte than H100, and nobody published a run: its MFU is its own."""
    medians = {
        chip: evaluate("mfu", model="llama-3.1-405b", chip=chip)["mfu"] for chip in ("h100", "gaudi3", "a100", "b200-sxm")
    }
    assert len(set(medians.values())) == 4
    assert evaluate("mfu", model="llama-3.1-405b", chip="h100", precision_bits=8.0)["mfu"] != medians["h100"]
    assert evaluate("mfu", model="deepseek-v3", chip="h100")["mfu"] < medians["h100"]
