"""The form of each file under configs/prior that an estimate reads: its keys and the type of each."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...kernels.validation.plain_tests import NO_OTHER_KEYS
from ...kernels.validation.validator import Validator

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Normal:
    """A normal belief about a coefficient: its mean and standard deviation, and why it is held."""

    mean: float
    sd: float
    reason: str


@dataclass(frozen=True)
class NoiseBelief:
    """What is believed of the noise around the regression.

    Parameters
    ----------
    sd
        The standard deviation of the logarithm of the MFU.
    weight
        How many runs the belief counts for.
    shared
        The part (0 to 1) of the variance that one developer's runs have in common.
    reason
        Why it is held.
    """

    sd: float
    weight: float
    shared: float
    reason: str


@dataclass(frozen=True)
class RegressionFile:
    """The form of regression.toml."""

    intercept: Normal
    noise: NoiseBelief
    practice: Normal
    features: Mapping[str, Normal]
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


@dataclass(frozen=True)
class DrawEntry:
    """One ``[[draws]]``: a quantity, and one of the distributions.

    Parameters
    ----------
    quantity, unit
        The quantity, and the unit of the distribution's numbers.
    source
        Where the distribution comes from.
    chips
        Patterns on the keys of the hardware table that the run's chip matches.
    before
        The calendar year that the run must be earlier than.
    uniform, normal, lognormal, triangular
        The numbers of the one distribution that is stated.
    date
        When the source was published.
    secondary
        Whether the source is not by those who made or measured the thing.
    """

    quantity: str
    unit: str
    source: str
    chips: tuple[str, ...] = ("*",)
    before: float = math.inf
    uniform: Numbers | None = None
    normal: Numbers | None = None
    lognormal: Numbers | None = None
    triangular: Numbers | None = None
    date: str = ""
    secondary: bool = False


@dataclass(frozen=True)
class SketchEntry:
    """The shape of a transformer of which only the parameters are known.

    Parameters
    ----------
    width_per_layer
        The hidden size over the number of layers.
    head_size
        The width of an attention head.
    source, date
        Where the rule comes from, and when that was published.
    """

    width_per_layer: float
    head_size: float
    source: str
    date: str = ""


@dataclass(frozen=True)
class RunTimeEntry:
    """How long a run takes whose chips are not known: lognormal around a power of its operations, up to a most.

    Parameters
    ----------
    days, at_flops
        The median run time (days) of a run of so many operations (FLOP).
    exponent
        Of the operations, in the median.
    most_days
        The longest median (days).
    sigma
        The standard deviation of the logarithm of the run time.
    source, date
        Where the rule comes from, and when that was published.
    """

    days: float
    at_flops: float
    exponent: float
    most_days: float
    sigma: float
    source: str
    date: str = ""


@dataclass(frozen=True)
class Deviation:
    """The standard deviation of a logarithm, where it comes from, and when that was published."""

    sigma: float
    source: str
    date: str = ""


@dataclass(frozen=True)
class HoursEntry:
    """What chip-hours of a kind are of those of a run of the stated tokens, where that comes from, and of when."""

    factor: float
    source: str
    date: str = ""


@dataclass(frozen=True)
class ChipPatterns:
    """Chips that a statement holds for, as patterns on the keys of the hardware table, where it comes from, and of when."""

    chips: tuple[str, ...]
    source: str
    date: str = ""


@dataclass(frozen=True)
class DrawsFile:
    """The form of draws.toml."""

    draws: tuple[DrawEntry, ...]
    sketch: SketchEntry
    run_time: RunTimeEntry
    published_mfu: Deviation
    published_site: Deviation
    counted_by_die: ChipPatterns
    hours: Mapping[str, HoursEntry]
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


@dataclass(frozen=True)
class SeenEntry:
    """What the fitted runs are like.

    Parameters
    ----------
    greatest_peak
        The BF16 peak of their fastest chip (FLOP/s).
    narrowness, narrowness_spread
        Mean and variance of their models' narrowness.
    """

    greatest_peak: float
    narrowness: float
    narrowness_spread: float


@dataclass(frozen=True)
class PracticeEntry:
    """How the best strategy's MFU counts: its weight, and what features lead to expect of its logarithm."""

    weight: float
    intercept: float
    slopes: Mapping[str, float]


@dataclass(frozen=True)
class DeveloperEntry:
    """What a developer adds to the log MFU: mean, standard deviation, explained share of the noise's variance, runs."""

    mean: float
    sd: float
    known: float
    runs: int


@dataclass(frozen=True)
class FitFile:
    """The form of mfu.toml, which `fit_text.write_fit` writes; its date is the newest of what was fitted on."""

    source: str
    chips: tuple[str, ...]
    chips_with_step_times: tuple[str, ...]
    features: tuple[str, ...]
    intercept: float
    scale: float
    freedom: float
    covariance: tuple[Numbers, ...]
    coefficients: Mapping[str, float]
    centre: Mapping[str, float]
    spread: Mapping[str, float]
    seen: SeenEntry
    practice: PracticeEntry
    developers: Mapping[str, DeveloperEntry]
    quality: Mapping[str, str]
    date: str = ""
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


REGRESSION, DRAWS, FIT = Validator[RegressionFile](RegressionFile), Validator[DrawsFile](DrawsFile), Validator[FitFile](FitFile)
