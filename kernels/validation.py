"""Data that was read, checked against types by pydantic; what does not fit is said in one line, with what would be right."""

import datetime
import functools
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .errors import FlopwattError
from .text import nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails, SchemaValidator

T = TypeVar("T")
Place = tuple[str | int, ...]

# As a class's ``__pydantic_config__``: a key that it, or a class within it, has no field for is an error. Without, such keys
# are left out.
NO_OTHER_KEYS = {"extra": "forbid"}


class DataError(FlopwattError, ValueError):
    """Data that does not fit its type.

    Attributes
    ----------
    place
        The keys and positions (from 0) that lead to what does not fit; empty for the whole.
    problem
        What is wrong there and what would be right, such as ``must be a number, not 'x'``.
    key
        The unknown key at the place, where that is the problem.
    """

    def __init__(self, place: Place, problem: str, key: str = ""):
        self.place, self.problem, self.key = place, problem, key
        where, joined = dotted(place), " " if problem.startswith(("must ", "is ")) else ": "
        super().__init__(f"{where}{joined}{problem}" if where else problem)


@dataclass(frozen=True)
class Validator(Generic[T]):
    """A type that data is checked against: dataclasses, mappings, sequences, scalars.

    Numbers, text and booleans are taken for nothing else: ``"5"`` is no number and 1 not true, but 1 is a number too.

    Attributes
    ----------
    kind
        The type; its validator is made when it is first needed, since that loads pydantic.
    table
        What the format that the data comes from calls a mapping.
    texts_of_infinity
        Whether "inf" and "-inf" are numbers, for formats that have none for them.
    """

    kind: Any
    table: str = "a table"
    texts_of_infinity: bool = False

    def check(self, data: Any, place: Place = ()) -> T:
        """Check data against the type, and make it an object of that type.

        Parameters
        ----------
        data
            What was read.
        place
            Where it stands in what was read, for the error.

        Raises
        ------
        DataError
            For the first thing that does not fit; a misspelt key comes before what is missing for want of it.
        """
        from pydantic_core import ValidationError

        try:
            result: T = _compiled(self.kind, self.texts_of_infinity).validate_python(data)
        except ValidationError as error:
            raise data_error(error, self.kind, place, self.table) from None
        return result


@functools.cache
def _compiled(kind: Any, texts_of_infinity: bool) -> "SchemaValidator":
    """Make the validator of a type, once."""
    from pydantic import TypeAdapter
    from pydantic_core import SchemaValidator

    return SchemaValidator(_strict(TypeAdapter(kind).core_schema, texts_of_infinity))


def _strict(schema: Any, texts_of_infinity: bool) -> Any:
    """Make a schema's scalars strict. pydantic's own strictness would refuse lists for tuples and mappings for classes."""
    if isinstance(schema, (list, tuple)):
        return type(schema)(_strict(item, texts_of_infinity) for item in schema)
    if not isinstance(schema, dict):
        return schema
    result = {key: _strict(item, texts_of_infinity) for key, item in schema.items()}
    kind = result.get("type")
    if kind in ("str", "int", "bool", "float"):
        result["strict"] = True
    if kind == "float" and texts_of_infinity:
        return {"type": "function-before", "function": {"type": "no-info", "function": _infinity}, "schema": result}
    if kind == "union":  # else each of its members reports an error
        wanted = [_WANTED.get(f"{_bare(choice)}_type", "") for choice in result["choices"]]
        result |= {"custom_error_type": "union", "custom_error_message": f"must be {' or '.join(filter(None, wanted))}"}
    return result


def _bare(schema: Any) -> str:
    """Name the kind of scalar that a choice of a union is."""
    inner = schema.get("schema", schema) if isinstance(schema, dict) else {}
    kind = str(inner.get("type"))
    return "string" if kind == "str" else kind


def _infinity(value: Any) -> Any:
    return float(value) if isinstance(value, str) and value in ("inf", "-inf") else value


_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
}
_TABLES = ("dict_type", "mapping_type", "dataclass_type", "model_type", "model_attributes_type")
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


def data_error(error: Any, kind: Any, place: Place = (), table: str = "a table") -> DataError:
    """Make the first error of a pydantic ValidationError one of flopwatt's own.

    Parameters
    ----------
    error
        The ``ValidationError``.
    kind
        The type (or pydantic model) that the data was checked against, which knows what keys there are.
    place, table
        As `Validator` has them.
    """
    first: ErrorDetails = min(error.errors(include_url=False), key=lambda item: item["type"] not in _UNKNOWN)
    inner = first["loc"]
    if first["type"] in _UNKNOWN:
        key = str(inner[-1])
        return DataError((*place, *inner[:-1]), unknown_key(key, _keys(kind, inner[:-1])), key)
    problem = _problem(first, table)
    if (
        isinstance(first["input"], dict)
        and table == "a table"
        and problem.startswith("must be a list")
        and _keys(kind, (*inner, 0))
    ):
        problem = f"must be a list of tables; write [[{inner[-1]}]], not [{inner[-1]}]"
    return DataError((*place, *inner), problem)


def _problem(error: "ErrorDetails", table: str) -> str:
    """Say what is wrong and what would be right, in the format's words."""
    kind = error["type"]
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    wanted = table if kind in _TABLES else _WANTED.get(kind)
    if wanted or kind == "union":
        return f"{f'must be {wanted}' if wanted else error['msg']}, not {described(error['input'], table)}"
    return f"{error['msg'][0].lower()}{error['msg'][1:]}"


def unknown_key(key: str, known: typing.Iterable[str]) -> str:
    """Say that a key is unknown, with the nearest known one, else all of them."""
    names = list(known)
    return f"unknown key {key!r}{nearest(key, names) or '; there are ' + ', '.join(names)}"


def _keys(kind: Any, place: Place) -> list[str]:
    """List the keys that a type has at a place."""
    if typing.get_origin(kind) is typing.Annotated:
        return _keys(typing.get_args(kind)[0], place)
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return next((names for part in typing.get_args(kind) if (names := _keys(part, place))), [])
    members = _members(kind)
    if not place:
        return list(members)
    if members:
        return _keys(members.get(str(place[0])), place[1:])
    inner = [part for part in typing.get_args(kind) if part is not Ellipsis]
    return _keys(inner[-1], place[1:]) if inner else []


def _members(kind: Any) -> Mapping[str, Any]:
    """List the keys of a dataclass or of a pydantic model, with their types."""
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return {item.name: hints[item.name] for item in fields(kind)}
    models: Mapping[str, Any] = getattr(kind, "model_fields", {})
    return {field.alias or name: field.annotation for name, field in models.items()}


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


def dotted(place: Place, first: int = 0) -> str:
    """Write a place as text, positions counted from ``first``: ``("benchmarks", 3, "stats")`` is ``benchmarks[3].stats``."""
    text = ""
    for part in place:
        text += f"[{part + first}]" if isinstance(part, int) else f".{part}" if text else part
    return text
