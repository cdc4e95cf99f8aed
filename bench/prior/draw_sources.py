"""Where the distributions of inputs that a run does not state come from."""

import math

from ... import configs
from ..facts.sources import DRAWS, SourcedFigure
from ..terminal.numbers import number
from . import forms, store

# kind -> how its numbers are said, in the order that the file has them
KINDS = {
    "uniform": "uniform from {} to {}{unit}",
    "normal": "normal, mean {}{unit}, standard deviation {}{unit}",
    "lognormal": "lognormal, median {}{unit}, standard deviation of the logarithm {}",
    "triangular": "triangular from {0} to {2}{unit}, most likely {1}{unit}",
}


def drawn_figures() -> tuple[SourcedFigure, ...]:
    """List the distributions of configs/prior/draws.toml, each with its source. Raises FactError where it has not its form."""
    file = configs.checked(forms.DRAWS, configs.read_toml(store.DRAWS), store.DRAWS)
    return tuple(_figure(entry) for entry in file.draws)


def _figure(entry: forms.DrawEntry) -> SourcedFigure:
    unit = f" {entry.unit}" if entry.unit else ""
    stated = {kind: getattr(entry, kind) for kind in KINDS}
    texts = (KINDS[kind].format(*map(number, given), unit=unit) for kind, given in stated.items() if given is not None)
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
