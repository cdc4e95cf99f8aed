"""The facts: tables of chips, models, grids and so on, the model's defaults, and the studies that come with flopwatt.

A facts table is a TOML file::

    title = "Accelerators"

    [columns]                      # quantity -> the unit of the numbers below
    tdp = "W"
    scaleup_domain = "chip"

    [otherwise]                    # optional: what a row that leaves a column out has
    scaleup_domain = 8

    [rows.h100-sxm-80gb]           # the row's key
    name = "H100 SXM 80 GB"
    aliases = ["H100"]             # optional: how others call it
    tdp = 700                      # a number in the column's unit, or "0.7 kW"
    source = "datasheet"           # of the whole row ...
    sources.tdp = "datasheet"      # ... and, optionally, of one column
    notes = ""                     # optional

A column left out is a fact that is not published: it becomes NaN, and what needs it cannot be answered.
"""

import functools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..kernels.errors import FlopwattError
from ..kernels.model import units

__all__ = [
    "DEFAULTS", "EFFICIENCY", "FOLDER", "Default", "FactError", "FactRow", "FactTable", "defaults", "load", "load_file",
    "parse_toml", "read_text", "read_toml", "studies", "tables",
]  # fmt: skip

FOLDER = Path(__file__).parent
DEFAULTS = "defaults"
EFFICIENCY = "efficiency"  # defaults of the step-time model, written by its fit
_TEXTS = ("name", "aliases", "source", "sources", "notes")  # what a row holds beside its columns


class FactError(FlopwattError, ValueError):
    """A facts file, a row or a value is wrong or not there; the message names file, row and key and says what to do."""


@dataclass(frozen=True)
class FactRow:
    """One chip, model or place. ``values`` are in base units, NaN where not published."""

    key: str
    name: str
    aliases: tuple[str, ...]
    values: Mapping[str, float]
    source: str
    sources: Mapping[str, str] = field(default_factory=dict)  # of single columns, where they differ from `source`
    notes: str = ""

    def source_of(self, column: str) -> str:
        """Where the value of a column comes from."""
        return self.sources.get(column, self.source)

    def missing(self) -> tuple[str, ...]:
        """The columns whose value is not published."""
        return tuple(column for column, value in self.values.items() if math.isnan(value))


@dataclass(frozen=True)
class FactTable:
    """Rows of one kind; ``columns`` maps quantities to the unit that the file gives them in."""

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Mapping[str, FactRow]
    path: Path = Path()

    def find(self, name: str) -> FactRow:
        """The row of that key, name or alias, upper or lower case. Raises FactError with the nearest one."""
        known = _names(self.rows.values())
        try:
            return self.rows[known[name.strip().lower()]]
        except KeyError:
            hint = _nearest(name.lower(), known) or f"; there are {_listed(list(self.rows))}"
            raise FactError(f"{self.path}: there is no row {name!r}{hint}") from None


@dataclass(frozen=True)
class Default:
    """The value, in base units, of an input that a study does not give; ``unit`` is what the file states it in."""

    value: float
    unit: str
    source: str
    note: str = ""


def tables() -> tuple[str, ...]:
    """The names of the facts tables that come with flopwatt."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in (DEFAULTS, EFFICIENCY)))


@functools.cache
def load(name: str) -> FactTable:
    """A facts table by its name (``hardware``). Raises FactError where there is none of that name."""
    if name not in tables():
        raise FactError(f"there is no facts table {name!r}{_nearest(name, tables()) or '; there are ' + ', '.join(tables())}")
    return load_file(FOLDER / f"{name}.toml")


def load_file(path: str | Path) -> FactTable:
    """A facts table from a TOML file of the same format. Raises FactError."""
    path = Path(path)
    document = read_toml(path)
    _known_keys(document, ("title", "columns", "otherwise", "rows"), str(path))
    columns = _section(document, "columns", path)
    for column, unit in columns.items():
        _checked_unit(unit, f"{path}: columns.{column}")
    otherwise = {
        column: _number(value, columns, column, f"{path}: otherwise") for column, value in document.get("otherwise", {}).items()
    }
    rows = {key: _row(key, raw, columns, otherwise, path) for key, raw in _section(document, "rows", path).items()}
    _names(rows.values(), path)
    return FactTable(path.stem, str(document.get("title", path.stem)), columns, rows, path)


@functools.cache
def defaults() -> Mapping[str, Default]:
    """Every default of the model, by quantity, from configs/defaults.toml and configs/efficiency.toml."""
    paths = [FOLDER / f"{name}.toml" for name in (DEFAULTS, EFFICIENCY)]
    return {name: _default(name, raw, path) for path in paths for name, raw in read_toml(path).items()}


def studies() -> dict[str, Path]:
    """The studies that come with flopwatt: name -> TOML file."""
    return {path.stem: path for path in sorted((FOLDER / "studies").glob("*.toml"))}


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary. Raises FactError where it cannot be read or parsed."""
    return parse_toml(read_text(path), path)


def read_text(path: Path) -> str:
    """A text file, without the byte order mark that some editors put first. Raises FactError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FactError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise FactError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """The text of a TOML file as a dictionary; ``path`` is for errors. Raises FactError where it cannot be parsed."""
    try:
        return tomllib.loads(text)
    except ValueError as error:  # of which TOMLDecodeError is one
        raise FactError(f"{path}: is not valid TOML: {error}") from None
    except RecursionError:
        raise FactError(f"{path}: is not valid TOML: nested too deeply") from None


def _row(key: str, raw: Any, columns: Mapping[str, str], otherwise: Mapping[str, float], path: Path) -> FactRow:
    place = f"{path}: row {key!r}"
    if not isinstance(raw, dict):
        raise FactError(f"{place}: must be a table such as [rows.{key}]")
    _known_keys(raw, (*_TEXTS, *columns), place)
    for text in ("name", "source", "notes"):
        if not isinstance(raw.get(text, ""), str):
            raise FactError(f"{place}: {text} must be text")
    source, sources = raw.get("source", ""), raw.get("sources", {})
    if not source:
        raise FactError(f'{place}: has no source; say where its values come from: source = "..."')
    if not isinstance(sources, dict) or not all(isinstance(text, str) for text in sources.values()):
        raise FactError(f'{place}: sources must be a table of texts by column, such as sources.tdp = "..."')
    _known_keys(sources, tuple(columns), f"{place}: sources")
    aliases = raw.get("aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise FactError(f"{place}: aliases must be a list of texts")
    absent = {column: otherwise.get(column, math.nan) for column in columns}
    stated = {column: _number(raw[column], columns, column, place) for column in columns if column in raw}
    return FactRow(key, raw.get("name", key), tuple(aliases), {**absent, **stated}, source, sources, raw.get("notes", ""))


def _number(value: Any, columns: Mapping[str, str], column: str, place: str) -> float:
    if column not in columns:
        raise FactError(f"{place}: {column!r} is not among the columns{_nearest(column, columns)}")
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise FactError(f"{place}: {column} must be a number in {columns[column] or 'plain counts'}, or text such as '80 W'")
    try:
        number = units.parse(value, columns[column])
    except units.UnitError as error:
        raise FactError(f"{place}: {column}: {error}") from None
    if not math.isfinite(number):
        raise FactError(f"{place}: {column} must be finite; leave out what is not published")
    return number


def _default(name: str, raw: Any, path: Path) -> Default:
    place = f"{path}: {name}"
    if not isinstance(raw, dict):
        raise FactError(f"{place}: must be a table with value, unit and source")
    _known_keys(raw, ("value", "unit", "source", "note"), place)
    missing = [key for key in ("value", "unit", "source") if key not in raw]
    if missing:
        raise FactError(f"{place}: has no {missing[0]}")
    unit = _checked_unit(raw["unit"], f"{place}.unit")
    return Default(_number(raw["value"], {name: unit}, name, place), unit, raw["source"], raw.get("note", ""))


def _section(document: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    section = document.get(name)
    if not isinstance(section, dict) or not section:
        raise FactError(f"{path}: has no [{name}]; a facts table needs [columns] and [rows.KEY]")
    return section


def _checked_unit(unit: Any, place: str) -> str:
    if not isinstance(unit, str):
        raise FactError(f'{place}: must be a unit as text, "" for a plain number')
    try:
        units.factor(unit)
    except units.UnitError as error:
        raise FactError(f"{place}: {error}") from None
    return unit


def _known_keys(found: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    for key in found:
        if key not in known:
            raise FactError(f"{place}: unknown key {key!r}{_nearest(key, known)}")


def _names(rows: Any, path: Path | None = None) -> dict[str, str]:
    """Every key, name and alias, in lower case -> key; with a path, raises FactError where one means two rows."""
    known: dict[str, str] = {}
    for row in rows:
        for name in dict.fromkeys(text.strip().lower() for text in (row.key, row.name, *row.aliases)):
            if path is not None and known.get(name, row.key) != row.key:
                raise FactError(f"{path}: {name!r} names both {known[name]!r} and {row.key!r}; take it out of one of them")
            known[name] = row.key
    return known


def _listed(names: list[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _nearest(name: str, names: Any) -> str:
    from ..kernels.text import nearest  # imports NumPy, which reading facts does not need

    return nearest(name, names)
