"""A service as one JSON document: what was read, its quantities, how it is served, what bounds a step, what moves it."""

from typing import Any

from ..estimate.entry_parts import (
    DocumentForm,
    currency_entry,
    drawn_entries,
    mover_entries,
    place_entries,
    quantity_entries,
    share_entries,
    step_entry,
)
from ..estimate.held_entries import held_entries
from ..estimate.intervals import Estimate
from ..records.running_version import flopwatt_entry
from .served_strategy import ServedStrategy
from .service_said import service_inputs
from .service_scenario import ServiceScenario
from .service_sentences import DRIVEN, NEEDED, SERVED, served_sentence
from .serving_request import Service

MOVED = (SERVED, NEEDED, *DRIVEN)  # of which it is told what moves them


def service_document(
    estimate: Estimate, scenario: ServiceScenario, told: tuple[Service, ServedStrategy], form: DocumentForm
) -> dict[str, Any]:
    """Return a service as one JSON document: plain numbers, texts and None.

    Parameters
    ----------
    estimate, scenario
        What was estimated, and of which service.
    told
        What was stated, and how it is served.
    form
        How it is written.
    """
    spell, (service, strategy) = form.spell, told
    moved = [name for name in MOVED if name in estimate.spreads]
    document: dict[str, Any] = {
        "flopwatt": flopwatt_entry(),
        "inputs": service_inputs(scenario, service),
        "quantities": quantity_entries(estimate, scenario, spell),
        "currency": currency_entry(form.currency),
        "strategy": strategy.entry(),
        **share_entries(estimate),
        "monte_carlo_error": estimate.error,
        "place": place_entries(scenario, spell),
        "drawn": drawn_entries(scenario, spell),
        "held": held_entries(scenario, spell),
        "movers": mover_entries(estimate, scenario, moved),
        "sentence": served_sentence(estimate, scenario),
    }
    if form.steps is not None:
        document["steps"] = [step_entry(step, spell) for step in form.steps]
    return document
