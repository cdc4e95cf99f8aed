"""A row of any facts table by its name, as people write names of chips and of places."""

from collections.abc import Sequence

from ... import configs
from .chips import one_chip, said_of_name
from .place_names import find_row


def row_named(table: configs.FactTable, name: str) -> configs.FactRow:
    """Find a row of a facts table; of the chips that come with flopwatt by all that `one_chip` takes.

    Raises
    ------
    FactError
        Where there is none of that name: a PlaceError of a table of places.
    """
    return one_chip(name) if _has_chips(table) else find_row(table, name)


def said_of_rows(table: configs.FactTable, names: Sequence[str]) -> tuple[str, ...]:
    """Say once what a reader should know of how each name of a table's rows was read: of chips, as `said_of_name` does."""
    if not _has_chips(table) or isinstance(names, str):  # "all"
        return ()
    return tuple(dict.fromkeys(note for name in names for note in said_of_name(name)))


def _has_chips(table: configs.FactTable) -> bool:
    return table.name == "hardware" and table.path.parent == configs.FOLDER
