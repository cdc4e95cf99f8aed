"""What a service takes, in sentences: how much it serves or needs, how fast, and what a query takes and costs."""

from collections.abc import Mapping
from dataclasses import replace

from ..estimate.intervals import Estimate, Spread
from ..estimate.natural_units import join_words, spread_words, without_unit
from ..estimate.result_sentences import chips_of, model_words
from ..terminal import numbers
from .service_said import lengths_words, queries_words
from .service_scenario import ServiceScenario
from .usual_service import FIRST, SPEED

ENERGY, COST, RENT = "energy_per_query", "cost_per_query", "rental_cost_per_query"
SERVED, NEEDED = "served_queries_per_day", "serving_chips"
DRIVEN = (ENERGY, COST)  # whose drivers are told
_NAMING = "P10 to P90: "
_TINY = 1e-3  # of a currency, below which money is said of a million queries
_MILLION = 1e6


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


def _opening(spreads: Mapping[str, Spread], scenario: ServiceScenario) -> str:
    """Word ``On 72 GB200, DeepSeek V3 serves 5.2 million queries a day (...) of 1,000 tokens in and 500 out``."""
    model, lengths = model_words(scenario), f"of {lengths_words(scenario)}"
    if scenario.chips is None:
        needed = spreads.get(NEEDED)
        takes = chips_of(scenario, spread_words(needed, _NAMING)) if needed is not None else "chips of a number not known"
        return f"To serve {queries_words(scenario)} {lengths}, {model} needs {takes}"
    on = f"On {chips_of(scenario, numbers.count(scenario.chips, 'chip'))}, {model} serves"
    served = spreads.get(SERVED)
    return f"{on} {_a_day(served)} {lengths}" if served is not None else f"{on} queries {lengths}"


def _a_day(served: Spread) -> str:
    """Word ``5.2 million queries a day (P10 to P90: 3.9 to 6.8)``."""
    ends = [end for end in (served.median, served.low, served.high) if end is not None]
    median, *others = (numbers.count(numbers.significant(end, 3)) for end in ends)
    between = numbers.join_range(*others) if others and others[0] != others[1] else ""
    return f"{median} queries a day" + (f" ({_NAMING}{without_unit(between, median)})" if between else "")


def _fast(spreads: Mapping[str, Spread]) -> list[str]:
    """Word ``50 (40 to 62) tokens a second for each user`` and ``0.8 s to the first token``."""
    speed, first = spreads.get(SPEED), spreads.get(FIRST)
    fast = []
    if speed is not None:
        ends = (speed.median, speed.low, speed.high)
        texts = [numbers.number(numbers.significant(end, 3)) for end in ends if end is not None]
        between = f" ({texts[1]} to {texts[2]})" if len(texts) > 1 and texts[1] != texts[2] else ""
        fast.append(f"{texts[0]}{between} tokens a second for each user")
    if first is not None:
        fast.append(f"{spread_words(first)} to the first token")
    return fast


def _query(spreads: Mapping[str, Spread]) -> str:
    """Word ``a query takes 0.21 Wh (0.15 to 0.31) and costs 0.0011 USD (0.0008 to 0.0015), or 0.0014 USD rented``."""
    energy, own, rented = (spreads.get(name) for name in (ENERGY, COST, RENT))
    money = [money for money in (own, rented) if money is not None and money.median is not None]
    queries, per = (1.0, "") if not money or max(_median(one) for one in money) >= _TINY else (_MILLION, " per million queries")
    parts = [f"takes {spread_words(energy)}"] if energy is not None else []
    if own is not None:
        parts.append(
            f"costs {_amount(own, queries, per)}"
            + (f", or {_amount(rented, queries, '', plain=True)} rented" if rented else "")
        )
    elif rented is not None:
        parts.append(f"costs {_amount(rented, queries, per)} rented")
    return f"a query {' and '.join(parts)}" if parts else ""


def _amount(spread: Spread, queries: float, per: str, *, plain: bool = False) -> str:
    """Word an amount for so many queries: ``45.2 USD per million queries (33.1 to 62.1)``; ``plain`` without its ends."""
    ends = [end if end is None else numbers.significant(end * queries, 3) for end in (spread.median, spread.low, spread.high)]
    median, low, high = ends
    own = replace(spread, median=median, low=None if plain else low, high=None if plain else high)
    middle, bracket, between = spread_words(own).partition(" (")
    return f"{middle}{per}{bracket}{between}"


def _median(spread: Spread) -> float:
    return 0.0 if spread.median is None else spread.median
