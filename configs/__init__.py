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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar

from ..kernels.model import units
from ..kernels.reading import MAX_KEY
from ..kernels.text import nearest
from ..kernels.validation.plain_tests import NO_OTHER_KEYS
from ..kernels.validation.validator import Validator
from ..kernels.validation.wording import Wanted, unknown_key
from .mfu_fit import defaults_document
from .toml_files import FactError, check_form, checked, parse_toml, read_text, read_toml, toml_document

__all__ = [
    "DEFAULTS",
    "EFFICIENCY",
    "FOLDER",
    "MFU_FIT",
    "Default",
    "FactError",
    "FactRow",
    "FactTable",
    "check_form",
    "checked",
    "defaults",
    "load",
    "load_file",
    "parse_toml",
    "read_text",
    "read_toml",
    "studies",
    "tables",
    "toml_document",
]

FOLDER = Path(__file__).parent
DEFAULTS = "defaults"
EFFICIENCY = "efficiency"  # defaults of the step-time model, written by its fit
MFU_FIT = FOLDER / "prior" / "mfu.toml"  # what `flopwatt validate --fit` writes
MAX_NAMES = 12  # of rows that an error lists


@dataclass(frozen=True)
class FactRow:
    """One chip, model or place.

    Attributes
    ----------
    key
        Its name in the file.
    name, aliases
        What people call it.
    values
        By quantity, in base units; NaN where not published.
    source
        Where the values come from.
    sources
        Of single columns, where they differ from ``source``.
    notes
        Whatever else there is to say.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    values: Mapping[str, float]
    source: str
    sources: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""

    def source_of(self, column: str) -> str:
        """Return the source of a column's value."""
        return self.sources.get(column, self.source)

    def missing(self) -> tuple[str, ...]:
        """List the columns whose value is not published."""
        return tuple(column for column, value in self.values.items() if math.isnan(value))


@dataclass(frozen=True)
class FactTable:
    """Rows of one kind.

    Attributes
    ----------
    name, title
        What the table is called in Python, and above it.
    columns
        Quantities, and the unit that the file gives them in.
    rows
        By their key.
    path
        The file.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Mapping[str, FactRow]
    path: Path = Path()

    def find(self, name: str) -> FactRow:
        """Return the row of that key, name or alias, in upper or lower case.

        Raises
        ------
        FactError
            Where there is none, with the nearest one.
        """
        known = _names(self.rows.values())
        try:
            return self.rows[known[name.strip().lower()]]
        except KeyError:
            hint = nearest(name.lower(), known) or f"; there are {_join_names(list(self.rows))}"
            raise FactError(f"{self.path}: there is no row {name!r}{hint}") from None


@dataclass(frozen=True)
class Default:
    """What an input has where a study does not give it.

    Attributes
    ----------
    value
        In base units.
    unit
        What the file states it in.
    source
        Where it comes from.
    note
        Whatever else there is to say.
    """

    value: float
    unit: str
    source: str
    note: str = ""


def tables() -> tuple[str, ...]:
    """List the names of the facts tables that come with flopwatt."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in (DEFAULTS, EFFICIENCY)))


@functools.cache
def load(name: str) -> FactTable:
    """Read a facts table that comes with flopwatt, once.

    Parameters
    ----------
    name
        One of `tables`, such as ``hardware``.

    Raises
    ------
    FactError
        Where there is none of that name, with the nearest one.
    """
    if name not in tables():
        raise FactError(f"there is no facts table {name!r}{nearest(name, tables()) or '; there are ' + ', '.join(tables())}")
    return load_file(FOLDER / f"{name}.toml")


def load_file(path: str | Path) -> FactTable:
    """Read a facts table from a TOML file of the same format.

    Raises
    ------
    FactError
        Where the file cannot be read, has not the form, or states a value that its column cannot have.
    """
    path = Path(path)
    document = read_toml(path)
    _check_table(document, path)
    return _table(document, path)


def _table(document: Mapping[str, Any], path: Path) -> FactTable:
    for section in ("columns", "rows"):
        if not document.get(section):
            raise FactError(f"{path}: has no [{section}]; a facts table needs [columns] and [rows.KEY]")
    columns = document["columns"]
    for column, unit in columns.items():
        _known_unit(unit, f"{path}: columns.{column}")
    absent = _values(document.get("otherwise", {}), columns, f"{path}: otherwise")
    rows = {key: _row(key, raw, columns, absent, path) for key, raw in document["rows"].items()}
    _names(rows.values(), path)
    return FactTable(path.stem, document.get("title") or path.stem, columns, rows, path)


@functools.cache
def defaults() -> Mapping[str, Default]:
    """Read every default of the model, by quantity, once: defaults.toml, efficiency.toml and, where it is, prior/mfu.toml."""
    result: dict[str, Default] = {}
    for path in (FOLDER / f"{name}.toml" for name in (DEFAULTS, EFFICIENCY)):
        result |= _defaults_of(read_toml(path), path)
    return result | (_defaults_of(defaults_document(read_toml(MFU_FIT), MFU_FIT), MFU_FIT) if MFU_FIT.exists() else {})


def _defaults_of(document: Mapping[str, Any], path: Path) -> dict[str, Default]:
    check_form(_DEFAULTS, document, path)
    return {name: _default(name, raw, path) for name, raw in document.items()}


def studies() -> dict[str, Path]:
    """List the studies that come with flopwatt: name -> TOML file."""
    return {path.stem: path for path in sorted((FOLDER / "studies").glob("*.toml"))}


# --- what stands in the files -------------------------------------------------------------------------------------------

_Unit = Annotated[str, Wanted('a unit as text, "" for a plain number')]
_Source = Annotated[str, Wanted("text that says where the values come from")]
_RawRow = Annotated[dict[str, Any], Wanted("a table such as [rows.{key}]")]


@dataclass(frozen=True)
class _TableFile:
    columns: Annotated[dict[str, _Unit], Wanted('a table of units by column, such as tdp = "W"')] = field(default_factory=dict)
    rows: Annotated[dict[str, _RawRow], Wanted("a table of rows, each under its own [rows.KEY]")] = field(default_factory=dict)
    otherwise: Annotated[dict[str, Any], Wanted("a table of values by column, such as scaleup_domain = 8")] = field(
        default_factory=dict
    )
    title: str = ""
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


@dataclass(frozen=True)
class _RowTexts:
    """What a row holds beside its columns."""

    name: str = ""
    aliases: tuple[str, ...] = ()
    source: _Source = ""
    sources: Annotated[dict[str, str], Wanted('a table of texts by column, such as sources.tdp = "..."')] = field(
        default_factory=dict
    )
    notes: str = ""


@dataclass(frozen=True)
class _DefaultEntry:
    value: Any
    unit: _Unit
    source: _Source
    note: str = ""
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


_TEXTS = tuple(item.name for item in fields(_RowTexts))
_TABLE, _ROWS = Validator[_TableFile](_TableFile), Validator[dict[str, _RowTexts]](dict[str, _RowTexts])
_DEFAULTS = Validator[dict[str, _DefaultEntry]](dict[str, _DefaultEntry])


def _check_table(document: Any, path: Path) -> None:
    check_form(_TABLE, document, path)
    texts = {key: {name: raw[name] for name in _TEXTS if name in raw} for key, raw in document.get("rows", {}).items()}
    check_form(_ROWS, texts, path, ("rows",))


def _row(key: str, raw: Mapping[str, Any], columns: Mapping[str, str], absent: Mapping[str, float], path: Path) -> FactRow:
    place = f"{path}: row {key!r}"
    texts = _RowTexts(**{name: raw[name] for name in _TEXTS if name in raw})
    stated = _values({name: value for name, value in raw.items() if name not in _TEXTS}, columns, place, _TEXTS)
    if not texts.source:
        raise FactError(f'{place}: has no source; say where its values come from: source = "..."')
    for column in texts.sources:
        if column not in columns:
            raise FactError(f"{place}: sources: {unknown_key(column, columns)}")
    values = {column: stated.get(column, absent.get(column, math.nan)) for column in columns}
    return FactRow(key, texts.name or key, tuple(texts.aliases), values, texts.source, texts.sources, texts.notes)


def _values(raw: Mapping[str, Any], columns: Mapping[str, str], place: str, others: tuple[str, ...] = ()) -> dict[str, float]:
    """Read the columns that are stated, in base units; ``others`` are what else could stand there, for the error."""
    for name in raw:
        if name not in columns:
            raise FactError(f"{place}: {unknown_key(name, (*others, *columns))}")
    return {column: _number(value, columns, column, place) for column, value in raw.items()}


def _number(value: Any, columns: Mapping[str, str], column: str, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise FactError(f"{place}: {column} must be a number in {columns[column] or 'plain counts'}, or text such as '80 W'")
    try:
        number = units.parse(value, columns[column])
    except units.UnitError as error:
        raise FactError(f"{place}: {column}: {error}") from None
    if not math.isfinite(number):
        raise FactError(f"{place}: {column} must be finite; leave out what is not published")
    return number


def _default(name: str, raw: Mapping[str, Any], path: Path) -> Default:
    place, entry = f"{path}: {name}", _DefaultEntry(**raw)
    _known_unit(entry.unit, f"{place}.unit")
    value = _number(entry.value, {name: entry.unit}, name, place)
    return Default(value, entry.unit, entry.source, entry.note)


def _known_unit(unit: str, place: str) -> None:
    try:
        units.factor(unit)
    except units.UnitError as error:
        raise FactError(f"{place}: {error}") from None


def _names(rows: Iterable[FactRow], path: Path | None = None) -> dict[str, str]:
    """Map every key, name and alias, in lower case, to the key; with a path, raise FactError where one means two rows."""
    known: dict[str, str] = {}
    for row in rows:
        for name in dict.fromkeys(text.strip().lower() for text in (row.key, row.name, *row.aliases)):
            if path is not None and len(name) > MAX_KEY:
                raise FactError(f"{path}: row {row.key!r} has a name of {len(name):,} characters; at most {MAX_KEY:,} are read")
            if path is not None and known.get(name, row.key) != row.key:
                raise FactError(f"{path}: {name!r} names both {known[name]!r} and {row.key!r}; take it out of one of them")
            known[name] = row.key
    return known


def _join_names(names: list[str]) -> str:
    hidden = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {hidden} more" if hidden > 0 else "")
