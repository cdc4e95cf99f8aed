"""The words of an error: where data does not fit, what is wrong there, and what would be right."""

import datetime
import typing
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import TYPE_CHECKING, Any

from ..text import nearest
from .type_parts import UNIONS, Place, is_table, keys, type_at, without_none

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


@dataclass(frozen=True)
class DataFormat:
    """What a format that data comes from has of its own.

    Attributes
    ----------
    table
        What it calls a mapping.
    first
        The number of a list's first item in errors. One rule: files that people write by hand count from 1, as people do;
        files that programs write count from 0, as programs do.
    texts_of_infinity
        Whether "inf" and "-inf" are numbers, for formats that have none for them.
    """

    table: str
    first: int
    texts_of_infinity: bool = False


TOML = DataFormat("a table", first=1)
JSON = DataFormat("an object", first=0, texts_of_infinity=True)


@dataclass(frozen=True)
class Wanted:
    """What to write, where the type alone does not tell: stands in the ``Annotated`` type of a form's field.

    Attributes
    ----------
    text
        The end of "must be ...": ``a unit as text, "" for a plain number``; ``{key}`` is the key of the value.
    """

    text: str


WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
}
_TABLES = ("dict_type", "mapping_type", "dataclass_type", "model_type", "model_attributes_type")


def problem_with(error: "ErrorDetails", kind: Any, data_format: DataFormat) -> str:
    """Say what is wrong with a value and what would be right.

    Parameters
    ----------
    error
        An item of a ``ValidationError``.
    kind
        The type that was wanted there; None where it is not known.
    data_format
        The format whose words are taken.
    """
    problem, loc = _problem(error, kind, data_format), error["loc"]
    of_tables = bool(keys(type_at(kind, (0,))))
    if isinstance(error["input"], dict) and data_format is TOML and of_tables and problem.startswith("must be a list"):
        return f"must be a list of tables; write [[{loc[-1]}]], not [{loc[-1]}]"
    return problem


def _problem(error: "ErrorDetails", kind: Any, data_format: DataFormat) -> str:
    fault, value, loc = error["type"], error["input"], error["loc"]
    hint = _hint(kind).replace("{key}", str(loc[-1]) if loc else "")
    if fault == "missing":
        return "is missing" + (f"; it must be {hint}" if hint else "")
    if fault == "value_error":
        return str(error["ctx"]["error"])
    if fault == "too_long" and hint:
        return f"must be {hint}, not {error['ctx']['actual_length']} of them"
    if fault == "union":
        return f"must be {hint}" if hint else f"{error['msg']}, not {described(value, data_format.table)}"
    bare = data_format.table if fault in _TABLES else WANTED.get(fault)
    if bare is None:
        return f"{error['msg'][0].lower()}{error['msg'][1:]}"
    wanted = hint or _in_words(kind, data_format) or bare
    return f"must be {wanted}, not {described(value, data_format.table)}"


def _hint(kind: Any) -> str:
    """Find what a form's field says that it wants; nothing where it does not."""
    parts = typing.get_args(kind) if typing.get_origin(kind) in UNIONS else (kind,)
    marks = [mark for part in parts for mark in getattr(part, "__metadata__", ())]
    return next((mark.text for mark in marks if isinstance(mark, Wanted)), "")


_SCALARS = {str: ("text", "texts"), float: ("a number", "numbers"), int: ("a whole number", "whole numbers")}
_MAX_KEYS = 8  # that an error lists of a table


def _in_words(kind: Any, data_format: DataFormat) -> str:
    """Say what values of a type are: ``a list of texts``, ``a table with value, unit``; nothing for what has no words."""
    kind = without_none(kind)
    many = f"{data_format.table.split()[-1]}s"
    if kind in _SCALARS:
        return _SCALARS[kind][0]
    if is_dataclass(kind):
        names = keys(kind)
        return f"{data_format.table} with {', '.join(names)}" if len(names) <= _MAX_KEYS else data_format.table
    origin, parts = typing.get_origin(kind), [without_none(part) for part in typing.get_args(kind)]
    item: Any = next((part for part in reversed(parts) if part is not Ellipsis), None)
    inner = _SCALARS.get(item, ("", ""))[1] or (many if is_table(item) else "")
    outer = data_format.table if origin in (dict, Mapping) else "a list" if origin is tuple else ""
    return f"{outer} of {inner}" if outer and inner else outer


def unknown_key(key: str, known: typing.Iterable[str]) -> str:
    """Say that a key is unknown, with the nearest known one, else all of them."""
    names = list(known)
    return f"unknown key {key!r}{nearest(key, names) or '; there are ' + ', '.join(names)}"


_KINDS = {list: "a list", datetime.date: "a date", datetime.time: "a time", datetime.datetime: "a date", type(None): "null"}
_MAX_SHOWN = 60  # characters of a value


def described(value: Any, table: str = "a table") -> str:
    """Name a value as an error message does; ``table`` is what a mapping is called there."""
    if isinstance(value, int) and abs(value) >= 10**_MAX_SHOWN:
        return f"a number of more than {_MAX_SHOWN} digits"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        text = repr(value)
        return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 3]}..."
    return table if isinstance(value, dict) else _KINDS.get(type(value), type(value).__name__)


def dotted(place: Place, first: int = TOML.first) -> str:
    """Write a place as text, its positions counted from ``first``: ``("questions", 0, "by")`` is ``questions[1].by``."""
    text = ""
    for part in place:
        text += f"[{part + first}]" if isinstance(part, int) else f".{part}" if text else part
    return text
