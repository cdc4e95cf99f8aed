"""Measure what the step-time model needs of a GPU: products over sizes and precisions, bandwidth, launches, power.

The efficiencies are fitted to the measured products through the model's own formula (kernels/quantities/gemm.py): the rate
of large products, the fill and drain of a tile and the share of an unfilled wave that is not hidden, for BF16; for the other
precisions their rate over BF16's. Mean absolute errors are stated beside them.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np

from ... import configs
from ...kernels.quantities import gemm
from ..errors import InputError, Parameter
from ..facts.chips import match_chip
from ..facts.precisions import PRECISIONS
from ..step_time import predict
from ..terminal.numbers import significant
from ..terminal.toml_text import add_comment
from .cublaslt import CublasError, GemmShape

KINDS = ("BF16", "FP8", "MXFP8", "NVFP4")  # of products: names of precisions
SHARES = {"FP8": "fp8_share", "NVFP4": "fp4_share"}  # what is fitted of a kind beside BF16
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

_product_time: Callable[..., Any] = gemm.product_time


class MeasuredDevice(Protocol):
    """A GPU as it is measured; times are of one call, on the device."""

    name: str
    bus: str | None
    memory_bytes: int

    def product_seconds(self, kind: str, shape: GemmShape, repeats: int) -> list[float]:
        """Time one product of matrices.

        Parameters
        ----------
        kind
            One of `KINDS`.
        shape
            The product's sizes.
        repeats
            How many samples to take; each is the mean of as many calls as make it long enough.

        Returns
        -------
        list of float
            Seconds of one call.

        Raises
        ------
        CublasError
            Where the device has no product of that kind.
        """
        ...

    def copy_seconds(self, size: int, repeats: int) -> list[float]:
        """Time reading and writing ``size`` bytes each; seconds of one call, by sample."""
        ...

    def launch_seconds(self, repeats: int) -> list[float]:
        """Time one small kernel to the next, launched by the host; seconds, by sample."""
        ...

    def load_watts(self, kind: str, size: int, seconds: float) -> float | None:
        """Measure the mean power while large products run; watts, None where the driver does not tell.

        Parameters
        ----------
        kind
            One of `KINDS`.
        size
            Of the square matrices, in elements a side.
        seconds
            How long they run.
        """
        ...


@dataclass(frozen=True)
class Measured:
    """One product: its samples in seconds, and what the fitted formula says of it."""

    precision: str
    shape: GemmShape
    samples: tuple[float, ...]
    predicted: float = 0.0

    @property
    def seconds(self) -> float:
        """The median of the samples."""
        return float(np.median(self.samples))

    @property
    def rate(self) -> float:
        """FLOP/s."""
        return 2.0 * math.prod(self.shape) / self.seconds


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
        return match_chip(name).row or configs.load("hardware").find(name)
    chip = match_chip(device_name).row
    if chip is None:
        raise InputError(
            f"no chip of the hardware table fits {device_name!r}; name one with ", Parameter("chip"), where="calibrate"
        )
    return chip


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
    size = min(2**30, device.memory_bytes // 8)
    copies = tuple(device.copy_seconds(size, REPEATS))
    launches = tuple(device.launch_seconds(REPEATS))
    watts = device.load_watts("BF16", SQUARES[3] if quick else SQUARES[4], 1.0 if quick else 5.0)
    given, products, errors = fit_efficiencies(products, chip, date)
    given["memory_share"] = min(2 * size / float(np.median(copies)) / chip.values["memory_bandwidth"], 1.0)
    given["launch_time"] = KERNELS_PER_PASS * float(np.median(launches))
    if watts is not None:
        given["load"] = watts / chip.values["tdp"]
    return System(chip.key, tuple(products), copies, size, launches, watts, given, errors, absent)


def fit_efficiencies(
    measured: Sequence[Measured], chip: configs.FactRow, date: float
) -> tuple[dict[str, float], list[Measured], dict[str, float]]:
    """Fit efficiencies to measured products.

    Parameters
    ----------
    measured
        Products of BF16 and of whichever other kinds could be measured.
    chip
        The chip's row of the hardware table.
    date
        Of the software, as a calendar year and its fraction.

    Returns
    -------
    given
        Efficiencies by the name of the quantity, in base units.
    products
        The same products with what the fitted formula says of them, in seconds.
    errors
        Mean absolute relative errors, by precision.
    """
    from scipy.optimize import least_squares

    facts, units = chip.values, chip.values["compute_units"]
    known = {**{name: d.value for name, d in configs.defaults().items()}, **facts, "software_date": date}
    start = predict.evaluate({**known, "matmul_share": 1.0}, ("bf16_rate",))["bf16_rate"]  # what a share of one means
    groups = {kind: [item for item in measured if item.precision == kind] for kind in KINDS}

    def seconds(items: Sequence[Measured], rate: float, depth: float, wave: float, peak: float) -> Any:
        m, n, k = np.array([item.shape for item in items], float).T
        # row-major m x k by k x n, as the model counts them
        return _product_time(m, k, n, 1.0, rate, depth * peak / facts["memory_bandwidth"], units, wave)

    base = groups["BF16"]
    base_seconds = np.log([item.seconds for item in base])

    def residuals(x: Any) -> Any:
        return np.log(seconds(base, math.exp(x[0]), math.exp(x[1]), x[2], facts["peak_bf16"])) - base_seconds

    guess = [math.log(max(item.rate for item in base)), math.log(known["tile_depth"]), known["wave_share"]]
    x = least_squares(
        residuals, guess, bounds=([0.0, math.log(1e-4), 0.0], [80.0, math.log(100.0), 1.0]), loss="soft_l1", f_scale=0.1
    ).x
    rate, depth, wave = math.exp(x[0]), math.exp(x[1]), float(x[2])
    given = {"matmul_share": rate / float(start), "tile_depth": depth, "wave_share": wave, "software_date": date}
    products, errors = [], {}
    for kind, items in groups.items():
        if not items:
            continue
        peak = facts[PRECISIONS[kind].peak]
        ratios = [item.seconds / s for item, s in zip(items, seconds(items, rate, depth, wave, peak), strict=True)]
        own = rate / float(np.median(ratios)) if kind != "BF16" else rate
        if kind in SHARES:
            given[SHARES[kind]] = own / rate / (peak / facts["peak_bf16"])
        predicted = seconds(items, own, depth, wave, peak)
        products += [replace(item, predicted=float(s)) for item, s in zip(items, predicted, strict=True)]
        errors[kind] = float(np.mean([abs(s / i.seconds - 1) for i, s in zip(items, predicted, strict=True)]))
    return given, products, errors


def today() -> float:
    """Give the current day as a calendar year and its fraction."""
    now = datetime.now(UTC)
    return round(now.year + (now.timetuple().tm_yday - 0.5) / 365.25, 2)


def render(system: System, machine: str, gpu: str, driver: str) -> str:
    """Write a system as TOML text: the measuring machine, what a study's [given] takes over, and every product.

    Parameters
    ----------
    system
        What was measured, in base units.
    machine, gpu, driver
        Names of the machine that it was measured on; any text.
    """
    import tomlkit

    document = tomlkit.document()
    document["title"] = f"{configs.load('hardware').find(system.chip).name}, measured"
    names = {"name": machine, "gpu": gpu, "driver": driver, "chip": system.chip}
    document["machine"] = {**names, "measured": f"{datetime.now(UTC):%Y-%m-%d}"}
    document["given"] = _given_table(system.given)
    errors = tomlkit.table()
    errors.comment("mean absolute, of the fitted formula on the products below")
    errors.update({kind: round(error, 4) for kind, error in system.errors.items()})
    document["errors"] = errors
    if system.absent:
        document["absent"] = dict(system.absent)
    document["products"] = [
        {
            "precision": item.precision,
            **item.shape._asdict(),
            "seconds": significant(item.seconds, 7),
            "tflops": round(item.rate / 1e12, 1),
            "predicted": significant(item.predicted, 7),
        }
        for item in system.products
    ]
    return tomlkit.dumps(document)


def _given_table(given: Mapping[str, float]) -> Any:
    import tomlkit

    from ...kernels.quantities import MODEL

    table = tomlkit.table()
    add_comment(
        table,
        "# Efficiencies of the step-time model on this system and its power at load:\n"
        "# `flopwatt run` and `flopwatt estimate` take them by --system.",
    )
    for name, value in given.items():
        unit = MODEL[name].unit
        table[name] = f"{value:.4g} {unit}" if unit else significant(value, 6)
    return table
