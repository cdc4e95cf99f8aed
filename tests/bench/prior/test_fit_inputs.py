"""Numbers of fits are told from inputs that a study would state."""

from flopwatt.bench.prior.fit_inputs import regression
from flopwatt.kernels.quantities import MODEL


def test_the_regressions_own_numbers_are_no_assumptions() -> None:
    names = regression(MODEL, {})
    assert {"mfu_intercept", "mfu_noise", "reference_balance", "mfu_covariance_moe_scarcity", "mfu_greatest_peak"} <= names
    assert not names & {"year", "mfu_deviation", "peak_bf16", "precision_bits", "memory_bandwidth", "layers"}
    assert "mfu_noise" not in regression(MODEL, {"mfu_noise": 0.2})
    assert {"matmul_share", "fp8_share", "fp4_share"} <= regression(MODEL, {}, ["run_time"])
    assert "matmul_share" not in regression(MODEL, {}, ["run_time", "step_time"])
