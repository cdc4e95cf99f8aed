"""What a service takes, in sentences: how much it serves or needs, how fast, and what a query takes and costs."""

import re
from collections.abc import Mapping

from ..estimate.intervals import Estimate, Spread
from ..estimate.natural_units import join_words, natural, spread_words
from ..estimate.result_sentences import model_words, natural_of
from ..terminal import numbers
from .service_scenario import ServiceScenario
from .serving_request import BATCH, CHIPS, QUERIES
from .usual_service import FIRST, INPUT, OUTPUT, SPEED

ENERGY, COST, RENT = "energy_per_query", "cost_per_query", "rental_cost_per_query"
SERVED, NEEDED = "served_queries_per_day", "serving_chips"
DRIVEN = (ENERGY, COST)  # whose drivers are told
_NAMING = "P10 to P90: "
_WHOLE_CHIP = 1.0


def served_sentence(estimate: Estimate, scenario: ServiceScenario) -> str:
    """Say what chips serve or a day's queries need, at which speed, and what a query takes and costs.

    Parameters
    ----------
    estimate
        What was estimated.
    scenario
        Of which service.
    """
    spreads = {name: spread for name, spread in estimate.spreads.items() if spread.median is not None}
    fast = _fast(spreads)
    first = f"{_opening(spreads, scenario)}{f', at {join_words(fast)}' if fast else ''}"
    return f"{first}; {_query(spreads)}." if _query(spreads) else f"{first}."


def missed_sentence(estimate: Estimate, scenario: ServiceScenario) -> str:
    """Say that users may get less than was asked for, where steps turn out slower; empty where they do not."""
    speed, first = estimate.spreads.get(SPEED), estimate.spreads.get(FIRST)
    asked, wait = scenario.limits.get(SPEED), scenario.limits.get(FIRST)
    texts = []
    if asked is not None and speed is not None and speed.low is not None and speed.low < asked * (1 - 1e-3):
        texts.append(f"{natural(speed.low, speed.quantity)} in one of ten cases")
    if wait is not None and first is not None and first.high is not None and first.high > wait * (1 + 1e-3):
        texts.append(f"the first token after {natural(first.high, first.quantity)} in one of ten cases")
    return f"Where steps turn out slower than expected, a user alone on a replica gets less: {join_words(texts)}." if texts else ""


def _opening(spreads: Mapping[str, Spread], scenario: ServiceScenario) -> str:
    """Word ``On 72 GB200, DeepSeek V3 serves 5.2 million queries a day (...) of 1,000 tokens in and 500 out``."""
    model, lengths = model_words(scenario), f"of {_tokens(scenario, INPUT)} tokens in and {_tokens(scenario, OUTPUT)} out"
    if scenario.wants_chips:
        queries = numbers.count(scenario.fixed[QUERIES].value * _DAY)
        opening = f"To serve {queries} queries a day {lengths}, {model} needs"
        needed = spreads.get(NEEDED)
        return f"{opening} {_chips(scenario, needed) if needed is not None else 'a number of chips that is not known'}"
    on = f"On {numbers.count(scenario.fixed[CHIPS].value)} {_chip(scenario)}"
    served = spreads.get(SERVED)
    if served is None:
        return f"{on}, {model} serves queries {lengths}"
    return f"{on}, {model} serves {_a_day(served)} {lengths}"
