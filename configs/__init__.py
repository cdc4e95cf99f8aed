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
    label = "H100"                 # optional: a shorter name, for tables and sentences
    generation = "Hopper"          # optional: of a chip, the family that it is one of
    aliases = ["H100"]             # optional: how others call it
    tdp = 700                      # a number in the column's unit, or "0.7 kW"
    source = "datasheet"           # of the whole row ...
    sources.tdp = "datasheet"      # ... and, optionally, of one column
    date = "2023-03"               # when the source was published: a year, month or day ...
    dates.tdp = "2024-11-18"       # ... and of one column
    secondary = ["tdp"]            # optional: columns that others tell of, not those who made or measured the thing; or true
    methods.tdp = "as sold"        # optional: how a column was counted, where there are several ways
    notes = ""                     # optional

A column left out is a fact that is not published: it becomes NaN, and what needs it cannot be answered.
"""

import functools
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..kernels.model import units
from ..kernels.model.said_range import range_ends
from ..kernels.reading import MAX_KEY
from ..kernels.text import nearest
from ..kernels.validation.wording import unknown_key
from .fact_forms import DEFAULTS_FORM, ROW_TEXTS, ROWS, TABLE, DefaultEntry, RowTexts
from .fact_row import FactRow, FactSource, is_date
from .mfu_fit import defaults_document
from .toml_files import FactError, check_form, checked, parse_toml, read_text, read_toml, toml_document

__all__ = [
    "DEFAULTS",
    "EFFICIENCY",
    "FOLDER",
    "MFU_FIT",
    "SERVING_EFFICIENCY",
    "STEP_SPREAD",
    "Default",
    "FactError",
    "FactRow",
    "FactSource",
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
EFFICIENCY = "efficiency"  # defaults of the step-time model, written by its fit ...
SERVING_EFFICIENCY = "serving_efficiency"  # those of serving, by its own
STEP_SPREAD = FOLDER / "prior" / "step_time_spread.toml"  # ... with how far it is off
MFU_FIT = FOLDER / "prior" / "mfu.toml"  # what `flopwatt validate --fit` writes
MAX_NAMES = 12  # of rows that an error lists


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
    otherwise
        What a row that leaves a column out has, in base units.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Mapping[str, FactRow]
    path: Path = Path()
    otherwise: Mapping[str, float] = field(default_factory=dict)

    def find(self, name: str) -> FactRow:
        """Return the row of that key, name or alias, in upper or lower case; Llama3-70B is Llama 3 70B where that is one row.

        Raises
        ------
        FactError
            Where there is none, with the nearest one.
        """
        known, squeezed = self._known
        own = known.get(name.strip().lower())
        keys = {own} if own else squeezed.get(_squeezed(name), set())
        if len(keys) == 1:
            return self.rows[next(iter(keys))]
        hint = nearest(name.lower(), known) or f"; there are {_join_names(list(self.rows))}"
        raise FactError(f"{self.path}: there is no row {name!r}{hint}")

    @functools.cached_property
    def _known(self) -> tuple[dict[str, str], dict[str, set[str]]]:
        """The key of every name, and the keys of every name without its blanks and dashes."""
        known, squeezed = _names(self.rows.values()), defaultdict[str, set[str]](set)
        for name, key in known.items():
            squeezed[_squeezed(name)].add(key)
        return known, dict(squeezed)


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
    date
        When the source was published.
    secondary
        Whether the source is not by those who made or measured the thing.
    """

    value: float
    unit: str
    source: str
    note: str = ""
    date: str = ""
    secondary: bool = False


def tables() -> tuple[str, ...]:
    """List the names of the facts tables that come with flopwatt."""
    return tuple(
        sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in (DEFAULTS, EFFICIENCY, SERVING_EFFICIENCY))
    )


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
    return FactTable(path.stem, document.get("title") or path.stem, columns, rows, path, absent)


@functools.cache
def defaults() -> Mapping[str, Default]:
    """Read every default of the model, by quantity, once: defaults.toml and what fits wrote (prior/mfu.toml where it is)."""
    result: dict[str, Default] = {}
    for path in (
        FOLDER / f"{DEFAULTS}.toml",
        FOLDER / f"{EFFICIENCY}.toml",
        FOLDER / f"{SERVING_EFFICIENCY}.toml",
        STEP_SPREAD,
    ):
        result |= _defaults_of(read_toml(path), path)
    return result | (_fitted_defaults(MFU_FIT) if MFU_FIT.exists() else {})


def _fitted_defaults(path: Path) -> dict[str, Default]:
    """Read the MFU's fit, whose numbers are all of one date."""
    fit = read_toml(path)
    date = fit.get("date", "")
    return _defaults_of({name: entry | {"date": date} for name, entry in defaults_document(fit, path).items()}, path)


def _defaults_of(document: Mapping[str, Any], path: Path) -> dict[str, Default]:
    check_form(DEFAULTS_FORM, document, path)
    return {name: _default(name, raw, path) for name, raw in document.items()}


def studies() -> dict[str, Path]:
    """List the studies that come with flopwatt: name -> TOML file."""
    return {path.stem: path for path in sorted((FOLDER / "studies").glob("*.toml"))}


def _check_table(document: Any, path: Path) -> None:
    check_form(TABLE, document, path)
    texts = {key: {name: raw[name] for name in ROW_TEXTS if name in raw} for key, raw in document.get("rows", {}).items()}
    check_form(ROWS, texts, path, ("rows",))


def _row(key: str, raw: Mapping[str, Any], columns: Mapping[str, str], absent: Mapping[str, float], path: Path) -> FactRow:
    place = f"{path}: row {key!r}"
    texts = RowTexts(**{name: raw[name] for name in ROW_TEXTS if name in raw})
    stated = _values({name: value for name, value in raw.items() if name not in ROW_TEXTS}, columns, place, ROW_TEXTS)
    if not texts.source:
        raise FactError(f'{place}: has no source; say where its values come from: source = "..."')
    named = columns if texts.secondary is True else texts.secondary or ()
    for part, keys in (("sources", texts.sources), ("dates", texts.dates), ("methods", texts.methods), ("secondary", named)):
        for column in keys:
            if column not in columns:
                raise FactError(f"{place}: {part}: {unknown_key(column, columns)}")
    for key_of_date, date in {"date": texts.date, **{f"dates.{column}": text for column, text in texts.dates.items()}}.items():
        _check_date(date, f"{place}: {key_of_date}")
    values = {column: stated.get(column, absent.get(column, math.nan)) for column in columns}
    for low, high in range_ends(columns):
        if values[low] > values[high]:
            raise FactError(f"{place}: {low} ({raw[low]}) is above {high} ({raw[high]}); the least that was said comes first")
    return FactRow(
        key,
        texts.name or key,
        tuple(texts.aliases),
        values,
        texts.source,
        texts.sources,
        texts.notes,
        texts.date,
        texts.dates,
        frozenset(named),
        texts.methods,
        frozenset(absent).difference(stated),
        label=texts.label,
        generation=texts.generation,
    )


def _check_date(text: str, place: str) -> None:
    if text and not is_date(text):
        raise FactError(f'{place}: {text!r} is no date; write "2025", "2025-12" or "2025-12-18"')


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
    place, entry = f"{path}: {name}", DefaultEntry(**raw)
    _known_unit(entry.unit, f"{place}.unit")
    value = _number(entry.value, {name: entry.unit}, name, place)
    _check_date(entry.date, f"{place}.date")
    return Default(value, entry.unit, entry.source, entry.note, entry.date, entry.secondary)


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


def _squeezed(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.lower())


def _join_names(names: list[str]) -> str:
    hidden = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {hidden} more" if hidden > 0 else "")
