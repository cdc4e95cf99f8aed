# mypy: allow-untyped-defs
"""How long a run takes: peak and sustained FLOP/s, MFU and HFU, goodput, run time and chip-hours.

MFU and goodput are two things. MFU is the share of the dense peak that the model's own operations reach while training runs
steadily (Chowdhery et al. 2022, arXiv:2204.02311, section 4.1). Goodput is the share of the chips' held time that is such
training: the rest goes to failures, restarts, work lost since the last checkpoint, writing checkpoints, and chips in reserve.
"""

from ..model.quantity import given, quantity, sqrt, where

_SUM = "definition"
_ETTR = "Kokolis et al. 2025, arXiv:2410.21680: expected effective training time ratio"
_YOUNG = "Young 1974, doi:10.1145/361147.361115; Daly 2006, doi:10.1016/j.future.2004.11.016"
_PALM = "Chowdhery et al. 2022, arXiv:2204.02311, section 4.1 and appendix B"

given("chip_count", "chip", "Chips that one run uses.", low=1, whole=True, label="number of chips")
given(
    "precision_bits",
    "",
    "Bits of the matrix products' operands: 16 (BF16 or FP16), 8 (FP8) or 4 (FP4).",
    low=4,
    high=16,
    label="bits of the precision",
)
given(
    "peak_bf16",
    "FLOP/s",
    "Dense peak of a chip in BF16 (FP16 where it has no BF16).",
    low_open=True,
    label="peak of a chip in BF16",
)
given("peak_fp8", "FLOP/s", "Dense peak of a chip in FP8.", low_open=True, label="peak of a chip in FP8")
given("peak_fp4", "FLOP/s", "Dense peak of a chip in FP4.", low_open=True, label="peak of a chip in FP4")
given(
    "chip_mtbf",
    "h",
    "Chip-hours between interruptions of a run: one divided by failures per chip-hour.",
    low_open=True,
    label="chip-hours between failures",
)
given(
    "detection_time",
    "s",
    "Time until an interruption is noticed and what caused it is known.",
    show="min",
    label="time to detect a failure",
)
given(
    "restart_time",
    "s",
    "Time from there until the run trains on: chips replaced, processes started, checkpoint read.",
    show="min",
    label="time to restart",
)
given(
    "checkpoint_write_time",
    "s",
    "Time that training stands still while a checkpoint is written; what is written behind its back does not count.",
    low_open=True,
    label="time to write a checkpoint",
)
given("checkpoint_interval", "s", "Training time between two checkpoints; 0 takes the best one.", show="min")
given(
    "spare_share",
    "",
    "Share of a run's chips that are held in reserve and do not compute.",
    high=0.99,
    show="%",
    label="share of spare chips",
)
given(
    "other_losses",
    "",
    "Share of the held time lost to else than failures: evaluation, later stages, upgrades.",
    high=0.99,
    show="%",
    label="time lost to else than failures",
)


@quantity(unit="FLOP/s", source="the chip's data sheet, dense", low_open=True, label="peak of a chip")
def peak_flops(precision_bits, peak_bf16, peak_fp8, peak_fp4):
    """Dense peak of one chip in the precision of the matrix products."""
    return where(precision_bits <= 4, peak_fp4, where(precision_bits <= 8, peak_fp8, peak_bf16))


@quantity(unit="FLOP/s", source=_PALM, low_open=True, label="sustained FLOP/s of the run")
def sustained_flops(chip_count, peak_flops, mfu):
    """Model FLOP/s of all chips of the run in steady training."""
    return chip_count * (peak_flops * mfu)


@quantity(unit="", source=_PALM, high=1, low_open=True, show="%")
def hfu(mfu, hardware_flops, training_flops):
    """Hardware FLOPs utilisation: as MFU, with the operations that are done again counted."""
    return mfu * (hardware_flops / training_flops)


@quantity(unit="s", source=_SUM, show="day", low_open=True)
def time_between_failures(chip_mtbf, chip_count):
    """Mean time between interruptions of the whole run."""
    return chip_mtbf / chip_count


@quantity(unit="s", source=_YOUNG, show="day", low_open=True)
def chip_checkpoint_interval(checkpoint_write_time, chip_mtbf):
    """Best training time between two checkpoints of a run on one chip."""
    return sqrt(2 * checkpoint_write_time * chip_mtbf)


@quantity(unit="s", source=_YOUNG, show="min", low_open=True)
def best_checkpoint_interval(chip_checkpoint_interval, chip_count):
    """Training time between two checkpoints at which writing them and work done again cost least together.

    That is the root of 2 x checkpoint_write_time x time_between_failures; written so that no division is left in a loop.
    """
    return chip_checkpoint_interval * (1 / sqrt(chip_count))


@quantity(unit="s", source=_SUM, show="min", low_open=True)
def time_between_checkpoints(checkpoint_interval, best_checkpoint_interval):
    """Training time between two checkpoints: as given, else the best one."""
    return where(checkpoint_interval > 0, checkpoint_interval, best_checkpoint_interval)


@quantity(unit="", source=_ETTR, high=1, show="%")
def checkpoint_overhead(checkpoint_write_time, time_between_checkpoints):
    """Share of the time between interruptions in which training stands still while checkpoints are written."""
    return checkpoint_write_time / (time_between_checkpoints + checkpoint_write_time)


@quantity(unit="s", source=_ETTR, show="min")
def time_lost_per_failure(detection_time, restart_time, time_between_checkpoints):
    """Useful time that an interruption costs: detection, restart, and half a checkpoint interval of work done again."""
    return detection_time + restart_time + 0.5 * time_between_checkpoints


@quantity(unit="", source="renewal argument: useful time over useful and lost time; " + _ETTR, high=1, low_open=True, show="%")
def goodput(
    chip_count, chip_mtbf, time_lost_per_failure, time_between_checkpoints, checkpoint_write_time, spare_share, other_losses
):  # fmt: skip
    """Share of the chips' held time that is steady training.

    Interruptions come once in time_between_failures and each costs time_lost_per_failure; between them checkpoints are written.
    The more chips, the more interruptions; past some number of chips a run hardly gets shorter, and only dearer.
    """
    held = (1 - spare_share) * (1 - other_losses) * time_between_checkpoints
    failures = chip_count * (1 / chip_mtbf)
    return held / ((time_between_checkpoints + checkpoint_write_time) * (1 + failures * time_lost_per_failure))


@quantity(unit="s", source=_SUM, show="day", low_open=True)
def run_time(training_flops, sustained_flops, goodput):
    """Wall-clock time of the pre-training run, restarts and lost work included."""
    return training_flops / (sustained_flops * goodput)


@quantity(unit="h", source=_SUM, low_open=True, label="chip-hours")
def chip_hours(chip_count, run_time):
    """Chips times the time they are held by the run."""
    return chip_count * run_time
