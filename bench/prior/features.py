"""What is known of a run before it starts and bears on its MFU, as numbers for a regression.

Each feature is the logarithm of a ratio to a round reference, so that 0 means "like the reference", an indicator, or a product
of such. A logarithm is held to the range of the runs that were fitted: beyond it the nearest fitted run speaks. A feature
that is not known (the chip's bandwidth is not published) is NaN and is marginalised by the regression. The regression is
fitted on these; predicting from it is a matter of the model's quantities (kernels/quantities/utilisation.py), of which a test
says that they agree.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ... import configs

Floats = NDArray[np.float64]


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


def _reference(name: str) -> float:
    """Look up what counts 0, or divides one kind from the other, among the model's defaults."""
    return configs.defaults()[name].value


def _log(value: float, reference: float) -> float:
    ratio = value / reference  # 0 of what is next to nothing
    return math.log(ratio) if ratio > 0 else math.nan


def _balance(run: Known) -> float:
    if not run.memory_bandwidth > 0:
        return math.nan
    return _log(run.peak_flops / run.memory_bandwidth, _reference("reference_balance"))


def _moe(run: Known) -> float:
    if not run.parameters > 0:
        return math.nan
    return float(run.parameters > _reference("sparse_ratio") * run.active_parameters)


def _before_2023(run: Known) -> float:
    return math.nan if math.isnan(run.year) else float(run.year < _reference("modern_year"))


LOGARITHMS: Mapping[str, Callable[[Known], float]] = {
    "balance": _balance,  # FLOP that the chip can do per byte that its memory delivers
    "size": lambda run: _log(run.active_parameters, _reference("reference_size")),
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
