"""What stands beside an estimate as plain data: what is expected, what the best strategy could reach, pilot and developer."""

import math
from collections.abc import Mapping
from typing import Any

from ..errors import Spelling, named
from . import strategy_report
from .best_step import BestStep
from .intervals import Estimate, Spread
from .outlook import REACHED, Outlook
from .outlook_sentences import rests_on
from .scenario import Scenario


def outlook_entries(estimate: Estimate, scenario: Scenario, outlook: Outlook, spell: Spelling = named) -> dict[str, Any]:
    """Return what stands beside an estimate as plain numbers, texts and None.

    Parameters
    ----------
    estimate, scenario
        What was estimated, and of which run.
    outlook
        What stands beside it.
    spell
        Words the parameters in texts.

    Returns
    -------
    dict
        ``expected``: what the MFU ``rests_on`` and the ``quantities`` with median, P10 and P90; ``best_strategy``: the same of
        the best strategy, with its ``mfu``, its ``strategy``, ``step``, ``chips`` and ``software``, or None with the
        ``reason`` in ``best_strategy_reason``; ``pilot`` and ``like``: None, or what was stated and what it ``narrows``.
    """
    shown = {name: spread for name, spread in estimate.spreads.items() if name in REACHED}
    reason = "".join(part if isinstance(part, str) else spell(part) for part in outlook.unsearched)
    narrows = {
        name: {"before": spread.entry(), "with": estimate.spreads[name].entry()}
        for name, spread in outlook.before.items()
        if name in estimate.spreads
    }
    return {
        "expected": {"rests_on": list(rests_on(scenario, outlook.practice)), "quantities": _entries(shown)},
        "best_strategy": _best_entry(outlook.best, outlook) if outlook.best is not None else None,
        "best_strategy_reason": reason or None,
        "pilot": _pilot_entry(outlook, narrows),
        "like": _like_entry(outlook, narrows),
    }


def _best_entry(best: BestStep, outlook: Outlook) -> dict[str, Any]:
    software = best.software
    return {
        "mfu": best.mfu,
        "quantities": _entries(outlook.reach),
        "step": _entries(outlook.step),
        "strategy": strategy_report.entry(best),
        "chips": best.strategy.chips,
        "software": {"framework": software.framework, "date": software.date, "stated": software.stated},
    }


def _pilot_entry(outlook: Outlook, narrows: dict[str, Any]) -> dict[str, Any] | None:
    practice = outlook.practice
    if practice.pilot is None:
        return None
    return {"mfu": practice.pilot, "tokens_per_second": practice.rate, "narrows": narrows}


def _like_entry(outlook: Outlook, narrows: dict[str, Any]) -> dict[str, Any] | None:
    developer = outlook.practice.developer
    if developer is None:
        return None
    effect = {"name": developer.name, "runs": developer.runs, "mfu_factor": math.exp(developer.mean)}
    return {**effect, "narrows": narrows}


def _entries(spreads: Mapping[str, Spread]) -> dict[str, Any]:
    return {name: spread.entry() for name, spread in spreads.items()}
