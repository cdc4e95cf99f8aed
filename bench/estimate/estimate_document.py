"""An estimate as one JSON document, and several chips' side by side."""

import math
from dataclasses import replace
from typing import Any

from ..errors import Spelling
from ..records.running_version import flopwatt_entry
from . import strategy_report
from .best_possible import best_possible
from .entry_parts import (
    DEFAULT_FORM,
    DocumentForm,
    currency_entry,
    drawn_entries,
    mover_entries,
    place_entries,
    quantity_entries,
    share_entries,
    step_entry,
)
from .intervals import Estimate
from .memory_check import state_memory
from .outlook import NOTHING_BESIDE, Outlook
from .result_sentences import result_sentence
from .said_inputs import inputs_entry
from .scenario import Scenario

MOVED = ("run_time", "energy", "cost")  # of which it is told what moves them


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

    spell, steps = form.spell, form.steps
    strategy = strategy_report.entry(outlook.best) if outlook.best is not None and outlook.shows_strategy else None
    memory = state_memory(scenario.fixed)
    result: dict[str, Any] = {
        "flopwatt": flopwatt_entry(),
        "inputs": inputs_entry(scenario),
        "quantities": quantity_entries(estimate, scenario, spell),
        "currency": currency_entry(form.currency),
        **({"strategy": strategy} if strategy is not None else {}),
        **outlook_entries(estimate, scenario, outlook, spell),
        **share_entries(estimate),
        "least_chips": memory.least_chips if memory else None,
        "monte_carlo_error": estimate.error,
        "unreachable": estimate.endless,
        "place": place_entries(scenario, spell),
        "drawn": drawn_entries(scenario, spell),
        "held": held_entries(scenario, spell) + _step_entries(scenario, outlook, spell),
        "movers": mover_entries(estimate, scenario, MOVED),
        "sentence": result_sentence(estimate, scenario),
        "best_possible": _best_entry(scenario),
    }
    if steps is not None:
        result["steps"] = [step_entry(step, spell) for step in steps]
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
