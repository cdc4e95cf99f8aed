"""What an estimate says of its money: how its own cost was counted, and what could not be."""

from collections.abc import Iterable

from ...kernels.model import units
from ..errors import Spelling, named
from ..terminal import numbers
from .intervals import Estimate
from .scenario import Scenario, evaluate
from .source import Source, SourceKind

# By what is drawn, the ends of the range that it is drawn in.
_ENDS = {
    "price_position": ("chip_price_low", "chip_price_high"),
    "rental_position": ("rental_price_low", "rental_price_high"),
}
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
        f"maintenance and electricity; {staff}, without resale. It charges the hours of the run; bought for this run alone, "
        "chips, servers, network and building are paid up front."
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


def drawn_source(scenario: Scenario, name: str, spell: Spelling = named) -> str:
    """Say where a drawn input comes from; of a price that is a range, the ends of it, whose they are and of when.

    Parameters
    ----------
    scenario, name
        The run, and the input.
    spell
        Words the parameters that the user stated values with.
    """
    ends = [end for end in _ENDS.get(name, ()) if end in scenario.fixed]
    if not ends:
        return scenario.source_of(name).text(spell)
    values = [float(units.from_base(scenario.fixed[end].value, scenario.model[end].unit)) for end in ends]
    shown = [numbers.show(value, scenario.model[end]) for value, end in zip(values, ends, strict=True)]
    sources = [_dated(scenario.source_of(end), spell) for end in ends]
    if len(set(sources)) == 1:
        return f"{numbers.join_range(*shown) if shown[0] != shown[-1] else shown[0]} ({sources[0]})"
    return " to ".join(f"{value} ({source})" for value, source in zip(shown, sources, strict=True))


def _dated(source: Source, spell: Spelling) -> str:
    return f"{source.text(spell)}, {source.date}" if source.date else source.text(spell)
