# mypy: allow-untyped-defs, allow-untyped-calls
"""MFU from features that are known of a run before it starts: a regression on published runs, and how sure it is.

The logarithm of the MFU is an intercept plus slopes times features plus noise, whose distribution for a further run is
Student's t (Gelman et al., Bayesian Data Analysis, 3rd edition, section 14.2). Slopes, covariances and what the fitted runs are
like stand in configs/prior/mfu.toml, which `flopwatt validate --fit` writes. A feature is 0 for a run like the reference; one
that is not known (its inputs are NaN) takes the mean over the fitted runs, and its variance over them widens the scale. The
features are in run_features.py, the MFU that follows in expected_mfu.py.
"""

import itertools
import math

from ..model.quantity import given, quantity, where
from .run_features import FEATURES

_FIT = "regression on published training runs, configs/prior/mfu.toml"
_BDA = "Gelman et al., Bayesian Data Analysis, 3rd edition, section 14.2: posterior predictive distribution"

given(
    "mfu_evidence",
    "",
    "1 where the MFU is fitted on a run on this chip, or its step times are published; else 0.",
    high=1,
    label="evidence of the MFU on the chip",
)
given(
    "mfu_intercept",
    "",
    "Log MFU of the reference: a dense model in BF16 on the reference chip, 2023 to 2025.",
    low=-math.inf,
    label="intercept of the MFU's fit",
)
given("mfu_noise", "", "Scale of what runs deviate from the regression by, of log MFU.", label="noise of the MFU's fit")
given("mfu_spread_narrowness", "", "Variance of the narrowness over the fitted runs.")
given("mfu_variance_intercept", "", "Variance of the intercept, in units of the noise's.")
for _name in FEATURES:
    given(f"mfu_slope_{_name}", "", f"Log MFU for each unit of {_name}.", low=-math.inf)
    given(f"mfu_spread_{_name}", "", f"Variance of {_name} over the fitted runs.")
    given(f"mfu_variance_{_name}", "", f"Variance of the slope of {_name}, in units of the noise's.")
for _terms in itertools.combinations(("intercept", *FEATURES), 2):
    _pair = "_".join(sorted(_terms))
    given(f"mfu_covariance_{_pair}", "", "Covariance of the two coefficients, in units of the noise's variance.", low=-math.inf)


@quantity(unit="", source=_FIT, low=-math.inf)
def mfu_log_median(
    mfu_intercept,
    mfu_scarcity,
    mfu_slope_scarcity,
    mfu_size,
    mfu_slope_size,
    mfu_fp8,
    mfu_slope_fp8,
    mfu_fp4,
    mfu_slope_fp4,
    mfu_moe,
    mfu_slope_moe,
    mfu_before_2023,
    mfu_slope_before_2023,
    mfu_since_2026,
    mfu_slope_since_2026,
    mfu_beyond_runs,
    mfu_slope_beyond_runs,
):
    """Logarithm of the median MFU of runs of which as much is known."""
    by_format = mfu_fp8 * mfu_slope_fp8 + mfu_fp4 * mfu_slope_fp4
    by_chip = mfu_scarcity * mfu_slope_scarcity + mfu_beyond_runs * mfu_slope_beyond_runs
    by_year = mfu_before_2023 * mfu_slope_before_2023 + mfu_since_2026 * mfu_slope_since_2026
    by_model = mfu_size * mfu_slope_size + mfu_moe * mfu_slope_moe
    return mfu_intercept + by_chip + by_format + by_model + by_year


@quantity(unit="", source=_BDA)
def mfu_coefficients_variance(
    mfu_scarcity,
    mfu_size,
    mfu_fp8,
    mfu_fp4,
    mfu_moe,
    mfu_before_2023,
    mfu_since_2026,
    mfu_beyond_runs,
    mfu_variance_intercept,
    mfu_variance_scarcity,
    mfu_variance_size,
    mfu_variance_fp8,
    mfu_variance_fp4,
    mfu_variance_moe,
    mfu_variance_before_2023,
    mfu_variance_since_2026,
    mfu_variance_beyond_runs,
    mfu_covariance_intercept_scarcity,
    mfu_covariance_intercept_size,
    mfu_covariance_fp8_intercept,
    mfu_covariance_fp4_intercept,
    mfu_covariance_intercept_moe,
    mfu_covariance_before_2023_intercept,
    mfu_covariance_intercept_since_2026,
    mfu_covariance_beyond_runs_intercept,
    mfu_covariance_scarcity_size,
    mfu_covariance_fp8_size,
    mfu_covariance_fp4_size,
    mfu_covariance_moe_size,
    mfu_covariance_before_2023_size,
    mfu_covariance_since_2026_size,
    mfu_covariance_beyond_runs_size,
    mfu_covariance_fp8_scarcity,
    mfu_covariance_fp4_scarcity,
    mfu_covariance_moe_scarcity,
    mfu_covariance_before_2023_scarcity,
    mfu_covariance_scarcity_since_2026,
    mfu_covariance_beyond_runs_scarcity,
    mfu_covariance_fp4_fp8,
    mfu_covariance_fp8_moe,
    mfu_covariance_before_2023_fp8,
    mfu_covariance_fp8_since_2026,
    mfu_covariance_beyond_runs_fp8,
    mfu_covariance_fp4_moe,
    mfu_covariance_before_2023_fp4,
    mfu_covariance_fp4_since_2026,
    mfu_covariance_beyond_runs_fp4,
    mfu_covariance_before_2023_moe,
    mfu_covariance_moe_since_2026,
    mfu_covariance_beyond_runs_moe,
    mfu_covariance_before_2023_since_2026,
    mfu_covariance_before_2023_beyond_runs,
    mfu_covariance_beyond_runs_since_2026,
):
    """Variance of the predicted log MFU for not knowing the coefficients exactly, in units of the noise's variance."""
    scarce, fp8, fp4, moe = mfu_scarcity, mfu_fp8, mfu_fp4, mfu_moe
    old, new, beyond = mfu_before_2023, mfu_since_2026, mfu_beyond_runs
    squares = scarce * scarce * mfu_variance_scarcity + fp8 * fp8 * mfu_variance_fp8 + fp4 * fp4 * mfu_variance_fp4
    more_squares = moe * moe * mfu_variance_moe + old * old * mfu_variance_before_2023 + new * new * mfu_variance_since_2026
    with_intercept = (
        scarce * mfu_covariance_intercept_scarcity
        + mfu_size * mfu_covariance_intercept_size
        + fp8 * mfu_covariance_fp8_intercept
        + fp4 * mfu_covariance_fp4_intercept
        + moe * mfu_covariance_intercept_moe
        + old * mfu_covariance_before_2023_intercept
        + new * mfu_covariance_intercept_since_2026
        + beyond * mfu_covariance_beyond_runs_intercept
    )
    of_size = (
        scarce * mfu_covariance_scarcity_size
        + fp8 * mfu_covariance_fp8_size
        + fp4 * mfu_covariance_fp4_size
        + moe * mfu_covariance_moe_size
        + old * mfu_covariance_before_2023_size
        + new * mfu_covariance_since_2026_size
        + beyond * mfu_covariance_beyond_runs_size
    )
    of_scarcity = (
        fp8 * mfu_covariance_fp8_scarcity
        + fp4 * mfu_covariance_fp4_scarcity
        + moe * mfu_covariance_moe_scarcity
        + old * mfu_covariance_before_2023_scarcity
        + new * mfu_covariance_scarcity_since_2026
        + beyond * mfu_covariance_beyond_runs_scarcity
    )
    of_fp8 = (
        fp4 * mfu_covariance_fp4_fp8
        + moe * mfu_covariance_fp8_moe
        + old * mfu_covariance_before_2023_fp8
        + new * mfu_covariance_fp8_since_2026
        + beyond * mfu_covariance_beyond_runs_fp8
    )
    of_fp4 = (
        moe * mfu_covariance_fp4_moe
        + old * mfu_covariance_before_2023_fp4
        + new * mfu_covariance_fp4_since_2026
        + beyond * mfu_covariance_beyond_runs_fp4
    )
    of_moe = (
        old * mfu_covariance_before_2023_moe + new * mfu_covariance_moe_since_2026 + beyond * mfu_covariance_beyond_runs_moe
    )
    of_old = new * mfu_covariance_before_2023_since_2026 + beyond * mfu_covariance_before_2023_beyond_runs
    of_new = beyond * mfu_covariance_beyond_runs_since_2026
    products = (
        mfu_size * of_size + scarce * of_scarcity + fp8 * of_fp8 + fp4 * of_fp4 + moe * of_moe + old * of_old + new * of_new
    )
    all_squares = squares + more_squares + mfu_size * mfu_size * mfu_variance_size + beyond * beyond * mfu_variance_beyond_runs
    return mfu_variance_intercept + all_squares + 2 * (with_intercept + products)


@quantity(unit="", source="the mean of the fitted runs stands in, and their variance is added")
def mfu_unknown_variance(
    chip_balance,
    mfu_balance,
    active_parameters,
    parameters,
    year,
    mfu_spread_narrowness,
    mfu_slope_scarcity,
    mfu_spread_scarcity,
    mfu_slope_size,
    mfu_spread_size,
    mfu_slope_moe,
    mfu_spread_moe,
    mfu_slope_before_2023,
    mfu_spread_before_2023,
    mfu_slope_since_2026,
    mfu_spread_since_2026,
):
    """Variance of the predicted log MFU for features that are not known; 0 where all are."""
    of_scarcity = mfu_slope_scarcity * mfu_slope_scarcity * mfu_spread_scarcity
    of_narrowness = mfu_slope_scarcity * mfu_slope_scarcity * (mfu_balance * mfu_balance * mfu_spread_narrowness)
    of_size = mfu_slope_size * mfu_slope_size * mfu_spread_size
    of_moe = mfu_slope_moe * mfu_slope_moe * mfu_spread_moe
    of_old = mfu_slope_before_2023 * mfu_slope_before_2023 * mfu_spread_before_2023
    of_new = mfu_slope_since_2026 * mfu_slope_since_2026 * mfu_spread_since_2026
    by_chip = where(chip_balance > 0, where(active_parameters > 0, 0, of_narrowness), of_scarcity)
    by_size = where(active_parameters > 0, 0, of_size)
    return by_chip + by_size + where(parameters / active_parameters > 0, 0, of_moe) + where(year > 0, 0, of_old + of_new)
