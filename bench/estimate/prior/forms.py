"""The form of each file under configs/prior that an estimate reads: its keys and the type of each."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ....kernels.validation import NO_OTHER_KEYS, Validator

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Normal:
    """A normal belief, and why it is held."""

    mean: float
    sd: float
    reason: str


@dataclass(frozen=True)
class NoiseBelief:
    """What is believed of the noise around the regression."""

    sd: float
    weight: float
    shared: float
    reason: str


@dataclass(frozen=True)
class RegressionFile:
    """regression.toml."""

    intercept: Normal
    noise: NoiseBelief
    features: Mapping[str, Normal]
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


@dataclass(frozen=True)
class DrawEntry:
    """One ``[[draws]]``: a quantity, and one of the distributions."""

    quantity: str
    unit: str
    source: str
    chips: tuple[str, ...] = ("*",)
    before: float = math.inf
    uniform: Numbers | None = None
    normal: Numbers | None = None
    lognormal: Numbers | None = None
    triangular: Numbers | None = None


@dataclass(frozen=True)
class SketchEntry:
    """The shape of a transformer of which only the parameters are known."""

    width_per_layer: float
    head_size: float
    source: str


@dataclass(frozen=True)
class RunTimeEntry:
    """How long a run takes whose chips are not known."""

    days: float
    at_flops: float
    exponent: float
    most_days: float
    sigma: float
    source: str


@dataclass(frozen=True)
class Deviation:
    """The standard deviation of a logarithm."""

    sigma: float
    source: str


@dataclass(frozen=True)
class ChipPatterns:
    """Patterns on the keys of the hardware table."""

    chips: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class DrawsFile:
    """draws.toml."""

    draws: tuple[DrawEntry, ...]
    sketch: SketchEntry
    run_time: RunTimeEntry
    published_mfu: Deviation
    published_site: Deviation
    counted_by_die: ChipPatterns
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


@dataclass(frozen=True)
class FitFile:
    """mfu.toml, which `store.write_fit` writes."""

    source: str
    features: tuple[str, ...]
    intercept: float
    scale: float
    freedom: float
    covariance: tuple[Numbers, ...]
    coefficients: Mapping[str, float]
    centre: Mapping[str, float]
    spread: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
    quality: Mapping[str, str]
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


REGRESSION, DRAWS, FIT = Validator[RegressionFile](RegressionFile), Validator[DrawsFile](DrawsFile), Validator[FitFile](FitFile)
