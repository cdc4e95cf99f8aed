"""An estimate as an object for Python: its quantiles, its draws, what drives it, as a frame and as JSON's document."""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np

from ...kernels.model import units
from ...kernels.text import nearest
from ..errors import InputError, Parameter, Spelling, UnknownNameError, joined, named
from ..facts.currencies import DOLLARS, Currency
from ..prior.drawn_inputs import shown_name
from ..prior.features import Floats
from ..terminal.notebook import html_paragraphs, html_table
from .best_step import STEP_QUANTITIES
from .entry_parts import DocumentForm
from .estimate_document import document
from .explain import Step
from .intervals import Estimate, Spread
from .natural_units import in_table, spread_interval
from .outlook import Outlook
from .outlook_sentences import outlook_sentences
from .result_sentences import driver_sentence, natural_of, result_sentence, table_words, words
from .scenario import Scenario, evaluate
from .shown_quantities import shown_quantities


@dataclass(frozen=True)
class QuantileRange:
    """A quantity's P10, P50 and P90, in its unit.

    Attributes
    ----------
    p10, p50, p90
        Equal where nothing of the quantity is drawn; NaN where it needs a fact that is not published, infinite where in so many
        draws no number of chips meets the stated time.
    unit
        Their unit; empty for a plain number.
    """

    p10: float
    p50: float
    p90: float
    unit: str


@dataclass(frozen=True, repr=False)
class EstimateResult:
    """What one training run takes, with intervals.

    Attributes
    ----------
    estimate
        The spread of each quantity, and the shares of what drives it.
    scenario
        The run: what is fixed, and what is drawn.
    currency
        What money is in, in the scenario's model too.
    seed
        Of the draws.
    outlook
        What stands beside what is expected: what the best strategy could reach, what a pilot narrowed.
    """

    estimate: Estimate
    scenario: Scenario
    currency: Currency = DOLLARS
    seed: int = 0
    outlook: Outlook = field(default_factory=Outlook)

    @property
    def kind_words(self) -> str:
        """What it is an estimate of."""
        return "A training run"

    @property
    def name(self) -> str:
        """What tells the run from others: its chip's name."""
        return self.scenario.subject.short_chip if self.scenario.subject is not None else "estimate"

    @property
    def chip(self) -> str:
        """The name of its chip's row of the hardware table."""
        return self.scenario.subject.chip if self.scenario.subject is not None else ""

    @property
    def sentence(self) -> str:
        """The result in a sentence."""
        return result_sentence(self.estimate, self.scenario)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The result, what is expected and what the best strategy could reach, and what drives the spread."""
        parts = outlook_sentences(self.estimate, self.scenario, self.outlook)
        beside = [joined(sentence, lambda parameter: f"{parameter.name}={parameter.value!r}") for sentence in parts]
        return tuple(filter(None, (self.sentence, *beside, driver_sentence(self.estimate))))

    @property
    def quantiles(self) -> Mapping[str, QuantileRange]:
        """P10, P50 and P90 by quantity, each in its own unit."""
        return MappingProxyType({name: _range(spread) for name, spread in self.estimate.spreads.items()})

    @property
    def best_strategy(self) -> Mapping[str, QuantileRange]:
        """P10, P50 and P90 of what the best strategy could reach, and of its step; nothing where none was found."""
        return MappingProxyType({name: _range(own) for name, own in {**self.outlook.reach, **self.outlook.step}.items()})

    @property
    def drivers(self) -> Mapping[str, Mapping[str, float]]:
        """By quantity, the share (0 to 1) of its spread that each drawn input explains alone, the largest first."""
        return MappingProxyType({name: MappingProxyType(dict(shares)) for name, shares in self.estimate.shares.items()})

    @functools.cached_property
    def draws(self) -> Mapping[str, Floats]:
        """Every quantity estimated and every input drawn at each draw, in its own unit; the arrays cannot be written to."""
        drawn = [shown_name(name) for name in self.scenario.drawn]
        return MappingProxyType(self._at_draws(tuple(dict.fromkeys((*self.estimate.spreads, *drawn)))))

    def quantile(self, name: str, share: float) -> float:
        """Return any quantile of a quantity over the draws, in its own unit.

        Parameters
        ----------
        name
            A quantity of the model, estimated or not.
        share
            The share (0 to 1) of the draws that lie below.

        Raises
        ------
        InputError
            Where the run does not tell the quantity, or the share is none; an UnknownNameError where the model has none of
            that name.
        """
        if not 0 <= share <= 1:
            raise InputError(f"must be from 0 to 1, not {share}", where=Parameter("share"))
        values = self.draws[name] if name in self.draws else self._further(name)
        if np.isnan(values).all():
            return math.nan
        return float(np.quantile(values, share, method="linear" if np.isfinite(values).all() else "higher"))

    def _further(self, name: str) -> Floats:
        """Compute a quantity that was not among those estimated."""
        model = self.scenario.model
        if name not in model:
            close = nearest(name, model.quantities) or f"; there are {', '.join(self.estimate.spreads)}"
            raise UnknownNameError(f"there is no quantity {name!r}{close}", where=Parameter("name"))
        held = {*self.scenario.fixed, *self.scenario.drawn, *self.scenario.solved}
        lacking = sorted(set(model.inputs([name], held)) - held)
        if lacking:
            raise InputError(f"{name} needs {', '.join(lacking)}, which this run does not tell", where=Parameter("name"))
        return self._at_draws((name,))[name]

    def _at_draws(self, names: tuple[str, ...]) -> dict[str, Floats]:
        of_step = [name for name in names if name in STEP_QUANTITIES and self.outlook.best is not None]
        problem = self.scenario.problem(self.estimate.draws, self.seed)
        values = evaluate(problem, [name for name in names if name not in of_step])
        if self.outlook.best is not None and of_step:
            values |= evaluate(self.outlook.best.scenario.problem(self.estimate.draws, self.seed), of_step)
        return {name: self._as_drawn(name, column) for name, column in values.items()}

    def _as_drawn(self, name: str, base: Floats) -> Floats:
        unit = self.scenario.model[name].unit
        column: Floats = np.array(np.broadcast_to(np.ravel(units.from_base(base, unit)), (self.estimate.draws,)))
        column.flags.writeable = False
        return column

    def to_dict(self, steps: Sequence[Step] | None = None, spell: Spelling = named) -> dict[str, Any]:
        """Return the document that the command prints as JSON: plain numbers, texts and None.

        Parameters
        ----------
        steps
            How it was computed, as `explain` lists it; left out otherwise.
        spell
            Words the parameters that values were stated with.
        """
        return document(self.estimate, self.scenario, self.outlook, DocumentForm(steps, spell, self.currency))

    def to_frame(self) -> Any:
        """Return a pandas DataFrame: a row per quantity, with its P10, P50, P90 and unit."""
        import pandas

        rows = {name: (words(name), own.p10, own.p50, own.p90, own.unit) for name, own in self.quantiles.items()}
        frame = pandas.DataFrame.from_dict(rows, orient="index", columns=["name", "P10", "P50", "P90", "unit"])
        return frame.rename_axis("quantity")

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the fields alone: the draws are computed again where somebody asks."""
        return {own.name: getattr(self, own.name) for own in fields(self)}

    def __repr__(self) -> str:
        return f"EstimateResult: {self.sentence}"

    def _repr_html_(self) -> str:
        """Show the result in a notebook: its sentences, and a small table."""
        spreads = {name: self.estimate.spreads[name] for name in shown_quantities(self.estimate, self.scenario)}
        rows = [
            (table_words(name), *map(in_table, (natural_of(spread), spread_interval(spread))))
            for name, spread in spreads.items()
        ]
        return html_paragraphs(self.sentences) + html_table(("", "median", "P10 to P90"), rows)


def _range(spread: Spread) -> QuantileRange:
    """Return the quantiles of a spread: its median where nothing is drawn, NaN where there is no answer."""
    middle = math.nan if spread.median is None else spread.median
    low, high = (middle if end is None else end for end in (spread.low, spread.high))
    return QuantileRange(low, middle, high, spread.quantity.unit)
