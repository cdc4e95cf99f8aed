"""The values that an input is varied over: the spread of its draws, the range that is known of it, its other choices."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ...kernels.model.said_range import range_ends
from ..facts.plausible import known_range, table_columns
from ..facts.precisions import PEAKS
from ..prior.drawn_inputs import Distribution
from ..prior.features import Floats
from ..terminal import numbers
from .mover import MoverKind

LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9
TENTH = 0.1
_TENTH_WORDS = "a tenth"
MAX_CHOICES = 4  # of whole numbers, from the least to the greatest, that are choices and not counts
_DRAWN = "P10 to P90 of its draws"
_MODELS = "models"
# Inputs of which another number says nothing: how long a calendar year is, dates, sizes of a number format.
_SETTLED = frozenset({"calendar_year"})
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

    @property
    def is_choice(self) -> bool:
        """Whether no range is known that the input may lie in: it chooses, or is tried a tenth around its value."""
        return self.chooses or self.basis.startswith(_TENTH_WORDS)


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
        None where no other value is known to be sensible: of a zero that stands for none, a count, a date, a model's shape.
    """
    choices = _choices(item)
    if item.name in table_columns(_MODELS) or (not choices and _is_settled(item)):
        return None
    if choices:
        others = [number for number in choices if number != value]
        return Alternative(
            item.name, "assumed", {item.name: value}, _tries(item.name, others), _chosen(item, others), chooses=True
        )
    low, high, basis = _range(item, value, distribution)
    if not low < high:
        return None
    return Alternative(item.name, "assumed", {item.name: value}, _tries(item.name, [low, high]), basis)


def _is_settled(item: Quantity) -> bool:
    is_year = not item.unit and item.name.endswith("year")
    return item.whole or is_year or item.name in _SETTLED or item.name.endswith(_SETTLED_ENDINGS)


def _tries(name: str, values: Iterable[float]) -> tuple[Mapping[str, float], ...]:
    return tuple({name: value} for value in values)


def _choices(item: Quantity) -> tuple[float, ...]:
    """List the values of an input that chooses, in base units; none for a number."""
    if item.words:
        return tuple(float(number) for number in range(len(item.words)))
    if item.whole and item.high - item.low <= MAX_CHOICES:
        return tuple(float(number) for number in range(math.ceil(item.low), math.floor(item.high) + 1))
    return _CHOSEN.get(item.name, ())


def _chosen(item: Quantity, others: Iterable[float]) -> str:
    """Say what is chosen in place of a default: ``straight-line or declining-value in its place``."""
    return f"{' or '.join(numbers.show(number, item) for number in others)} in its place"


def _range(item: Quantity, value: float, distribution: Distribution | None) -> tuple[float, float, str]:
    """Find the range that is known of an input, in base units, and say which it is; a tenth around it where none is."""
    if distribution is not None:
        low, _, high = spread_of(distribution)
        ends = "P10 to P90" if low <= value <= high else "up to P90" if value < low else "down to P10"
        return min(low, value), max(high, value), f"{ends} of what an estimate draws"
    held = known_range(item.name) if value else None
    if held is not None and held.low < held.high:
        sources = [source.replace("_", " ") for source in held.sources if source != "defaults"]
        return held.low, held.high, f"the least and the greatest of {', '.join(sources)}"
    return _tenth(item, value)


def _tenth(item: Quantity, value: float) -> tuple[float, float, str]:
    """Return a tenth less and a tenth more, as far as the input may go."""
    scale = units.factor(item.unit)
    low, high = sorted((value * (1 - TENTH), value * (1 + TENTH)))
    least, most = max(low, item.low * scale), min(high, item.high * scale)
    if least == value:
        return least, most, f"{_TENTH_WORDS} more; it is the least that it can be"
    if most == value:
        return least, most, f"{_TENTH_WORDS} less; it is the most that it can be"
    return (
        least,
        most,
        f"{_TENTH_WORDS} less and a tenth more" + (", within its bounds" if (least, most) != (low, high) else ""),
    )


def within_ranges(alternatives: Iterable[Alternative], given: Mapping[str, float]) -> tuple[Alternative, ...]:
    """Keep the ends of a said range in order: the least is tried no higher than the most stands, and the other way round.

    Parameters
    ----------
    alternatives
        Of inputs.
    given
        The values (base units) at which inputs stand.
    """
    ends = range_ends(given)
    most, least = {low: given[high] for low, high in ends}, {high: given[low] for low, high in ends}

    def kept(alternative: Alternative) -> Alternative:
        name = alternative.name
        if name not in least and name not in most:
            return alternative
        low, high = least.get(name, -math.inf), most.get(name, math.inf)
        return replace(alternative, tries=_tries(name, [min(max(values[name], low), high) for values in alternative.tries]))

    return tuple(map(kept, alternatives))
