"""What is known of a run before it starts and bears on its MFU, as numbers for a regression.

Each feature is the logarithm of a ratio to a round reference, so that 0 means "like the reference", an indicator, or a product
of such. A logarithm is held to the range of the runs that were fitted: beyond it the nearest fitted run speaks. A feature
that is not known (the chip's bandwidth is not published) is NaN and is marginalised by the regression.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BALANCE = 200.0  # FLOP per byte
SIZE = 1e10  # parameters
MODERN = 2023.0  # FlashAttention (arXiv:2205.14135) and selective recompute (arXiv:2205.05198) came in May of 2022
SPARSE = 1.2  # total over active parameters from which a model counts as a mixture of experts


@dataclass(frozen=True)
class Known:
    """What is known of a run before it starts, NaN where it is not known.

    Parameters
    ----------
    active_parameters, parameters
        Parameters that a token uses, and all of them.
    peak_flops
        The chip's dense peak in the run's precision (FLOP/s).
    memory_bandwidth
        The chip's (bytes/s).
    year
        The calendar year of the run.
    """

    active_parameters: float
    parameters: float = math.nan
    peak_flops: float = math.nan
    memory_bandwidth: float = math.nan
    year: float = math.nan


def _log(value: float, reference: float) -> float:
    ratio = value / reference  # 0 of what is next to nothing
    return math.log(ratio) if ratio > 0 else math.nan


def _balance(run: Known) -> float:
    return _log(run.peak_flops / run.memory_bandwidth, BALANCE) if run.memory_bandwidth > 0 else math.nan


def _moe(run: Known) -> float:
    return float(run.parameters > SPARSE * run.active_parameters) if run.parameters > 0 else math.nan


def _before_2023(run: Known) -> float:
    return math.nan if math.isnan(run.year) else float(run.year < MODERN)


LOGARITHMS: Mapping[str, Callable[[Known], float]] = {
    "balance": _balance,  # FLOP that the chip can do per byte that its memory delivers
    "size": lambda run: _log(run.active_parameters, SIZE),
}
INDICATORS: Mapping[str, Callable[[Known], float]] = {"moe": _moe, "before_2023": _before_2023}
# Size where bytes are scarce: larger matrices reuse each byte more, which helps on chips beyond the reference balance.
PRODUCTS: Mapping[str, Callable[[Mapping[str, float]], float]] = {
    "size_where_scarce": lambda value: value["size"] * float(np.maximum(value["balance"], 0.0)),  # NaN stays NaN
}


@dataclass(frozen=True)
class Ranges:
    """The least and the greatest value of each logarithm over the fitted runs."""

    low: Mapping[str, float]
    high: Mapping[str, float]

    @classmethod
    def of(cls, runs: Iterable[Known]) -> "Ranges":
        """Measure the ranges over some runs."""
        columns = {name: [value for run in runs if not math.isnan(value := get(run))] for name, get in LOGARITHMS.items()}
        return cls(
            {name: min(values, default=0.0) for name, values in columns.items()},
            {name: max(values, default=0.0) for name, values in columns.items()},
        )


def vector(run: Known, names: Sequence[str], ranges: Ranges) -> Floats:
    """Compute features of a run, each logarithm held to its range.

    Parameters
    ----------
    names
        Which features, in the order wanted.
    ranges
        The fitted runs' ranges.

    Returns
    -------
    Floats
        Of shape ``(len(names),)``; NaN where a feature is not known.
    """
    values = {name: _held(get(run), ranges.low[name], ranges.high[name]) for name, get in LOGARITHMS.items()}
    values |= {name: get(run) for name, get in INDICATORS.items()}
    values |= {name: get(values) for name, get in PRODUCTS.items()}
    return np.array([values[name] for name in names], dtype=np.float64)


def _held(value: float, low: float, high: float) -> float:
    return value if math.isnan(value) else min(max(value, low), high)
