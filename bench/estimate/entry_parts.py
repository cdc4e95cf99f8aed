"""The parts of an estimate's JSON document that do not ask what is estimated: quantities, what is drawn, what moves them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...kernels.model import units
from ..errors import Spelling, named
from ..facts.currencies import DOLLARS, Currency
from ..prior.drawn_inputs import shown_name
from ..terminal.json import jsonable
from .explain import Step
from .intervals import Estimate, Spread
from .money_words import drawn_source, unanswered
from .places import brought
from .scenario import Scenario

if TYPE_CHECKING:
    from ..drivers.mover import Mover


@dataclass(frozen=True)
class DocumentForm:
    """How an estimate's document is written.

    Parameters
    ----------
    steps
        How it was computed, or None to leave that out.
    spell
        Words the parameters that the user stated values with.
    currency
        What money is in, in the scenario's model too.
    """

    steps: Sequence[Step] | None = None
    spell: Spelling = named
    currency: Currency = DOLLARS


DEFAULT_FORM = DocumentForm()


def quantity_entries(estimate: Estimate, scenario: Scenario, spell: Spelling) -> dict[str, Any]:
    """Write each quantity's unit, median, P10 and P90, and why there is none.

    Parameters
    ----------
    estimate, scenario
        What was estimated, and of what.
    spell
        Words the parameters that a missing value can be stated with.
    """
    reasons = unanswered(estimate, scenario, spell)
    return {name: _entry(spread, reasons.get(name, "")) for name, spread in estimate.spreads.items()}


def currency_entry(currency: Currency) -> dict[str, Any]:
    """Write what money is in, at which rate."""
    return {"code": currency.code, "dollars": currency.dollars, "date": currency.date, "source": currency.source}


def share_entries(estimate: Estimate) -> dict[str, Any]:
    """Write what drives each quantity, and how exact the draws are."""
    return {
        "variance_shares": {name: dict(shares) for name, shares in estimate.shares.items()},
        "variance_share_errors": {name: dict(errors) for name, errors in estimate.share_errors.items()},
        "interval": [0.1, 0.9],
        "draws": estimate.draws,
    }


def place_entries(scenario: Scenario, spell: Spelling) -> dict[str, Any]:
    """Write what the place brings."""
    return {name: _place_entry(scenario, name, spell) for name in brought(scenario)}


def drawn_entries(scenario: Scenario, spell: Spelling) -> dict[str, str]:
    """Write where each drawn input comes from."""
    return {shown_name(name): drawn_source(scenario, name, spell) for name in scenario.drawn}


def mover_entries(estimate: Estimate, scenario: Scenario, targets: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return how far each input that nobody stated moves some of the quantities.

    Parameters
    ----------
    estimate, scenario
        What was estimated, and of what.
    targets
        The quantities; those that were not estimated are left out.
    """
    from .scenario_movers import scenario_movers  # which only JSON has

    movers = scenario_movers(scenario, [name for name in targets if name in estimate.spreads])
    return {target: [_mover_entry(mover, scenario) for mover in moving] for target, moving in movers.items()}


def _mover_entry(mover: "Mover", scenario: Scenario) -> dict[str, Any]:
    entry: dict[str, Any] = jsonable(mover)
    del entry["place"]
    return {"quantity": entry.pop("name"), "unit": scenario.model[mover.name].unit, **entry}


def step_entry(step: Step, spell: Spelling) -> dict[str, Any]:
    """Write one quantity of how an estimate was computed."""
    value = step.value if math.isfinite(step.value) else None
    item = step.quantity
    source = step.source.text(spell)
    return {"quantity": item.name, "formula": step.formula or None, "value": value, "unit": item.unit, "source": source}


def _place_entry(scenario: Scenario, name: str, spell: Spelling) -> dict[str, Any]:
    item, held = scenario.model[name], scenario.fixed[name]
    value = float(units.from_base(held.value, item.unit))
    return {"value": value, "unit": item.unit, "source": held.source.text(spell), "date": held.source.date}


def _entry(spread: Spread, reason: str) -> dict[str, Any]:
    return spread.entry() | ({"missing": list(spread.missing), "reason": reason} if spread.missing else {})
