"""What an estimate says of its money: how its own cost was counted, what could not be, and all of it in another currency."""

from collections.abc import Iterable
from dataclasses import replace

from ...kernels.model import units
from ..errors import Spelling, named
from ..facts.currencies import Currency
from ..terminal import numbers
from .explain import Step
from .intervals import Estimate, Spread
from .scenario import Scenario, evaluate
from .source import SourceKind

_TERMS = ("depreciation", "cost_of_capital", "chip_life", "facility_life", "utilisation", "staff_cost_per_year")


def in_currency(estimate: Estimate, currency: Currency) -> Estimate:
    """Convert every amount of money of an estimate."""
    return replace(estimate, spreads={name: _converted(spread, currency) for name, spread in estimate.spreads.items()})


def _converted(spread: Spread, currency: Currency) -> Spread:
    ends = (spread.median, spread.low, spread.high)
    unit = spread.quantity.unit
    median, low, high = (None if end is None else currency.value(end, unit) for end in ends)
    return replace(spread, quantity=currency.quantity(spread.quantity), median=median, low=low, high=high)


def steps_in_currency(steps: Iterable[Step], currency: Currency) -> list[Step]:
    """Convert every amount of money of the steps that an estimate was computed in."""
    return [
        replace(step, quantity=currency.quantity(step.quantity), value=currency.value(step.value, step.quantity.unit))
        for step in steps
    ]


def cost_terms(scenario: Scenario) -> str:
    """Word how the run's own cost was counted, at the medians of what is drawn; empty where nothing of it was asked."""
    problem = scenario.medians()
    if not set(_TERMS) <= set(problem.held()):
        return ""
    values = {name: float(column.reshape(-1)[0]) for name, column in evaluate(problem, _TERMS).items()}
    shown = {
        name: numbers.show(float(units.from_base(value, scenario.model[name].unit)), scenario.model[name])
        for name, value in values.items()
    }
    method = shown["depreciation"].replace("-", " ")
    interest = (
        f" at {100 * units.from_base(values['cost_of_capital'], '1/year'):.3g}% a year" if values["depreciation"] < 1 else ""
    )
    idle = "" if values["utilisation"] == 1 else f", in paid use {numbers.share(values['utilisation'])} of the time"
    staff = "with staff" if values["staff_cost_per_year"] > 0 else "without staff"
    return (
        f"Own cost: {method}{interest}, chips over {shown['chip_life']}, facility over {shown['facility_life']}{idle}; "
        f"maintenance and electricity; {staff}, without resale."
    )


def unanswered(estimate: Estimate, scenario: Scenario, spell: Spelling = named) -> dict[str, str]:
    """Say of each quantity that has no answer which fact is missing, and what to state in its place.

    Parameters
    ----------
    estimate, scenario
        What was estimated, and of which run.
    spell
        Words the parameter that a value can be stated with.
    """
    return {
        name: _lacking(spread.missing, scenario, spell) for name, spread in estimate.spreads.items() if spread.median is None
    }


def _lacking(facts: Iterable[str], scenario: Scenario, spell: Spelling) -> str:
    """Word ``chip price of TPU v5p is not published here; give --set chip_price=VALUE``, and so on for further facts."""
    sources = {name: scenario.source_of(name) for name in facts}
    texts = [
        source.text(spell) if source.kind is SourceKind.UNPUBLISHED else f"{name} is {source.text(spell)}"
        for name, source in sources.items()
    ]
    return "; ".join(dict.fromkeys(texts))
