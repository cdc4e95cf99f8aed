"""Measure what the step-time model needs of a GPU: products over sizes and precisions, bandwidth, launches, power."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from ... import configs
from ..errors import InputError, Parameter
from ..facts.chips import match_chip, one_chip
from .cublaslt import CublasError, GemmShape
from .fit import fit_efficiencies
from .measured_device import KINDS, Measured, MeasuredDevice

SQUARES = (512, 1024, 2048, 4096, 8192, 16384)
# m x k by k x n as transformers have them: 4,096 tokens, widths of 7B to 405B models, split over TP or not
SHAPES = (
    GemmShape(4096, 6144, 4096),
    GemmShape(4096, 4096, 14336),
    GemmShape(4096, 28672, 4096),
    GemmShape(4096, 10240, 8192),
    GemmShape(4096, 57344, 8192),
    GemmShape(4096, 8192, 28672),
    GemmShape(4096, 7168, 8192),
    GemmShape(1024, 8192, 8192),
    GemmShape(256, 8192, 8192),
    GemmShape(4096, 128256, 4096),
    GemmShape(8192, 26624, 16384),
)
KERNELS_PER_PASS = 20  # what launch_time counts of a layer
REPEATS = 5


@dataclass(frozen=True)
class System:
    """Everything measured on one chip.

    Parameters
    ----------
    chip
        The key of its row in the hardware table.
    copy_samples, copy_bytes
        Seconds of reading and writing so many bytes each.
    launch_samples
        Seconds from one small kernel to the next.
    watts
        The mean power while large products run, None where the driver does not tell.
    given
        What a study's [given] takes over: quantities in base units.
    errors
        Mean absolute relative errors of the fitted formula, by precision.
    absent
        Why a precision was not measured, by precision.
    """

    chip: str
    products: tuple[Measured, ...]
    copy_samples: tuple[float, ...]
    copy_bytes: int
    launch_samples: tuple[float, ...]
    watts: float | None
    given: Mapping[str, float]
    errors: Mapping[str, float]
    absent: Mapping[str, str] = field(default_factory=dict)


def chip_of(name: str, device_name: str) -> configs.FactRow:
    """Find the row of the hardware table: the one that is named, else the one that the driver's name of the device says.

    Raises
    ------
    FactError
        Where the table has no row of that name.
    InputError
        Where the device's name says no row: a PCIe card is not measured as the SXM module of its name, whose peak is another.
    """
    if name:
        return one_chip(name)
    match = match_chip(device_name)
    if match.row is None or match.row.scaled_from:
        reason = f", which {match.reason.value}" if match.reason else ""
        raise InputError(
            f"no chip of the hardware table fits {device_name!r}{reason}; name one with ", Parameter("chip"), where="calibrate"
        )
    return match.row


def measure(device: MeasuredDevice, chip: configs.FactRow, date: float, *, quick: bool = False) -> System:
    """Measure a chip and fit its efficiencies.

    Parameters
    ----------
    device
        The GPU.
    chip
        Its row of the hardware table.
    date
        Of the software, as a calendar year and its fraction.
    quick
        Whether to measure four square products only, and power for one second in place of five.

    Raises
    ------
    CublasError
        Where not even BF16 products can be measured.
    """
    squares = [GemmShape(size, size, size) for size in SQUARES]
    shapes = squares[:4] if quick else [*squares, *SHAPES]
    products: list[Measured] = []
    absent: dict[str, str] = {}
    for kind in KINDS:
        try:
            products += [
                Measured(kind, shape, tuple(float(s) for s in device.product_seconds(kind, shape, REPEATS))) for shape in shapes
            ]
        except CublasError as error:
            if kind == "BF16":
                raise
            absent[kind] = str(error)
    size = min(2**30, device.memory_bytes // 8 // 2**20 * 2**20)
    copies = tuple(device.copy_seconds(size, REPEATS))
    launches = tuple(device.launch_seconds(REPEATS))
    watts = device.load_watts("BF16", SQUARES[3] if quick else SQUARES[4], 1.0 if quick else 5.0)
    given, products, errors = fit_efficiencies(products, chip, date)
    given["memory_share"] = min(2 * size / float(np.median(copies)) / chip.values["memory_bandwidth"], 1.0)
    given["launch_time"] = KERNELS_PER_PASS * float(np.median(launches))
    if watts is not None:
        given["load"] = watts / chip.values["tdp"]
    return System(chip.key, tuple(products), copies, size, launches, watts, given, errors, absent)


def today() -> float:
    """Give the current day as a calendar year and its fraction."""
    now = datetime.now(UTC)
    return round(now.year + (now.timetuple().tm_yday - 0.5) / 365.25, 2)
