"""An estimate as one JSON document, and several chips' side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...kernels.model import units
from ..errors import Spelling, named
from ..facts.currencies import DOLLARS, Currency
from ..prior.drawn_inputs import shown_name
from ..records.running_version import flopwatt_entry
from ..terminal.json import jsonable
from . import strategy_report
from .best_possible import best_possible
from .explain import Step
from .intervals import Estimate, Spread
from .memory_check import state_memory
from .money_words import drawn_source, unanswered
from .outlook import NOTHING_BESIDE, Outlook
from .places import brought
from .result_sentences import result_sentence
from .said_inputs import inputs_entry
from .scenario import Scenario

if TYPE_CHECKING:
    from ..drivers.mover import Mover

MOVED = ("run_time", "energy", "cost")  # of which it is told what moves them


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


def document(
    estimate: Estimate, scenario: Scenario, outlook: Outlook = NOTHING_BESIDE, form: DocumentForm = DEFAULT_FORM
) -> dict[str, Any]:
    """Return an estimate as one JSON document: plain numbers, texts and None. Its ``inputs`` are those of `inputs_entry`.

    Parameters
    ----------
    estimate, scenario
        What was estimated, and of which run.
    outlook
        What stands beside it.
    form
        How it is written.
    """
    from .held_entries import held_entries
    from .outlook_entries import outlook_entries

    spell, currency, steps = form.spell, form.currency, form.steps
    strategy = strategy_report.entry(outlook.best) if outlook.best is not None and outlook.shows_strategy else None
    reasons = unanswered(estimate, scenario, spell)
    memory = state_memory(scenario.fixed)
    result: dict[str, Any] = {
        "flopwatt": flopwatt_entry(),
        "inputs": inputs_entry(scenario),
        "quantities": {name: _entry(spread, reasons.get(name, "")) for name, spread in estimate.spreads.items()},
        "currency": {"code": currency.code, "dollars": currency.dollars, "date": currency.date, "source": currency.source},
        **({"strategy": strategy} if strategy is not None else {}),
        **outlook_entries(estimate, scenario, outlook, spell),
        "variance_shares": {name: dict(shares) for name, shares in estimate.shares.items()},
        "variance_share_errors": {name: dict(errors) for name, errors in estimate.share_errors.items()},
        "interval": [0.1, 0.9],
        "draws": estimate.draws,
        "least_chips": memory.least_chips if memory else None,
        "monte_carlo_error": estimate.error,
        "unreachable": estimate.endless,
        "place": {name: _place_entry(scenario, name, spell) for name in brought(scenario)},
        "drawn": {shown_name(name): drawn_source(scenario, name, spell) for name in scenario.drawn},
        "held": held_entries(scenario, spell) + _step_entries(scenario, outlook, spell),
        "movers": _movers_entry(estimate, scenario),
        "sentence": result_sentence(estimate, scenario),
        "best_possible": _best_entry(scenario),
    }
    if steps is not None:
        result["steps"] = [_step(step, spell) for step in steps]
    return result


def _step_entries(scenario: Scenario, outlook: Outlook, spell: Spelling) -> list[dict[str, Any]]:
    """List what the step of the best strategy was computed from beside what the run was, where it is asked for."""
    from .held_entries import held_entries

    if outlook.best is None or not outlook.shows_strategy:
        return []
    step = outlook.best.scenario
    fixed = {name: held for name, held in step.fixed.items() if name not in scenario.fixed}
    drawn = {name: distribution for name, distribution in step.drawn.items() if name not in scenario.drawn}
    return held_entries(replace(step, fixed=fixed, drawn=drawn), spell)


def _place_entry(scenario: Scenario, name: str, spell: Spelling) -> dict[str, Any]:
    item, held = scenario.model[name], scenario.fixed[name]
    value = float(units.from_base(held.value, item.unit))
    return {"value": value, "unit": item.unit, "source": held.source.text(spell), "date": held.source.date}


def _step(step: Step, spell: Spelling) -> dict[str, Any]:
    value = step.value if math.isfinite(step.value) else None
    item = step.quantity
    source = step.source.text(spell)
    return {"quantity": item.name, "formula": step.formula or None, "value": value, "unit": item.unit, "source": source}


def _entry(spread: Spread, reason: str) -> dict[str, Any]:
    return spread.entry() | ({"missing": list(spread.missing), "reason": reason} if spread.missing else {})


def _movers_entry(estimate: Estimate, scenario: Scenario) -> dict[str, list[dict[str, Any]]]:
    """Return how far each input that nobody stated moves the quantities that are asked of a run first."""
    from .scenario_movers import scenario_movers  # which only JSON has

    movers = scenario_movers(scenario, [name for name in MOVED if name in estimate.spreads])
    return {target: [_mover_entry(mover, scenario) for mover in moving] for target, moving in movers.items()}


def _mover_entry(mover: "Mover", scenario: Scenario) -> dict[str, Any]:
    entry: dict[str, Any] = jsonable(mover)
    del entry["place"]
    return {"quantity": entry.pop("name"), "unit": scenario.model[mover.name].unit, **entry}


def _best_entry(scenario: Scenario) -> dict[str, Any] | None:
    """Return the bound that `best_possible` computes as plain numbers; None where it does not go with the run."""
    best = best_possible(scenario)
    if best is None:
        return None
    known = {name: value for name, value in best.values.items() if math.isfinite(value)}
    return {
        "mfu": best.mfu,
        "quantities": {name: {"unit": scenario.model[name].unit, "value": value} for name, value in known.items()},
    }
