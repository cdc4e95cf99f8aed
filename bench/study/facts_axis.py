"""An axis ``from`` a facts table: the rows that are its points, and the columns that fill quantities."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ... import configs
from ...kernels.model import units
from ...kernels.model.quantity import Model
from ...kernels.text import nearest
from ...kernels.validation.wording import described
from ..facts.named_rows import row_named, said_of_rows
from ..facts.place_names import PlaceError
from ..facts.scaled_chips import columns_beside
from . import ranges
from .fields import key_text
from .planned_axis import AxisColumns, AxisError, Floats, PlannedAxis, check_labels, find_quantity
from .schema import AxisSpec, parse_column


def plan_facts(name: str, spec: AxisSpec, model: Model, folder: Path) -> PlannedAxis:
    """Find the rows and columns of a facts table that an axis brings.

    Parameters
    ----------
    name, spec
        The axis's name and its keys: ``from``, ``rows``, ``columns``, and ``labels`` where rows come more than once.
    model
        The quantities that it may bring.
    folder
        Where a facts file of the user's own is looked for.

    Raises
    ------
    AxisError
        Where there is no such table, row or column, or a column is of another dimension than its quantity.
    """
    place = ("axes", name)
    table = _load_table(str(spec.source), folder, place)
    rows = _find_rows(table, spec, place)
    own = _own_columns(spec, model, len(rows), place)
    picked = _pick_columns(table, spec.columns, model, place)
    picked = {quantity: column for quantity, column in picked.items() if quantity not in own}
    beside = {name: value for name, value in columns_beside(rows, table.columns).items() if name in model}

    def make() -> AxisColumns:
        columns = {q: np.array([row.values[c] for row in rows], dtype=np.float64) for q, c in picked.items()}
        columns |= {q: np.array([row.values.get(q, value) for row in rows]) for q, value in beside.items()}
        columns |= own
        labels = tuple(spec.labels) if spec.labels else tuple(row.key for row in rows)
        sources = dict.fromkeys(own, f"the study's axis {name}")
        notes = said_of_rows(table, spec.rows or ())
        return AxisColumns(name, columns, labels, True, rows, table.name, picked, notes, sources)

    return PlannedAxis(len(rows), make, key_text((*place, "rows")), len(picked))


def _load_table(source: str, folder: Path, place: tuple[str, ...]) -> configs.FactTable:
    try:
        if source.endswith(".toml"):
            return configs.load_file(folder / source)
        return configs.load(source)
    except configs.FactError as error:
        raise AxisError(f"{key_text((*place, 'from'))}: {error}") from None


def _find_rows(table: configs.FactTable, spec: AxisSpec, place: tuple[str, ...]) -> tuple[configs.FactRow, ...]:
    here = (*place, "rows")
    wanted: Any = "all" if spec.rows is None else spec.rows
    if wanted == "all":
        rows = tuple(table.rows.values())
    else:
        try:
            rows = tuple(row_named(table, _check_row_name(row, here)) for row in wanted)
        except PlaceError as error:
            own = '; a table of your own can have it: from = "sites.toml"' if error.exists else ""
            raise AxisError(f"{key_text(here)}: {error}{own}") from None
        except configs.FactError as error:
            raise AxisError(f"{key_text(here)}: {error}") from None
    if not rows:
        raise AxisError(f'{key_text(here)}: is empty; name at least one row of {table.name}, or "all"')
    twice = sorted(key for key, count in Counter(row.key for row in rows).items() if count > 1)
    if twice and spec.labels is None:
        raise AxisError(f"{key_text(here)}: names {twice[0]!r} twice; labels = [...] tell its points apart")
    check_labels(spec.labels, len(rows), place)
    return rows


def _check_row_name(value: Any, place: tuple[str, ...]) -> str:
    if not isinstance(value, str):
        raise AxisError(f"{key_text(place)}: must be a list of names, and {described(value)} is not text")
    return value


def _pick_columns(table: configs.FactTable, columns: Any, model: Model, place: tuple[str, ...]) -> dict[str, str]:
    """Pick the table's column that fills each quantity.

    A list picks columns; a table such as { peak = "fp8_peak" } fills a quantity from a column of another name, and leaves the
    other columns as they are. Values of the study's own stand in such a table too, as lists: see `_own_columns`.
    """
    here = (*place, "columns")
    own = {column: column for column in table.columns if column in model}
    if columns is None:
        picked = own
    elif isinstance(columns, list) and columns and all(isinstance(c, str) for c in columns):
        picked = {_check_column(table, c, here): c for c in columns}
    elif isinstance(columns, Mapping) and columns and all(isinstance(c, str | list) for c in columns.values()):
        named = {q: c for q, c in columns.items() if isinstance(c, str)}
        picked = own | {q: _check_column(table, c, (*here, q)) for q, c in named.items()}
    else:
        raise AxisError(f'{key_text(here)}: must be a list of columns, or a table {{ quantity = "column" }}')
    for quantity, column in picked.items():
        item = find_quantity(quantity, model, here)
        if units.dimension(table.columns[column]) != units.dimension(item.unit):
            unit = table.columns[column] or "a plain number"
            raise AxisError(
                f"{key_text(here)}: {table.name}'s {column} ({unit}) is no {quantity} ({item.unit or 'a plain number'})"
            )
    return picked


def _own_columns(spec: AxisSpec, model: Model, length: int, place: tuple[str, ...]) -> dict[str, Floats]:
    """Read the values that the study itself puts beside the rows: lists, a value for each row."""
    columns = spec.columns if isinstance(spec.columns, Mapping) else {}
    result = dict[str, Floats]()
    for name, raw in columns.items():
        if not isinstance(raw, list):
            continue
        here = (*place, "columns", name)
        item = find_quantity(name, model, here)
        result[name] = ranges.numbers(parse_column(raw, here), item, here)
        if len(result[name]) != length:
            raise AxisError(f"{key_text(here)}: has {len(result[name])} values for {length} rows")
    return result


def _check_column(table: configs.FactTable, name: str, place: tuple[str, ...]) -> str:
    if name not in table.columns:
        raise AxisError(f"{key_text(place)}: {table.name} has no column {name!r}{nearest(name, table.columns)}")
    return name
