"""A service as one JSON document: what was read, its quantities, how it is served, what bounds a step, what moves it."""

from typing import TYPE_CHECKING, Any

from ..estimate.document_parts import (
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
from ..records.running_version import flopwatt_entry
from .service_said import service_inputs
from .service_sentences import DRIVEN, NEEDED, SERVED

if TYPE_CHECKING:
    from .service_result import ServiceResult

MOVED = (SERVED, NEEDED, *DRIVEN)  # of which it is told what moves them


def service_document(result: "ServiceResult", form: DocumentForm) -> dict[str, Any]:
    """Return a service as one JSON document: plain numbers, texts and None.

    Parameters
    ----------
    result
        What serving takes.
    form
        How it is written.
    """
    estimate, scenario, spell = result.estimate, result.scenario, form.spell
    moved = [name for name in MOVED if name in estimate.spreads]
    document: dict[str, Any] = {
        "flopwatt": flopwatt_entry(),
        "inputs": service_inputs(scenario, result.service),
        "quantities": quantity_entries(estimate, scenario, spell),
        "currency": currency_entry(form.currency),
        "strategy": result.strategy.entry(),
        **share_entries(estimate),
        "monte_carlo_error": estimate.error,
        "place": place_entries(scenario, spell),
        "drawn": drawn_entries(scenario, spell),
        "held": held_entries(scenario, spell),
        "movers": mover_entries(estimate, scenario, moved),
        "sentence": result.sentence,
    }
    if form.steps is not None:
        document["steps"] = [step_entry(step, spell) for step in form.steps]
    return document
