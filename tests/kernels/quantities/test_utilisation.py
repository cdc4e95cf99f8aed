"""The predicted MFU: what the regression of configs/prior predicts, its quantile at a deviate, what is not known."""

import math
from typing import Any

import numpy as np
import pytest
from reference_run import NAN, REFERENCE, Evaluate, predicted

from flopwatt import configs
from flopwatt.bench.prior import store
from flopwatt.bench.prior.features import Known
from flopwatt.kernels.quantities import MODEL
from flopwatt.kernels.quantities.run_features import FEATURES, FOLLOW_FROM_PEAKS, HAVE_A_STAND_IN, MAY_BE_UNKNOWN

PEAKS = {16.0: "peak_bf16", 8.0: "peak_fp8", 4.0: "peak_fp4"}


@pytest.mark.parametrize(
    "held",
    [
        {},
        {"peak_bf16": 295e12, "peak_flops": 295e12, "active_parameters": 4e11, "parameters": 4e11},
        {"peak_flops": 400e12, "precision_bits": 8.0, "active_parameters": 3.7e10, "parameters": 6.7e11},
        {"peak_bf16": 139e12, "active_parameters": 1.76e11, "parameters": 1.76e11, "year": 2020.0},
        {"peak_bf16": 4e15, "peak_flops": 35e15, "precision_bits": 4.0, "memory_bandwidth": 22e12, "year": 2027.0},
        {"peak_bf16": 1e18, "active_parameters": 1e14, "parameters": 1.1e14},
        {"peak_bf16": 1e12, "active_parameters": 1e3, "parameters": 1e3},
        {"peak_bf16": NAN, "peak_flops": 2e15, "precision_bits": 8.0},
        {"peak_bf16": NAN, "peak_flops": NAN, "precision_bits": 4.0},
        {"memory_bandwidth": NAN, "parameters": 5e10},
        {"active_parameters": NAN, "parameters": NAN, "peak_bf16": 500e12},
        {"active_parameters": NAN, "parameters": NAN, "memory_bandwidth": NAN, "precision_bits": 8.0, "peak_flops": 400e12},
        {"year": NAN},
        {"parameters": NAN, "peak_bf16": 300e12},
        {"memory_bandwidth": NAN, "parameters": NAN, "year": NAN},
    ],
)
def test_it_is_what_the_regression_predicts(held: dict[str, float], evaluate: Evaluate) -> None:
    known = Known(**(REFERENCE | held))
    assert predicted(evaluate, "mfu_log_median", "mfu_log_scale", **held) == pytest.approx(
        store.fitted().predict(known), rel=1e-12
    )


def test_nothing_is_known(evaluate: Evaluate) -> None:
    nothing = dict.fromkeys(REFERENCE, NAN) | {"precision_bits": 16.0}
    median, scale = predicted(evaluate, "mfu_log_median", "mfu_log_scale", **nothing)
    post = store.fitted().posterior
    at_bf16 = [0.0 if name in ("fp8", "fp4") else mean for name, mean in zip(FEATURES, post.centre, strict=True)]
    spread = [0.0 if name in ("fp8", "fp4") else variance for name, variance in zip(FEATURES, post.spread, strict=True)]
    x = np.r_[1.0, at_bf16]
    assert median == pytest.approx(x @ post.coefficients)
    assert scale**2 == pytest.approx(post.scale**2 * (1 + x @ post.covariance @ x) + post.coefficients[1:] ** 2 @ spread)


def test_the_features_are_the_fits() -> None:
    assert store.fitted().names == FEATURES
    assert {f"mfu_{name}" for name in FEATURES} <= set(MODEL.quantities)
    unknown = {*MAY_BE_UNKNOWN, *FOLLOW_FROM_PEAKS}
    needed = {item.name for item in MODEL.order(["mfu_log_median", "mfu_unknown_variance"], unknown)}
    assert needed >= unknown
    assert {item.name for item in MODEL.order(["counted_bf16_peak"])} >= set(HAVE_A_STAND_IN)


Grid = list[tuple[str, float, dict[str, Any]]]


@pytest.fixture
def shipped(evaluate: Evaluate) -> Grid:
    """Every chip and precision with a published peak and bandwidth: the chip, the bits, all models as arrays."""
    names = configs.load("models").rows
    with np.errstate(all="ignore"):
        models = [evaluate("active_parameters", "parameters", model=name) for name in names]
    sizes = {size: np.array([values[size] for values in models])[:, None, None] for size in ("active_parameters", "parameters")}
    assert np.isfinite(list(sizes.values())).all()
    return [
        (chip, bits, sizes | {"chip": chip, "precision_bits": np.float64(bits)})
        for chip, row in configs.load("hardware").rows.items()
        for bits, peak in PEAKS.items()
        if row.values[peak] > 0 and row.values["memory_bandwidth"] > 0
    ]


DEVIATIONS = np.linspace(-4, 4, 17)  # of 42 degrees of freedom: one draw in 8,000 is beyond
BANDWIDTHS = np.geomspace(0.2, 5, 41)


def test_no_slope_of_the_mfu_in_the_balance_is_positive(shipped: Grid, evaluate: Evaluate) -> None:
    """More memory traffic for the same operations never costs MFU: every chip, model and precision, medians and quantiles."""
    assert len(shipped) > 40
    rising = 0
    for chip, _, held in shipped:
        bandwidth = configs.load("hardware").rows[chip].values["memory_bandwidth"] * BANDWIDTHS
        mfu = evaluate("mfu", **held, memory_bandwidth=bandwidth[:, None], mfu_deviation=DEVIATIONS)["mfu"]
        assert mfu.shape[1:] == (41, 17)
        assert (np.diff(mfu, axis=1) >= 0).all(), chip
        rising += int((np.diff(mfu, axis=1) > 0).sum())
    assert rising > 10_000  # and it is not the bound alone that speaks


def test_a_chip_with_more_bandwidth_is_never_slower(shipped: Grid, evaluate: Evaluate) -> None:
    """H200 is an H100 with more bandwidth; their data sheets round the same peaks by less than a thousandth."""
    for chip, bits, held in shipped:
        if chip != "h200-sxm":
            continue
        h200, h100 = (evaluate("mfu", **held | {"chip": name}, mfu_deviation=DEVIATIONS) for name in (chip, "h100-sxm-80gb"))
        assert (h200["mfu"] >= h100["mfu"]).all()
        assert (h200["mfu"] * h200["peak_flops"] >= 0.999 * h100["mfu"] * h100["peak_flops"]).all()
        assert float(np.median(h200["mfu"] / h100["mfu"])) > 1.02, bits


def test_a_faster_format_costs_mfu_and_not_speed(shipped: Grid, evaluate: Evaluate) -> None:
    """At the median, short of what is reachable: the MFU falls, and by less than the peak rises."""
    medians = {(chip, bits): evaluate("mfu_log_median", **held) for chip, bits, held in shipped}
    falls = []
    for (chip, bits), values in medians.items():
        wider = medians.get((chip, 2 * bits))
        if wider is not None and values["peak_flops"] > wider["peak_flops"]:
            falls += np.ravel(values["mfu_log_median"] - wider["mfu_log_median"]).tolist()
            assert (falls[-1] + np.log(values["peak_flops"] / wider["peak_flops"]) > 0).all(), chip
    assert len(falls) > 100
    assert max(falls) < 0


def test_a_format_that_a_chip_lacks_has_no_mfu(evaluate: Evaluate) -> None:
    assert math.isnan(predicted(evaluate, "mfu", peak_flops=NAN, precision_bits=4.0)[0])


def test_no_quantile_is_beyond_what_products_reach(shipped: Grid, evaluate: Evaluate) -> None:
    for _, bits, held in shipped:
        values = evaluate("mfu", **held, mfu_deviation=DEVIATIONS)
        share = {16.0: 1.0, 8.0: values["fp8_share"], 4.0: values["fp4_share"]}[bits]
        assert values["reachable_mfu"] == pytest.approx(min(values["matmul_share"] * share, 1))
        assert (values["mfu"] <= values["reachable_mfu"]).all()
    assert predicted(evaluate, "mfu", mfu_deviation=100.0, matmul_share=0.7) == [0.7]  # a calibrated chip's own


def test_a_run_may_reach_what_its_best_strategy_does(evaluate: Evaluate) -> None:
    reached = [
        predicted(evaluate, "mfu", mfu_deviation=100.0, matmul_share=0.7, best_step_mfu=best) for best in (0.5, 0.8, NAN)
    ]
    assert reached == [[0.7], [0.8], [0.7]]


def test_bandwidth_beyond_the_fitted_runs_raises_no_mfu(evaluate: Evaluate) -> None:
    """H20 has three times the bytes per operation of any chip of the fitted runs."""
    h20 = evaluate("mfu_balance", "mfu", chip="H20", active_parameters=7e10, parameters=7e10, year=2025.0, precision_bits=16.0)
    assert h20["mfu_balance"] == pytest.approx(math.log(h20["least_balance"] / h20["reference_balance"]))
    assert h20["mfu"] < 0.95 * h20["reachable_mfu"]


def test_beyond_the_fitted_runs_it_is_less_certain(evaluate: Evaluate) -> None:
    """A chip twice as fast as theirs, a balance far from theirs, a format that none had."""
    here, faster = (
        predicted(evaluate, "mfu_log_scale", peak_bf16=peak, memory_bandwidth=peak / 200)[0] for peak in (9e14, 2e15)
    )
    assert faster > 1.2 * here
    wide = [predicted(evaluate, "mfu_log_scale", memory_bandwidth=bandwidth)[0] for bandwidth in (1e12, 0.3e12, 0.1e12)]
    assert wide == sorted(wide)
    by_format = [predicted(evaluate, "mfu_log_scale", peak_flops=200e12 * n, precision_bits=16 / n)[0] for n in (1, 2, 4)]
    assert by_format == sorted(by_format)


def test_no_two_chips_share_an_mfu_by_accident(evaluate: Evaluate) -> None:
    """Gaudi 3 has fewer operations per byte than H100, and nobody published a run: its MFU is its own."""
    medians = {
        chip: evaluate("mfu", model="llama-3.1-405b", chip=chip)["mfu"] for chip in ("h100", "gaudi3", "a100", "b200-sxm")
    }
    assert len(set(medians.values())) == 4
    assert evaluate("mfu", model="llama-3.1-405b", chip="h100", precision_bits=8.0)["mfu"] != medians["h100"]
    assert evaluate("mfu", model="deepseek-v3", chip="h100")["mfu"] < medians["h100"]
