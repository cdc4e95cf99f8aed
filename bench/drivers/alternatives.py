"""The values that an input is varied over: the spread of its draws, the range that is known of it, its other choices."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ..facts.plausible import known_range
from ..facts.precisions import PEAKS
from ..prior.drawn_inputs import Distribution
from ..prior.features import Floats
from .mover import MoverKind

LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9
TENTH = 0.1
MAX_CHOICES = 4  # of whole numbers, from the least to the greatest, that are choices and not counts
_DRAWN = "P10 to P90 of its draws"
_DRAWN_ELSEWHERE = "P10 to P90 of what an estimate draws"
_TENTH = "a tenth less and a tenth more"
_CHOICES = "its other choices"
# Inputs of which another number says nothing: conventions of the calendar, dates, sizes of a number format.
_SETTLED = frozenset({"calendar_year", "year"})
_SETTLED_ENDINGS = ("_date", "_bytes")
_CHOSEN = {"precision_bits": tuple(PEAKS)}  # numbers among which one is chosen, and none between them


@dataclass(frozen=True)
class Alternative:
    """An input with the values that it is tried at beside its own.

    Attributes
    ----------
    name
        The input's key.
    kind
        Whether it is drawn, or a default that was assumed.
    base
        Its own value in base units; of the points of an axis those of all columns that vary together, by quantity.
    tries
        What is tried, alike: of a range its low end, then its high end.
    basis
        Which values are tried, in words.
    chooses
        Whether it chooses: then it is the answers that say which value comes first.
    """

    name: str
    kind: MoverKind
    base: Mapping[str, float]
    tries: tuple[Mapping[str, float], ...]
    basis: str
    chooses: bool = False


def drawn_alternative(name: str, values: tuple[float, float, float]) -> Alternative:
    """Make the alternative of a drawn input from P10, median and P90 of its draws, in base units."""
    low, median, high = values
    return Alternative(name, "drawn", {name: median}, ({name: low}, {name: high}), _DRAWN)


def spread_of(distribution: Distribution) -> tuple[float, float, float]:
    """Read P10, median and P90 of a distribution, in base units."""
    low, median, high = np.asarray(distribution.at(np.array([LOW, MEDIAN, HIGH]))).tolist()
    return low, median, high


def spread_of_draws(draws: Floats, weights: Floats | None = None) -> tuple[float, float, float]:
    """Read P10, median and P90 of draws: values that were drawn, of weights where these are not all alike."""
    low, median, high = np.quantile(draws, [LOW, MEDIAN, HIGH], method="inverted_cdf", weights=weights).tolist()
    return low, median, high


def assumed_alternative(item: Quantity, value: float, distribution: Distribution | None = None) -> Alternative | None:
    """Make the alternative of an input that took a default.

    Parameters
    ----------
    item
        The input.
    value
        Its default, in base units.
    distribution
        What an estimate draws it from; None where it draws it from nothing.

    Returns
    -------
    Alternative or None
        None where no other value is known to be sensible: of a zero that stands for "none", a count, a date.
    """
    choices = _choices(item)
    if choices:
        others = [number for number in choices if number != value]
        return Alternative(item.name, "assumed", {item.name: value}, _tries(item.name, others), _CHOICES, chooses=True)
    if item.whole or item.name in _SETTLED or item.name.endswith(_SETTLED_ENDINGS):
        return None
    low, high, basis = _range(item, value, distribution)
    low, high = (_within(item, number) for number in (low, high))
    if not low < high:
        return None
    return Alternative(item.name, "assumed", {item.name: value}, _tries(item.name, [low, high]), basis)


def _tries(name: str, values: Iterable[float]) -> tuple[Mapping[str, float], ...]:
    return tuple({name: value} for value in values)


def _choices(item: Quantity) -> tuple[float, ...]:
    """List the values of an input that chooses, in base units; none for a number."""
    if item.words:
        return tuple(float(number) for number in range(len(item.words)))
    if item.whole and item.high - item.low <= MAX_CHOICES:
        return tuple(float(number) for number in range(math.ceil(item.low), math.floor(item.high) + 1))
    return _CHOSEN.get(item.name, ())


def _range(item: Quantity, value: float, distribution: Distribution | None) -> tuple[float, float, str]:
    """Find the range that is known of an input, in base units, and say which it is; a tenth around it where none is."""
    if distribution is not None:
        low, _, high = spread_of(distribution)
        return min(low, value), max(high, value), _DRAWN_ELSEWHERE
    held = known_range(item.name) if value else None
    if held is not None and held.low < held.high:
        sources = [source.replace("_", " ") for source in held.sources if source != "defaults"]
        return held.low, held.high, f"the least and the greatest of {', '.join(sources)}"
    return value * (1 - TENTH), value * (1 + TENTH), _TENTH


def _within(item: Quantity, value: float) -> float:
    """Move a value (base units) to the nearest that the input may have."""
    scale = units.factor(item.unit)
    return min(max(value, item.low * scale), item.high * scale)
