"""What an estimate says of its money: how its own cost was counted, and what could not be."""

from collections.abc import Iterable

from ...kernels.model import units
from ..errors import Spelling, named
from ..terminal import numbers
from .intervals import Estimate
from .scenario import Scenario, evaluate
from .source import SourceKind

_TERMS = ("depreciation", "cost_of_capital", "chip_life", "facility_life", "utilisation", "staff_cost_per_year")


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
