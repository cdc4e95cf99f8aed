# mypy: allow-untyped-defs, allow-untyped-calls
"""What is known of a run before it starts and bears on its MFU: the features of the regression in utilisation.py.

A feature is 0 for a run like the reference; one that is not known (its inputs are NaN) takes the mean over the fitted runs.
"""

import math

from ..model.quantity import given, log2, maximum, minimum, quantity, where

FEATURES = ("scarcity", "size", "fp8", "fp4", "moe", "before_2023", "since_2026", "beyond_runs")
# What may be NaN where a run does not tell it: quantities that the features are computed from.
MAY_BE_UNKNOWN = ("chip_balance", "active_parameters", "parameters", "year")
HAVE_A_STAND_IN = ("peak_bf16",)  # what may be NaN as well: the peak by bits takes its place
FOLLOW_FROM_PEAKS = ("counted_bf16_peak", "format_speedup")  # NaN where no peak at all is known

_ROOFLINE = "Williams, Waterman and Patterson 2009, doi:10.1145/1498765.1498785: machine balance"
_FORMATS = "a faster format speeds up the matrix products alone: configs/prior/regression.toml has the measured steps"

given(
    "year",
    "",
    "Calendar year in which the run is made: before 2023, until 2025, or from 2026 on.",
    low=1950,
    label="year of the run",
)
given("reference_balance", "FLOP/byte", "Operations per byte of the chip whose balance counts 0.", low_open=True)
given(
    "least_balance",
    "FLOP/byte",
    "Operations per byte of the chip beyond which more bandwidth is of no further use.",
    low_open=True,
)
given("reference_size", "parameter", "Active parameters of the model whose narrowness counts 1.", low_open=True)
given("width_exponent", "", "Power of its parameters by which a model's matrices widen.", high=1)
given("large_size", "parameter", "Active parameters from which a model counts as large.", low_open=True)
given("least_size", "parameter", "Active parameters below which a model counts as no narrower.", low_open=True)
given("modern_year", "", "Year from which runs count as made with fused attention and selective recompute.")
given("recent_year", "", "Year from which runs count as made with software as new as that of the measured steps.")
given("sparse_ratio", "", "Parameters over active ones from which a model counts as a mixture of experts.", low=1)
given("mfu_greatest_peak", "FLOP/s", "Dense BF16 peak of the fastest chip of the fitted runs.", low_open=True)
given("mfu_centre_narrowness", "", "Mean narrowness of the fitted runs' models.")
for _name in FEATURES:
    given(f"mfu_centre_{_name}", "", f"Mean of {_name} over the fitted runs.", low=-math.inf)


@quantity(unit="FLOP/s", source="halving the bits doubles the peak of a matrix unit of one size", low_open=True)
def counted_bf16_peak(peak_bf16, peak_flops, precision_bits, clock_share):
    """Dense BF16 peak of a chip; where it is not published, that of the run's precision by the bits.

    It is taken as it is without a power limit: what is sustained under one falls with the clock, and the MFU is as before.
    """
    return where(peak_bf16 > 0, peak_bf16, peak_flops * precision_bits / 16) / clock_share


@quantity(unit="FLOP/byte", source=_ROOFLINE)
def chip_balance(counted_bf16_peak, memory_bandwidth):
    """Operations that a chip can do in BF16 for each byte that its memory delivers."""
    return counted_bf16_peak / memory_bandwidth


@quantity(unit="", source=_ROOFLINE, low=-math.inf)
def mfu_balance(chip_balance, reference_balance, least_balance):
    """Logarithm of the chip's balance over the reference; bandwidth that products do not wait for counts nothing."""
    return log2(maximum(chip_balance, least_balance) / reference_balance) * math.log(2)


@quantity(unit="", source="a matrix reuses each byte as often as it is wide")
def mfu_narrowness(active_parameters, reference_size, least_size, width_exponent, mfu_centre_narrowness):
    """How narrow a model's matrices are over the reference's: the operations that they leave undone for each byte."""
    narrowness = (reference_size / maximum(active_parameters, least_size)) ** width_exponent
    return where(active_parameters > 0, narrowness, mfu_centre_narrowness)


@quantity(unit="", source="bytes that a chip lacks for its operations cost a narrow model more", low=-math.inf)
def mfu_scarcity(chip_balance, mfu_balance, mfu_narrowness, mfu_centre_scarcity):
    """How scarce bytes are: the chip's log balance times the model's narrowness."""
    return where(chip_balance > 0, mfu_balance * mfu_narrowness, mfu_centre_scarcity)


@quantity(unit="", source="large runs are tuned more: configs/prior/regression.toml", low=-math.inf)
def mfu_size(active_parameters, large_size, mfu_centre_size):
    """Logarithm of a large model's active parameters over those from which models count as large; 0 for a smaller one."""
    beyond = log2(maximum(active_parameters / large_size, 1)) * math.log(2)
    return where(active_parameters > 0, beyond, mfu_centre_size)


@quantity(unit="", source="the chip's data sheet, dense", low_open=True)
def format_speedup(peak_flops, counted_bf16_peak, clock_share):
    """Peak in the run's precision over that in BF16."""
    return peak_flops / clock_share / counted_bf16_peak


@quantity(unit="", source=_FORMATS, low=-math.inf)
def mfu_speedup(counted_bf16_peak, format_speedup, precision_bits):
    """Logarithm of the peak in the run's precision over that in BF16; by the bits where no peak of the chip is known."""
    return log2(where(counted_bf16_peak > 0, format_speedup, 16 / precision_bits)) * math.log(2)


@quantity(unit="", source=_FORMATS, low=-math.inf)
def mfu_fp8(mfu_speedup, precision_bits):
    """The log speed-up of a run in FP8, 0 in other formats."""
    return where(precision_bits <= 4, 0, where(precision_bits <= 8, mfu_speedup, 0))


@quantity(unit="", source=_FORMATS, low=-math.inf)
def mfu_fp4(mfu_speedup, precision_bits):
    """The log speed-up of a run in FP4, 0 in other formats."""
    return where(precision_bits <= 4, mfu_speedup, 0)


@quantity(unit="", source="exchange between experts and smaller matrices cost MFU", high=1)
def mfu_moe(parameters, active_parameters, sparse_ratio, mfu_centre_moe):
    """1 for a mixture of experts, 0 for a dense model."""
    ratio = parameters / active_parameters
    return where(ratio > sparse_ratio, 1, where(ratio > 0, 0, mfu_centre_moe))


@quantity(unit="", source="FlashAttention (arXiv:2205.14135) and selective recompute (arXiv:2205.05198)", high=1)
def mfu_before_2023(year, modern_year, mfu_centre_before_2023):
    """1 for a run from before fused attention and selective recompute, else 0."""
    return where(year < modern_year, 1, where(year >= modern_year, 0, mfu_centre_before_2023))


@quantity(unit="", source="software of the measured steps, which no fitted run had: configs/prior/regression.toml", high=1)
def mfu_since_2026(year, recent_year, mfu_centre_since_2026):
    """1 for a run with software as new as that of the measured steps, else 0."""
    return where(year >= recent_year, 1, where(year < recent_year, 0, mfu_centre_since_2026))


@quantity(unit="", source="a chip of another generation than the fitted runs' may do better or worse", high=1)
def mfu_beyond_runs(counted_bf16_peak, mfu_greatest_peak, mfu_centre_beyond_runs):
    """How far a chip is beyond those of the fitted runs: 0 where it is no faster in BF16, 1 where it is twice as fast."""
    beyond = minimum(maximum(log2(counted_bf16_peak / mfu_greatest_peak), 0), 1)
    return where(counted_bf16_peak > 0, beyond, mfu_centre_beyond_runs)
