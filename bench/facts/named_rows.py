"""The row of a facts table that a name means, by all that chips and places are called."""

from ... import configs
from . import chips
from .place_names import TABLES, find_place


def find_row(table: configs.FactTable, name: str) -> configs.FactRow:
    """Find a row of any facts table by its name: a chip or a place that comes with flopwatt by all that it is called.

    Raises
    ------
    FactError
        Where there is none: a PlaceError of a table of places.
    """
    if table.name in TABLES and table is configs.load(table.name):
        return find_place(name, (table.name,)).row
    return chips.find_row(table, name)
