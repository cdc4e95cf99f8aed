# mypy: allow-untyped-defs
"""How long a run takes: peak and sustained FLOP/s, MFU and HFU, goodput, run time and chip-hours.

MFU and goodput are two things. MFU is the share of the dense peak that the model's own operations reach while training runs
steadily (Chowdhery et al. 2022, arXiv:2204.02311, section 4.1). Goodput is the share of the run's time that is such
training: the rest goes to failures, restarts and work lost since the last checkpoint.
"""

from ..model.quantity import given, quantity, where

_SUM = "definition"
_PALM = "Chowdhery et al. 2022, arXiv:2204.02311, section 4.1 and appendix B"

given("chip_count", "chip", "Chips that one run uses.", low=1, whole=True)
given("precision_bits", "", "Bits of the matrix products' operands: 16 (BF16 or FP16), 8 (FP8) or 4 (FP4).", low=4, high=16)
given("peak_bf16", "FLOP/s", "Dense peak of a chip in BF16 (FP16 where it has no BF16).", low_open=True)
given("peak_fp8", "FLOP/s", "Dense peak of a chip in FP8.", low_open=True)
given("peak_fp4", "FLOP/s", "Dense peak of a chip in FP4.", low_open=True)
given("chip_mtbf", "h", "Chip-hours between interruptions of a run: one divided by failures per chip-hour.", low_open=True)
given("time_lost_per_failure", "s", "Useful time that an interruption costs: detection, restart, work done again.", show="min")
given("other_losses", "", "Share of the held time lost to else than failures: evaluation, later stages, upgrades.", high=0.99)


@quantity(unit="FLOP/s", source="the chip's data sheet, dense", low_open=True)
def peak_flops(precision_bits, peak_bf16, peak_fp8, peak_fp4):
    """Dense peak of one chip in the precision of the matrix products."""
    return where(precision_bits <= 4, peak_fp4, where(precision_bits <= 8, peak_fp8, peak_bf16))


@quantity(unit="FLOP/s", source=_PALM, low_open=True)
def sustained_flops(chip_count, peak_flops, mfu):
    """Model FLOP/s of all chips of the run in steady training."""
    return chip_count * (peak_flops * mfu)


@quantity(unit="", source=_PALM, high=1, low_open=True)
def hfu(mfu, hardware_flops, training_flops):
    """Hardware FLOPs utilisation: as MFU, with the operations that are done again counted."""
    return mfu * (hardware_flops / training_flops)


@quantity(
    unit="",
    source="renewal argument: useful time over useful and lost time; anchored in Llama 3, see the defaults",
    high=1,
    low_open=True,
)
def goodput(chip_count, time_lost_per_failure, chip_mtbf, other_losses):
    """Share of the run's time that is steady training.

    Interruptions come at chip_count / chip_mtbf in useful time and each costs time_lost_per_failure, so more chips lose more
    of their time: past some number of chips a run hardly gets shorter, and only dearer.
    """
    return (1 - other_losses) / (1 + chip_count * (time_lost_per_failure / chip_mtbf))


@quantity(unit="s", source=_SUM, show="day", low_open=True)
def run_time(training_flops, sustained_flops, goodput):
    """Wall-clock time of the pre-training run, restarts and lost work included."""
    return training_flops / (sustained_flops * goodput)


@quantity(unit="h", source=_SUM, low_open=True)
def chip_hours(chip_count, run_time):
    """Chips times the time they are held by the run."""
    return chip_count * run_time


@quantity(unit="s", source=_SUM, show="day", low_open=True)
def time_between_failures(chip_mtbf, chip_count):
    """Mean time between interruptions of the whole run."""
    return chip_mtbf / chip_count
