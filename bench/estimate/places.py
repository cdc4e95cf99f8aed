"""What a place brings to a run: carbon, price and water of its electricity, or that they are not published."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ... import configs
from ...kernels.model import units
from ..errors import InputError, Parameter
from ..terminal import numbers
from .scenario import Scenario, StatedValue, fact
from .source import SourceKind
from .subject import Subject

if TYPE_CHECKING:
    from ..facts.place_names import KnownPlace

_TABLE = "grids"  # the first of `place_names.TABLES`, which is imported where a place is stated
_HINT = (  # how a run is told of a place that has no row
    "; leave it out and state the numbers: ",
    Parameter("carbon_intensity", '"X kgCO2e/kWh"'),
    " ",
    Parameter("electricity_price", '"X USD/kWh"'),
)


def stated_place(name: str) -> "KnownPlace":
    """Find the row of the place that a user named.

    Parameters
    ----------
    name
        A key, name or alias of the tables of `place_names.TABLES`, or a code or name of ISO 3166.

    Raises
    ------
    InputError
        Where none of the tables has it: how its figures are stated, or the nearest name where there is no such place.
    """
    from ..facts.place_names import PlaceError, find_place

    try:
        return find_place(name)
    except PlaceError as error:
        raise InputError(str(error), *(_HINT if error.exists else ()), where=Parameter("country")) from None


def place_facts(place: "KnownPlace") -> dict[str, StatedValue]:
    """Read what a place's row tells, by quantity.

    All that a grid can tell is there: what this one's row leaves out is NaN, so that nothing is drawn in its place. PUE and
    WUE are none of it; they are their operator's, wherever the site stands.
    """
    return {column: fact(place.row, place.table, column) for column in configs.load(_TABLE).columns}


def named_place(subject: Subject, place: "KnownPlace | None") -> Subject:
    """Say in what a run is of which place it stands in, and what else that could have meant."""
    if place is None:
        return subject
    return replace(subject, country=place.row.name, notes=(*subject.notes, *([place.note] if place.note else [])))


def brought(scenario: Scenario) -> dict[str, StatedValue]:
    """List what a run has from its place's row, by quantity.

    Parameters
    ----------
    scenario
        The run. What it states itself, or draws, is not the place's.
    """
    names = configs.load(_TABLE).columns
    return {
        name: scenario.fixed[name]
        for name in names
        if name in scenario.fixed and scenario.fixed[name].source.kind is SourceKind.FACT
    }


def electricity_words(scenario: Scenario) -> str:
    """Word which place is meant, how what comes from it was counted, and of when; empty without one."""
    held = brought(scenario)
    carbon_and_price = {name: value for name, value in held.items() if name in ("carbon_intensity", "electricity_price")}
    words, owner = [], ""
    for name, stated in (carbon_and_price or held).items():
        item, owner = scenario.model[name], stated.source.owner
        of_water = " of water" if name == "grid_water_intensity" else ""
        counted = ", ".join(text for text in (stated.source.method, stated.source.date) if text)
        words.append(f"{numbers.show(float(units.from_base(stated.value, item.unit)), item)}{of_water} ({counted})")
    return f"Electricity of {owner}: {' and '.join(words)}." if words else ""
