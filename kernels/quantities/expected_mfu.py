# mypy: allow-untyped-defs, allow-untyped-calls
"""The expected MFU: what features lead to expect, how the best strategy differs from theirs, the developer, and a pilot.

To the regression on features (utilisation.py) come how far the MFU of the run's best strategy, by the step-time model, is above
what features lead to expect of that; what the developer's earlier runs add; and an MFU that was measured in a pilot, which is
weighed against all of these. Each is left out where its input is 0. Features know nothing of the number of chips or of their
network: where they lead to expect more than the best strategy reaches, that is what is expected. How far a run deviates is the
input mfu_deviation, of Student's t; no MFU is beyond what matrix products alone reach in the run's precision.
"""

import math

from ..model.quantity import exp, given, log2, minimum, quantity, sqrt, where
from .run_features import FEATURES

_FIT = "regression on published training runs, configs/prior/mfu.toml"
_BDA = "Gelman et al., Bayesian Data Analysis, 3rd edition, section 14.2: posterior predictive distribution"
_PRACTICE = "regression on published training runs with the best strategy's MFU as a feature, configs/prior/mfu.toml"
_PILOT = "Gelman et al., Bayesian Data Analysis, 3rd edition, section 2.5: a normal mean known from two sources"

given(
    "mfu_deviation",
    "",
    "Student's t of this run's log MFU around what is predicted; 0 is the median.",
    low=-math.inf,
    label="deviation from the predicted MFU",
)
given(
    "best_step_mfu",
    "",
    "MFU of the best strategy by the step-time model; 0 where none was searched.",
    high=1,
    show="%",
    label="MFU of the best strategy",
)
given(
    "mfu_developer_effect",
    "",
    "What a developer's earlier runs add to the log MFU; 0 for a developer without any.",
    low=-math.inf,
)
given(
    "mfu_developer_known",
    "",
    "Share of the noise's variance that a developer's earlier runs explain; 0 for a developer without any.",
    high=1,
)
given(
    "pilot_mfu",
    "",
    "MFU measured in a pilot of the run, in steady training; 0 without one.",
    high=1,
    show="%",
    label="MFU of the pilot",
)
given("pilot_spread", "", "Standard deviation of the log MFU of a run around that of its pilot.", low_open=True)
given("practice_weight", "", "Log MFU for each unit of that of the best strategy, beyond what features lead to expect of it.")
given("practice_intercept", "", "What is expected of the log MFU of the reference's best strategy.", low=-math.inf)
for _name in FEATURES:
    given(f"practice_slope_{_name}", "", f"Log MFU of the best strategy for each unit of {_name}.", low=-math.inf)


@quantity(unit="", source=_BDA)
def mfu_prior_scale(mfu_noise, mfu_developer_known, mfu_coefficients_variance, mfu_unknown_variance):
    """Scale of Student's t of the log MFU of a further run: its noise, its developer, the coefficients, what is not known."""
    return sqrt(mfu_noise * mfu_noise * (1 - mfu_developer_known + mfu_coefficients_variance) + mfu_unknown_variance)


@quantity(unit="", source=_PRACTICE, low=-math.inf)
def best_step_log_median(
    practice_intercept,
    mfu_scarcity,
    practice_slope_scarcity,
    mfu_size,
    practice_slope_size,
    mfu_fp8,
    practice_slope_fp8,
    mfu_fp4,
    practice_slope_fp4,
    mfu_moe,
    practice_slope_moe,
    mfu_before_2023,
    practice_slope_before_2023,
    mfu_since_2026,
    practice_slope_since_2026,
    mfu_beyond_runs,
    practice_slope_beyond_runs,
):
    """Logarithm of the MFU that the best strategy of runs has of which as much is known."""
    by_format = mfu_fp8 * practice_slope_fp8 + mfu_fp4 * practice_slope_fp4
    by_chip = mfu_scarcity * practice_slope_scarcity + mfu_beyond_runs * practice_slope_beyond_runs
    by_year = mfu_before_2023 * practice_slope_before_2023 + mfu_since_2026 * practice_slope_since_2026
    by_model = mfu_size * practice_slope_size + mfu_moe * practice_slope_moe
    return practice_intercept + by_chip + by_format + by_model + by_year


@quantity(unit="", source=_PRACTICE, low=-math.inf)
def mfu_prior_median(mfu_log_median, mfu_developer_effect, best_step_mfu, best_step_log_median, practice_weight):
    """Logarithm of the MFU that features, developer and the best strategy lead to expect: at most the best strategy's."""
    log_best = log2(where(best_step_mfu > 0, best_step_mfu, 1)) * math.log(2)
    lead = where(best_step_mfu > 0, log_best - best_step_log_median, 0)
    expected = mfu_log_median + practice_weight * lead + mfu_developer_effect
    return where(best_step_mfu > 0, minimum(expected, log_best), expected)


@quantity(unit="", source=_PILOT, high=1)
def pilot_weight(pilot_mfu, pilot_spread, mfu_prior_scale):
    """Weight of the pilot's log MFU in the run's: each counts by the inverse of its variance; 0 without a pilot."""
    prior = mfu_prior_scale * mfu_prior_scale
    return where(pilot_mfu > 0, prior / (prior + pilot_spread * pilot_spread), 0)


@quantity(unit="", source=_PILOT, low=-math.inf)
def mfu_log_expected(mfu_prior_median, pilot_weight, pilot_mfu):
    """Logarithm of the expected MFU, with the pilot where there is one."""
    pilot = log2(where(pilot_mfu > 0, pilot_mfu, 1)) * math.log(2)
    return mfu_prior_median + pilot_weight * (pilot - mfu_prior_median)


@quantity(unit="", source=_PILOT)
def mfu_log_scale(mfu_prior_scale, pilot_weight):
    """Scale of Student's t of the log MFU, with the pilot where there is one."""
    return mfu_prior_scale * sqrt(1 - pilot_weight)


@quantity(
    unit="", source="what large matrix products sustain, fitted to published step times: no step is faster", high=1, show="%"
)
def reachable_mfu(matmul_share, precision_bits, fp8_share, fp4_share, best_step_mfu):
    """MFU that a run of nothing but large matrix products would reach in the run's precision, or its best strategy if more.

    Products sustain more than the fitted share on chips with more power for each FLOP, which the best strategy knows.
    """
    share = where(precision_bits <= 4, fp4_share, where(precision_bits <= 8, fp8_share, 1))
    products = minimum(matmul_share * share, 1)
    return where(best_step_mfu > products, best_step_mfu, products)


@quantity(unit="", source=_FIT, high=1, low_open=True, show="%")
def mfu(mfu_log_expected, mfu_log_scale, mfu_deviation, reachable_mfu):
    """Model FLOPs utilisation of the precision's dense peak, in steady training: the expected one."""
    return minimum(exp(mfu_log_expected + mfu_log_scale * mfu_deviation), reachable_mfu)
