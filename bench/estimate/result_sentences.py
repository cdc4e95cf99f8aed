"""An estimate in sentences: what the run takes, and what drives that."""

import math
import re
from collections.abc import Mapping, Sequence

from ...kernels.quantities import MODEL
from ..facts.chips import one_chip
from ..prior.drawn_inputs import DEVIATION, shown_name, unseen_chips
from ..terminal import numbers
from .intervals import Estimate, Spread
from .natural_units import join_words, natural, spread_words
from .scenario import Scenario

# What an estimate calls its quantities where the model has other words.
OWN_WORDS = {
    "cost": "own cost",
    "capital": "bought for this run alone",
    "run_time": "time",
    "step_time": "step time of the best strategy",
    "memory_per_chip": "memory that it takes on a chip",
}
MIN_SHARE = 0.01
ERRORS = 2.0  # that a share must be above nothing: of one error, a share of nothing is printed now and then
_OF = ("run_time", "chip_count", "cost", "carbon")  # whose drivers are told
_MAIN_DRIVERS = 2  # of a quantity
_EXPLAINED = 0.9  # of a spread, from which no further driver is told


def words(name: str) -> str:
    """Name a quantity of an estimate for people: ``own cost``, ``time``, ``facility power``."""
    return OWN_WORDS.get(name) or MODEL[name].wording


def result_sentence(estimate: Estimate, scenario: Scenario) -> str:
    """Say what a run takes: time or chips, energy, cost and carbon, with P10 to P90 of the time and the cost.

    Parameters
    ----------
    estimate
        What was estimated.
    scenario
        Of which run.
    """
    spreads = {name: spread for name, spread in estimate.spreads.items() if spread.median is not None}
    takes, naming = [], "P10 to P90: "
    asked = spreads.get("chip_count" if scenario.solve else "run_time")
    if asked is not None:
        takes.append(chips_of(scenario, spread_words(asked, naming)) if scenario.solve else spread_words(asked, naming))
    if "energy" in spreads:
        takes.append(natural_of(spreads["energy"]))
    own, rented = spreads.get("cost"), spreads.get("rental_cost")
    if own is not None:
        takes.append(spread_of(own, "of own cost"))
    text = f"{_run_words(scenario, spreads)} takes {join_words(takes) or 'what is not known'}"
    if rented is not None:
        text += f", or {natural_of(rented)} rented" if own is not None else f"; {natural_of(rented)} rented"
    carbon = spreads.get("carbon")
    return f"{text}; {natural_of(carbon)}." if carbon is not None else f"{text}."


def table_words(name: str) -> str:
    """Name a quantity in a table, where its unit is written without what it is of."""
    return f"{words(name)} (CO2e)" if name == "carbon" else words(name)


def natural_of(spread: Spread) -> str:
    """Write a spread's median as people say it."""
    return natural(spread.median, spread.quantity) if spread.median is not None else ""


def spread_of(spread: Spread, what: str) -> str:
    """Word ``38.8 million USD of own cost (27.3 to 58.8)``: a spread, and of what it is behind the median."""
    middle, bracket, ends = spread_words(spread).partition(" (")
    return f"{middle} {what}".rstrip() + f"{bracket}{ends}"


def _run_words(scenario: Scenario, spreads: Mapping[str, Spread]) -> str:
    """Word ``Training Llama 3.1 405B on 16,384 H100-SXM-80GB``, or ``in 30 days`` where the chips follow from the time."""
    count, time = spreads.get("chip_count"), spreads.get("run_time")
    if scenario.solve:
        return f"{verb_of(scenario)} {model_words(scenario)}" + (f" in {natural_of(time)}" if time is not None else "")
    stated = scenario.fixed["chip_count"].value if "chip_count" in scenario.fixed else None
    chips = count.median if count is not None else stated
    on = chips_of(scenario, numbers.count(chips, "chip")) if chips is not None else _chip_name(scenario)
    return f"{verb_of(scenario)} {model_words(scenario)} on {on}"


def verb_of(scenario: Scenario) -> str:
    """Word what is done to a run's model, as a sentence begins: ``Training``."""
    return scenario.subject.verb if scenario.subject is not None else "Training"


def _chip_name(scenario: Scenario) -> str:
    return (scenario.subject.short_chip if scenario.subject is not None else "") or "chips"


def chips_of(scenario: Scenario, text: str) -> str:
    """Put the chip's name into a number of chips: ``16,384 H100-SXM-80GB``.

    Parameters
    ----------
    scenario
        The run.
    text
        A number of chips: ``16,384 chips``.
    """
    return re.sub(r" chips?\b", lambda _: f" {_chip_name(scenario)}", text, count=1)


def model_words(scenario: Scenario) -> str:
    """Name the model of a run: its row's name, its file, or its size where nothing else is known."""
    subject = scenario.subject
    if subject is not None and subject.file:
        return f"the model of {subject.file}"
    if subject is not None and subject.model:
        return subject.model
    size = scenario.fixed["parameters"].value if "parameters" in scenario.fixed else math.nan
    return f"a model of {numbers.count(size, 'parameter')}" if math.isfinite(size) else "the model"


def main_shares(estimate: Estimate, name: str) -> list[tuple[str, float]]:
    """List the shares (0 to 1) of a quantity's spread that are above twice their errors, by input, largest first."""
    errors = estimate.share_errors.get(name, {})
    shares = estimate.shares.get(name, {})
    return [(item, share) for item, share in shares.items() if share >= MIN_SHARE and share > ERRORS * errors[item]]


def driver_sentence(estimate: Estimate, of: Sequence[str] = _OF) -> str:
    """Say what drives the spread of time or chips, cost and carbon; empty where nothing does, or too few draws tell.

    Parameters
    ----------
    estimate
        What was estimated.
    of
        The quantities, in the order in which they are told of.
    """
    texts: list[str] = []
    for name in of:
        told, parts = 0.0, []
        for item, share in main_shares(estimate, name)[:_MAIN_DRIVERS]:
            if told < _EXPLAINED:
                parts.append((words(item), numbers.share(round(share, 2))))
            told += share
        if parts:
            verb, of_what = ("", "that") if texts else (" explains", "the spread")
            (first, largest), *others = parts
            explained = join_words([f"{first}{verb} {largest}", *(f"{item} {share}" for item, share in others)])
            texts.append(f"{explained} of {of_what} of the {words(name)}")
    sentence = "; ".join(texts)
    return f"{sentence[0].upper()}{sentence[1:]}." if texts else ""


def unseen_sentences(scenarios: Sequence[Scenario]) -> list[str]:
    """Say of which chips no run is among those that the expected MFU is fitted on, where it is what is drawn.

    Parameters
    ----------
    scenarios
        Runs, each on a chip.
    """
    subjects = [scenario.subject for scenario in scenarios if DEVIATION in scenario.drawn]
    chips = [one_chip(subject.chip_key).base_key for subject in subjects if subject is not None]
    return [f"{line}." for line in unseen_chips(chips)]


def movers(estimate: Estimate, scenario: Scenario, among: Sequence[str]) -> list[tuple[str, float]]:
    """Rank the drawn inputs by how much of the spread of some quantities they explain together, the first moving them most.

    Parameters
    ----------
    estimate
        What was estimated.
    scenario
        Of which run.
    among
        The quantities.

    Returns
    -------
    list
        Names of what is drawn, as the scenario has them, and the largest share (0 to 1) that it explains of any of them.
    """
    names = [name for name in scenario.drawn if any(name in scenario.drawn_behind(target) for target in estimate.spreads)]
    shares = {name: [estimate.shares.get(target, {}).get(shown_name(name), 0.0) for target in among] for name in names}
    return [(name, max(shares[name])) for name in sorted(names, key=lambda name: -sum(shares[name]))]
