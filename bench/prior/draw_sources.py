"""Where the distributions of inputs that a run does not state come from, and what they are in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ... import configs
from ...kernels.model.units import from_base
from ...kernels.quantities import MODEL
from ..facts.sources import DRAWS, SourcedFigure
from ..stats.distributions import DISTRIBUTIONS
from ..terminal.numbers import number
from . import forms, store
from .drawn_inputs import Distribution, StudentT

# kind -> how its numbers are said, in the order that the file has them
KINDS = {
    "uniform": "uniform from {} to {}{unit}",
    "normal": "normal, mean {}{unit}, standard deviation {}{unit}",
    "lognormal": "lognormal, median {}{unit}, standard deviation of the logarithm {}",
    "triangular": "triangular from {0} to {2}{unit}, most likely {1}{unit}",
}

_COUNTED = ("day", "year")  # units that are words

NOT_SOURCED = configs.FactSource("")


@dataclass(frozen=True)
class DrawnFrom:
    """What an input is drawn from.

    Attributes
    ----------
    words
        The distribution as people read it: ``uniform from 0.3 to 0.5``.
    source
        Where it comes from; its text is empty where a study states the distribution itself.
    """

    words: str
    source: configs.FactSource = NOT_SOURCED


def stated_words(kind: str, parameters: Sequence[float], unit: str) -> str:
    """Say what a distribution is.

    Parameters
    ----------
    kind, parameters
        A name of `stats.distributions` and its parameters, in ``unit`` where they carry one.
    unit
        The quantity's; empty for a plain number.
    """
    words = f"{unit}s" if unit in _COUNTED else unit
    return KINDS[kind].format(*map(number, parameters), unit=f" {words}" if words else "")


def drawn_from(quantity: str, distribution: Distribution) -> DrawnFrom:
    """Say what an input of a run is drawn from.

    Parameters
    ----------
    quantity
        The input.
    distribution
        Its distribution, as `drawn_inputs.distribution_of` finds it.
    """
    if isinstance(distribution, store.Drawn):
        unit, carries = MODEL[quantity].unit, DISTRIBUTIONS[distribution.distribution][1]
        own = [float(from_base(p, unit)) if c else p for p, c in zip(distribution.parameters, carries, strict=True)]
        source = configs.FactSource(distribution.source, distribution.date, not distribution.secondary)
        return DrawnFrom(stated_words(distribution.distribution, own, unit), source)
    if isinstance(distribution, StudentT):
        words = f"Student's t, {number(distribution.freedom)} degrees of freedom, around the regression"
        return DrawnFrom(words, configs.FactSource(distribution.source, store.fit_date()))
    return DrawnFrom("", configs.FactSource(distribution.source))


def drawn_figures() -> tuple[SourcedFigure, ...]:
    """List the distributions of configs/prior/draws.toml, each with its source. Raises FactError where it has not its form."""
    file = configs.checked(forms.DRAWS, configs.read_toml(store.DRAWS), store.DRAWS)
    return tuple(_figure(entry) for entry in file.draws)


def _figure(entry: forms.DrawEntry) -> SourcedFigure:
    stated = {kind: getattr(entry, kind) for kind in KINDS}
    texts = (stated_words(kind, given, entry.unit) for kind, given in stated.items() if given is not None)
    return SourcedFigure(
        DRAWS, entry.quantity, _scope(entry), entry.quantity, None, entry.unit, "; ".join(texts), _source(entry)
    )


def _source(entry: forms.DrawEntry) -> configs.FactSource:
    return configs.FactSource(entry.source, entry.date, not entry.secondary)


def _scope(entry: forms.DrawEntry) -> str:
    """Say for which chips and runs a distribution is, where it is not for all."""
    chips = "" if entry.chips == ("*",) else f"of {', '.join(entry.chips)}"
    early = "" if math.isinf(entry.before) else f"before {entry.before:g}"
    return " ".join(filter(None, (chips, early)))
