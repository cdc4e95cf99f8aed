"""What a place brings to a run: carbon, price and water of its electricity, or that they are not published."""

from ... import configs
from ...kernels.model import units
from ...kernels.text import nearest
from ..errors import InputError, Parameter
from ..terminal import numbers
from .scenario import Scenario, StatedValue, fact
from .source import SourceKind

TABLES = ("grids", "grids_direct", "cloud_regions")  # the first that has the place; each counts carbon in one way


def place_facts(name: str) -> dict[str, StatedValue]:
    """Read what a place's row tells, by quantity.

    All that a grid can tell is there: what this one's row leaves out is NaN, so that nothing is drawn in its place. PUE and
    WUE are none of it; they are their operator's, wherever the site stands.

    Parameters
    ----------
    name
        A key, name or alias of the tables of `TABLES`.

    Raises
    ------
    InputError
        Where none of the tables has it; it names the nearest place.
    """
    table, row = _find(name)
    return {column: fact(row, table, column) for column in configs.load(TABLES[0]).columns}


def place_name(name: str) -> str:
    """Return what a place's row calls it. Raises InputError where no table has it, as `place_facts` does."""
    return _find(name)[1].name


def brought(scenario: Scenario) -> dict[str, StatedValue]:
    """List what a run has from its place's row, by quantity.

    Parameters
    ----------
    scenario
        The run. What it states itself, or draws, is not the place's.
    """
    names = configs.load(TABLES[0]).columns
    return {
        name: scenario.fixed[name]
        for name in names
        if name in scenario.fixed and scenario.fixed[name].source.kind is SourceKind.FACT
    }


def electricity_words(scenario: Scenario) -> str:
    """Word which place is meant, how its carbon and price were counted, and of when; empty without one."""
    words, owner = [], ""
    for name, held in brought(scenario).items():
        if name in ("carbon_intensity", "electricity_price"):
            item, owner = scenario.model[name], held.source.owner
            counted = ", ".join(text for text in (held.source.method, held.source.date) if text)
            words.append(f"{numbers.show(float(units.from_base(held.value, item.unit)), item)} ({counted})")
    return f"Electricity of {owner}: {' and '.join(words)}." if words else ""


def _find(name: str) -> tuple[str, configs.FactRow]:
    for table in TABLES:
        try:
            return table, configs.load(table).find(name)
        except configs.FactError:
            continue
    rows = [row for table in TABLES for row in configs.load(table).rows.values()]
    close = nearest(name.lower(), [text for row in rows for text in (row.key, *row.aliases)])
    listing = f"; `flopwatt show {TABLES[0]}` lists countries, `flopwatt show {TABLES[1]}` states"
    raise InputError(
        f"there is no place {name!r} in the tables {', '.join(TABLES)}{close or listing}", where=Parameter("country")
    )
