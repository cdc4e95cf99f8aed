# mypy: allow-untyped-defs, allow-untyped-calls
"""MFU from what is known of a run before it starts: a regression on published runs, and how far this run deviates from it.

The logarithm of the MFU is an intercept plus slopes times features plus noise, whose distribution for a further run is
Student's t (Gelman et al., Bayesian Data Analysis, 3rd edition, section 14.2): its median and scale are quantities, its
standard deviate is the input mfu_deviation, 0 for the median. Slopes, covariances and the runs' ranges are what
`flopwatt validate --fit` writes to configs/prior/mfu.toml. A feature is 0 for a run like the reference; one that is not known
(its inputs are NaN) takes the mean over the fitted runs, and its variance over them widens the scale.
"""

import math

from ..model.quantity import exp, given, log2, maximum, minimum, quantity, sqrt, where

FEATURES = ("balance", "size_where_scarce", "moe", "before_2023")
# What may be NaN where a run does not tell it: quantities that the features are computed from.
MAY_BE_UNKNOWN = ("chip_balance", "active_parameters", "parameters", "year")

_FIT = "regression on published training runs, configs/prior/mfu.toml"
_ROOFLINE = "Williams, Waterman and Patterson 2009, doi:10.1145/1498765.1498785: machine balance"
_HELD = "held to the range of the fitted runs: beyond it the nearest of them speaks"
_BDA = "Gelman et al., Bayesian Data Analysis, 3rd edition, section 14.2: posterior predictive distribution"

given("year", "", "Calendar year in which the run is made; any year from 2023 on counts alike.", low=1950)
given("mfu_deviation", "", "Student's t of this run's log MFU around what is predicted; 0 is the median.", low=-math.inf)
given("mfu_evidence", "", "1 where the MFU is fitted on a run on this chip, or its step times are published; else 0.", high=1)
given("reference_balance", "FLOP/byte", "Operations per byte of the chip whose balance counts 0.", low_open=True)
given("reference_size", "parameter", "Active parameters of the model whose size counts 0.", low_open=True)
given("modern_year", "", "Year from which runs count as made with fused attention and selective recompute.")
given("sparse_ratio", "", "Parameters over active ones from which a model counts as a mixture of experts.", low=1)
given("mfu_intercept", "", "Log MFU of the reference: a dense model on the reference chip, in 2023 or later.", low=-math.inf)
given("mfu_noise", "", "Scale of what runs deviate from the regression by, of log MFU.")
given("mfu_variance_intercept", "", "Variance of the intercept, in units of the noise's.")
for _name in ("balance", "size"):
    given(f"mfu_least_{_name}", "", f"Least log {_name} of the fitted runs.", low=-math.inf)
    given(f"mfu_greatest_{_name}", "", f"Greatest log {_name} of the fitted runs.", low=-math.inf)
for _name in FEATURES:
    given(f"mfu_slope_{_name}", "", f"Log MFU for each unit of {_name}.", low=-math.inf)
    given(f"mfu_centre_{_name}", "", f"Mean of {_name} over the fitted runs.", low=-math.inf)
    given(f"mfu_spread_{_name}", "", f"Variance of {_name} over the fitted runs.")
    given(f"mfu_variance_{_name}", "", f"Variance of the slope of {_name}, in units of the noise's.")
for _pair in (
    "balance_intercept",
    "intercept_size_where_scarce",
    "intercept_moe",
    "before_2023_intercept",
    "balance_size_where_scarce",
    "balance_moe",
    "balance_before_2023",
    "moe_size_where_scarce",
    "before_2023_size_where_scarce",
    "before_2023_moe",
):
    given(f"mfu_covariance_{_pair}", "", "Covariance of the two coefficients, in units of the noise's variance.", low=-math.inf)


@quantity(unit="FLOP/byte", source=_ROOFLINE)
def chip_balance(peak_flops, memory_bandwidth):
    """Operations that a chip can do, in the run's precision, for each byte that its memory delivers."""
    return peak_flops / memory_bandwidth


@quantity(unit="", source=_HELD, low=-math.inf)
def mfu_balance(chip_balance, reference_balance, mfu_least_balance, mfu_greatest_balance, mfu_centre_balance):
    """Logarithm of the chip's balance over the reference, as the regression takes it."""
    held = minimum(maximum(log2(chip_balance / reference_balance) * math.log(2), mfu_least_balance), mfu_greatest_balance)
    return where(chip_balance > 0, held, mfu_centre_balance)


@quantity(unit="", source=_HELD, low=-math.inf)
def mfu_size(active_parameters, reference_size, mfu_least_size, mfu_greatest_size):
    """Logarithm of the active parameters over the reference, as the regression takes it."""
    return minimum(maximum(log2(active_parameters / reference_size) * math.log(2), mfu_least_size), mfu_greatest_size)


@quantity(unit="", source="larger matrices reuse each byte more, which helps where bytes are scarce", low=-math.inf)
def mfu_size_where_scarce(chip_balance, active_parameters, mfu_size, mfu_balance, mfu_centre_size_where_scarce):
    """Size times balance, on chips beyond the reference balance."""
    known = (chip_balance > 0) & (active_parameters > 0)
    return where(known, mfu_size * maximum(mfu_balance, 0), mfu_centre_size_where_scarce)


@quantity(unit="", source="exchange between experts and smaller matrices cost MFU", high=1)
def mfu_moe(parameters, active_parameters, sparse_ratio, mfu_centre_moe):
    """1 for a mixture of experts, 0 for a dense model."""
    ratio = parameters / active_parameters
    return where(ratio > sparse_ratio, 1, where(ratio > 0, 0, mfu_centre_moe))


@quantity(unit="", source="FlashAttention (arXiv:2205.14135) and selective recompute (arXiv:2205.05198)", high=1)
def mfu_before_2023(year, modern_year, mfu_centre_before_2023):
    """1 for a run from before fused attention and selective recompute, else 0."""
    return where(year < modern_year, 1, where(year >= modern_year, 0, mfu_centre_before_2023))


@quantity(unit="", source=_FIT, low=-math.inf)
def mfu_log_median(
    mfu_intercept,
    mfu_balance,
    mfu_slope_balance,
    mfu_size_where_scarce,
    mfu_slope_size_where_scarce,
    mfu_moe,
    mfu_slope_moe,
    mfu_before_2023,
    mfu_slope_before_2023,
):
    """Logarithm of the median MFU of runs of which as much is known."""
    by_chip = mfu_balance * mfu_slope_balance + mfu_size_where_scarce * mfu_slope_size_where_scarce
    return mfu_intercept + by_chip + mfu_moe * mfu_slope_moe + mfu_before_2023 * mfu_slope_before_2023


@quantity(unit="", source=_BDA)
def mfu_coefficients_variance(
    mfu_balance,
    mfu_size_where_scarce,
    mfu_moe,
    mfu_before_2023,
    mfu_variance_intercept,
    mfu_variance_balance,
    mfu_variance_size_where_scarce,
    mfu_variance_moe,
    mfu_variance_before_2023,
    mfu_covariance_balance_intercept,
    mfu_covariance_intercept_size_where_scarce,
    mfu_covariance_intercept_moe,
    mfu_covariance_before_2023_intercept,
    mfu_covariance_balance_size_where_scarce,
    mfu_covariance_balance_moe,
    mfu_covariance_balance_before_2023,
    mfu_covariance_moe_size_where_scarce,
    mfu_covariance_before_2023_size_where_scarce,
    mfu_covariance_before_2023_moe,
):
    """Variance of the predicted log MFU for not knowing the coefficients exactly, in units of the noise's variance."""
    balance, scarce, moe, old = mfu_balance, mfu_size_where_scarce, mfu_moe, mfu_before_2023
    squares = balance * balance * mfu_variance_balance + scarce * scarce * mfu_variance_size_where_scarce
    more_squares = moe * moe * mfu_variance_moe + old * old * mfu_variance_before_2023
    with_intercept = balance * mfu_covariance_balance_intercept + scarce * mfu_covariance_intercept_size_where_scarce
    more_with_intercept = moe * mfu_covariance_intercept_moe + old * mfu_covariance_before_2023_intercept
    of_balance = scarce * mfu_covariance_balance_size_where_scarce + moe * mfu_covariance_balance_moe
    of_scarce = moe * mfu_covariance_moe_size_where_scarce + old * mfu_covariance_before_2023_size_where_scarce
    products = balance * (of_balance + old * mfu_covariance_balance_before_2023) + scarce * of_scarce
    crossed = with_intercept + more_with_intercept + products + moe * old * mfu_covariance_before_2023_moe
    return mfu_variance_intercept + squares + more_squares + 2 * crossed


@quantity(unit="", source="the mean of the fitted runs stands in, and their variance is added")
def mfu_unknown_variance(
    chip_balance,
    active_parameters,
    parameters,
    year,
    mfu_slope_balance,
    mfu_spread_balance,
    mfu_slope_size_where_scarce,
    mfu_spread_size_where_scarce,
    mfu_slope_moe,
    mfu_spread_moe,
    mfu_slope_before_2023,
    mfu_spread_before_2023,
):
    """Variance of the predicted log MFU for features that are not known; 0 where all are."""
    of_balance = mfu_slope_balance * mfu_slope_balance * mfu_spread_balance
    of_scarce = mfu_slope_size_where_scarce * mfu_slope_size_where_scarce * mfu_spread_size_where_scarce
    of_moe = mfu_slope_moe * mfu_slope_moe * mfu_spread_moe
    of_year = mfu_slope_before_2023 * mfu_slope_before_2023 * mfu_spread_before_2023
    by_chip = where(chip_balance > 0, 0, of_balance) + where((chip_balance > 0) & (active_parameters > 0), 0, of_scarce)
    return by_chip + where(parameters / active_parameters > 0, 0, of_moe) + where(year > 0, 0, of_year)


@quantity(unit="", source=_BDA)
def mfu_log_scale(mfu_noise, mfu_coefficients_variance, mfu_unknown_variance):
    """Scale of Student's t of the log MFU of a further run: its noise, the coefficients' uncertainty, what is not known."""
    return sqrt(mfu_noise * mfu_noise * (1 + mfu_coefficients_variance) + mfu_unknown_variance)


@quantity(unit="", source=_FIT, high=1, low_open=True)
def mfu(mfu_log_median, mfu_log_scale, mfu_deviation):
    """Model FLOPs utilisation of the precision's dense peak, in steady training."""
    return minimum(exp(mfu_log_median + mfu_log_scale * mfu_deviation), 1)
