"""Which row of the tables of places a text means: by its own names, by ISO 3166, as a state by post, as a cloud's region.

What is no row is refused by what it is: a country or state that has none, a whole continent, a cloud's region whose place is
not known here. Only what is nothing of these gets the name that is spelt most alike, and as a suggestion.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ... import configs
from ...kernels.text import nearest
from .countries import IsoPlace, countries_named, country_names, folded, parts_named, translated

TABLES = ("grids", "grids_direct", "cloud_regions")  # the first that has the place; each counts carbon in one way
STATES_OF = "US"  # the country that grids_direct has states of; the post's two letters are these

_REGIONS = re.compile(
    "africa|americas|apac|arab states|asean|asia|asia pacific|benelux|caribbean|central america|central asia|central europe|"
    "east africa|east asia|eastern europe|eea|emea|eu|eu 27|eu27|eurasia|europe|european union|g20|g7|gcc|gulf|gulf states|"
    "latam|latin america|mena|middle east|nordic|nordic countries|nordics|north africa|north america|northern europe|oceania|"
    "oecd|scandinavia|south america|south asia|southeast asia|southern europe|sub saharan africa|west africa|western europe"
)
_CLOUDS = (
    r"aws|amazon|azure|microsoft|gcp|google|oci|oracle|ibm|alibaba|aliyun|tencent|coreweave|lambda|nebius|crusoe|ovh|hetzner"
)
_COMPASS = r"(?:north|south|east|west|central)"
_AZURE = (
    r"us|asia|europe|australia|austria|belgium|brazil|canada|chile|china|denmark|finland|france|germany|india|indonesia|israel|"
    r"italy|japan|jioindia|korea|malaysia|mexico|newzealand|norway|poland|qatar|southafrica|spain|sweden|switzerland|taiwan|uae|uk"
)
_CLOUD_REGIONS = re.compile(
    rf"(?:{_CLOUDS})\b.*"
    rf"|[a-z]{{2,12}}(?:-[a-z]+)?-{_COMPASS}{{1,2}}-?\d{{1,2}}(?:-?[a-z])?"  # us-east-1, us-gov-west-1, europe-west4-a
    rf"|{_COMPASS}{{1,2}}[ -]?(?:{_AZURE})[ -]?\d?|(?:{_AZURE})[ -]?{_COMPASS}{{1,2}}[ -]?\d?"  # eastus2, UK South
)
_NEAR = 0.7  # of likeness: places are many, and below it another one is suggested (Dubai for Cuba)
_OF_A_COUNTRY = re.compile(r"(.+?)\s*[,(]\s*([^,()]+?)\s*\)?")  # Georgia, USA; Georgia (US)


@dataclass(frozen=True)
class KnownPlace:
    """A row that a text means.

    Attributes
    ----------
    table
        The table that has it.
    row
        The row.
    note
        A sentence on what else the text could have meant; empty where it is clear.
    """

    table: str
    row: configs.FactRow
    note: str = ""


class PlaceError(configs.FactError):
    """A text means no row of the tables of places.

    Parameters
    ----------
    message
        Why, and what would be right.
    exists
        Whether it is a place all the same, so that its figures can be stated.
    """

    def __init__(self, message: str, exists: bool = True):
        super().__init__(message)
        self.exists = exists


def find_place(name: str, tables: Sequence[str] = TABLES) -> KnownPlace:
    """Find the row that a text means.

    Parameters
    ----------
    name
        A row's key, name or alias, a country's code or name, a state's code: France, FR, FRA, Texas, US-TX, TX.
    tables
        The tables of `TABLES` whose rows will do.

    Raises
    ------
    PlaceError
        Where there is no such row, or the text may mean several places; it says which.
    """
    place = _own(name) or _of_a_country(name) or _by_iso(name) or _by_post(name)
    if place is None:
        raise _refusal(name)
    if place.table not in tables:
        near = [key for key in configs.load(tables[0]).rows if key.startswith(f"{place.row.key}-")]
        if near:
            raise PlaceError(f"there is no row {name.strip()!r} in {tables[0]}; did you mean {' or '.join(map(repr, near))}?")
        other = f"; {place.note.rstrip('.')}" if place.note else ""
        message = f"{place.row.name} has no row in {tables[0]}; {place.table} has it, as {place.row.key!r}{other}"
        raise PlaceError(message, exists=False)
    return place


def find_row(table: configs.FactTable, name: str) -> configs.FactRow:
    """Find a row of any facts table by its name; of a table of places as `find_place` does.

    Raises
    ------
    FactError
        Where there is none: a PlaceError of a table of places, else with the nearest name.
    """
    if table.name in TABLES and table.path.parent == configs.FOLDER:
        return find_place(name, (table.name,)).row
    return table.find(name)


@functools.cache
def _rows() -> Mapping[str, tuple[str, configs.FactRow]]:
    """Map each row's names, folded, to it and its table; the first table's names come first."""
    rows = [(table, row) for table in TABLES for row in configs.load(table).rows.values()]
    return {folded(name): (table, row) for table, row in reversed(rows) for name in (row.key, row.name, *row.aliases)}


def _row_of(iso: IsoPlace) -> tuple[str, configs.FactRow] | None:
    return _rows().get(folded(iso.code))


def _own(name: str) -> KnownPlace | None:
    """Find a row by its own key, name or alias; a cloud's zone (us-central1-a) is of its region."""
    region = re.sub(r"^google cloud\b( platform\b)?", "google", re.sub(r"(?<=[a-z]\d)-[a-f]$", "", name.strip().lower()))
    known = _rows().get(folded(name)) or _rows().get(folded(region))
    return KnownPlace(*known, _beside(name, known[1])) if known is not None else None


def _of_a_country(name: str) -> KnownPlace | None:
    """Find a row by its name with that of the country behind it: Georgia, USA."""
    parts = _OF_A_COUNTRY.fullmatch(name.strip())
    if parts is None:
        return None
    codes = {iso.code for iso in countries_named(parts[2])}
    named = [*parts_named(parts[1]), *(iso for code in codes for iso in parts_named(f"{code}-{parts[1]}"))]
    known = {iso.code: row for iso in named if iso.country in codes and (row := _row_of(iso)) is not None}
    return KnownPlace(*known.popitem()[1]) if len(known) == 1 else None


def _by_iso(name: str) -> KnownPlace | None:
    """Find the row of the country that has this code or name; of several countries, that of the one that has a row."""
    countries = countries_named(name)
    known = [(iso, row) for iso in countries if (row := _row_of(iso)) is not None]
    if len(known) != 1:
        return None
    (iso, row), others = known[0], [other for other in countries if _row_of(other) is None]
    note = f"{name.strip()!r} is read as {iso}, since there is no row for {_listed(others)}." if others else ""
    return KnownPlace(*row, note or _beside(name, row[1]))


def _by_post(name: str) -> KnownPlace | None:
    """Find the row of the state that the post has these two letters for, where they are no country's code."""
    known = _state(name)
    return KnownPlace(*known) if known is not None and not countries_named(name) else None


def _state(name: str) -> tuple[str, configs.FactRow] | None:
    """Return the row of the state that the post has these two letters for."""
    return _rows().get(folded(f"{STATES_OF}-{name}")) if len(name.strip()) == 2 else None


def _beside(name: str, row: configs.FactRow) -> str:
    """Say which state the post has a country's two letters for, where it has a row too."""
    state = _state(name)
    return f'{name.strip()} is read as {row.name}; {state[1].name} is "{STATES_OF}-{name.strip().upper()}".' if state else ""


def _refusal(name: str) -> PlaceError:
    """Say why a text means no row: by what it is, else with the name that is spelt most alike."""
    text = name.strip()
    countries, parts = countries_named(text), parts_named(text)
    if len(countries) > 1:
        return PlaceError(f"{text!r} may be {' or '.join(map(str, countries))}; write the code; there is a row for neither")
    if countries:
        state = _state(text)
        other = f'; the state of {state[1].name} is "{STATES_OF}-{text.upper()}"' if state else ""
        return PlaceError(f"there is no row for {countries[0]}{other}")
    if _CLOUD_REGIONS.fullmatch(text.lower()):
        return PlaceError(
            f"where the cloud region {text!r} stands is not known here; `flopwatt show cloud_regions` lists those that are"
        )
    if _REGIONS.fullmatch(folded(text)):
        return PlaceError(f"there is no row for {text!r}, which is no single country; name a country, or 'world'")
    if parts:
        whole = _whole(parts)
        return PlaceError(f"there is no row for {_listed(parts)}" + (f"; {whole}" if whole else ""))
    english = translated(text)
    listing = f"; `flopwatt show {TABLES[0]}` lists countries, `flopwatt show {TABLES[1]}` states"
    close = f"; did you mean {english!r}?" if english else nearest(text.lower(), _spellings(), _NEAR)
    return PlaceError(f"there is no place {text!r} in the tables {', '.join(TABLES)}{close or listing}", exists=False)


def _whole(parts: Sequence[IsoPlace]) -> str:
    """Say which row the whole country has that the parts are of, where it is one country."""
    codes = {part.country for part in parts}
    row = _rows().get(folded(codes.pop())) if len(codes) == 1 else None
    return f"the whole country has one, {row[1].key!r}" if row is not None else ""


def _listed(places: Sequence[IsoPlace]) -> str:
    return " or ".join(map(str, places[:3])) + (f" and {len(places) - 3} more of that name" if len(places) > 3 else "")


def _spellings() -> list[str]:
    """List the names that a misspelt one may have meant: the rows' first, so that they win among equals."""
    own = [name for table in TABLES for row in configs.load(table).rows.values() for name in (row.key, row.name, *row.aliases)]
    return [*own, *country_names(), *_REGIONS.pattern.split("|")]
