"""Data that was read, checked against types by pydantic; what does not fit is said in one line, with what would be right."""

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import FlopwattError
from . import plain_tests
from .type_parts import Place, keys, type_at
from .wording import TOML, WANTED, DataFormat, dotted, problem_with, unknown_key

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails, SchemaValidator

T = TypeVar("T")
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


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

    def __init__(self, place: Place, problem: str, key: str = "", first: int = TOML.first):
        self.place, self.problem, self.key = place, problem, key
        where, joined = dotted(place, first), " " if problem.startswith(("must ", "is ")) else ": "
        super().__init__(f"{where}{joined}{problem}" if where else problem)


@dataclass(frozen=True)
class Validator(Generic[T]):
    """A type that data is checked against: dataclasses, mappings, sequences, scalars.

    Numbers, text and booleans are taken for nothing else: ``"5"`` is no number and 1 not true, but 1 is a number too.

    Attributes
    ----------
    kind
        The type; its validator is made when it is first needed, since that loads pydantic.
    format
        The format that the data comes from.
    """

    kind: Any
    format: DataFormat = TOML

    def fits(self, data: Any) -> bool:
        """Tell whether data is of the type, by plain tests: without pydantic, which takes a tenth of a second to load.

        False may also mean that the tests do not know; `check` decides then, and says what is wrong. What a class refuses
        when it is made (in ``__post_init__``) is not seen.
        """
        return plain_tests.fits(self.kind, data)

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
            result: T = _compiled(self.kind, self.format.texts_of_infinity).validate_python(data)
        except ValidationError as error:
            raise data_error(error, self.kind, place, self.format) from None
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
    if kind == "float":
        before = _infinity if texts_of_infinity else _refuse_nan
        return {"type": "function-before", "function": {"type": "no-info", "function": before}, "schema": result}
    if kind == "union":  # else each of its members reports an error
        wanted = [WANTED.get(f"{_bare(choice)}_type", "") for choice in result["choices"]]
        result |= {"custom_error_type": "union", "custom_error_message": f"must be {' or '.join(filter(None, wanted))}"}
    return result


def _bare(schema: Any) -> str:
    """Name the kind of scalar that a choice of a union is."""
    inner = schema.get("schema", schema) if isinstance(schema, dict) else {}
    kind = str(inner.get("type"))
    return "string" if kind == "str" else kind


def _infinity(value: Any) -> Any:
    return float(value) if isinstance(value, str) and value in ("inf", "-inf") else value


def _refuse_nan(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        raise ValueError("must be a number, not nan")
    return value


def data_error(error: Any, kind: Any, place: Place = (), data_format: DataFormat = TOML) -> DataError:
    """Make the first error of a pydantic ValidationError one of flopwatt's own.

    Parameters
    ----------
    error
        The ``ValidationError``.
    kind
        The type (or pydantic model) that the data was checked against, which knows what keys there are.
    place, data_format
        As `Validator` has them: where the data stands in what was read, and the format.
    """
    first: ErrorDetails = min(error.errors(include_url=False), key=lambda item: item["type"] not in _UNKNOWN)
    inner = first["loc"]
    if first["type"] in _UNKNOWN:
        key = str(inner[-1])
        return DataError((*place, *inner[:-1]), unknown_key(key, keys(type_at(kind, inner[:-1]))), key, data_format.first)
    return DataError((*place, *inner), problem_with(first, type_at(kind, inner), data_format), first=data_format.first)
