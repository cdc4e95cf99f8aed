"""The values that a study's keys take, as pydantic types, and how an error message names a key."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from ...kernels.model.units import UnitError, parse_whole
from ...kernels.reading import MAX_KEY
from ...kernels.validation.type_parts import Place
from ...kernels.validation.wording import described, dotted


def _number(value: Any) -> float | str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"must be a number, or text such as '120 day', not {described(value)}")
    return value


MAX_PROSE = 100_000  # characters of a description


def _text(value: Any) -> str:
    return _prose(value, MAX_KEY)


def _prose(value: Any, most: int = MAX_PROSE) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"must be text, not {described(value)}")
    if len(value) > most:
        raise ValueError(f"must be at most {most:,} characters long, not {len(value):,}")
    return value


def _whole(value: Any) -> int:
    """Return a whole number, or text that is written as one: ``16_384``, ``1e4``, ``16k``."""
    if isinstance(value, str):
        try:
            return parse_whole(value)
        except UnitError as error:
            raise ValueError(
                f"must be a whole number, not {described(value)}{''.join(str(error).partition('; ')[1:])}"
            ) from None
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"must be a whole number, not {described(value)}")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {described(value)}")
    return value


def _weights(value: Any) -> Any:
    if isinstance(value, list):
        return [_number(item) for item in value]
    if not isinstance(value, str):
        raise ValueError(f"must be a list of numbers or the name of a column, not {described(value)}")
    return _text(value)


def check_list(value: Any) -> Any:
    """Return the value where it is a list, else raise ValueError as pydantic's validators do."""
    if not isinstance(value, list):
        raise ValueError(f"must be a list, not {described(value)}")
    return value


def _rows(value: Any) -> Any:
    if isinstance(value, str) and value != "all":
        return [value]
    if isinstance(value, str | list):
        return value
    raise ValueError(f"must be 'all' or a list of rows, not {described(value)}")


def _sentences(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(item) for item in value]
    return [_text(value)]


def _shown(value: Any) -> Any:
    if value is False or isinstance(value, dict) or value in ("last", "all"):
        return value
    raise ValueError(f"must be false, 'last', 'all' or a table such as {{ chip = ['h100-sxm-80gb'] }}, not {described(value)}")


def check_table(value: Any) -> Any:
    """Return the value where it is a table, else raise ValueError as pydantic's validators do."""
    if not isinstance(value, dict):
        raise ValueError(f"must be a table, not {described(value)}")
    return value


if TYPE_CHECKING:
    Number = float | str
else:  # a union of pydantic's own would report each of its members
    Number = Annotated[Any, BeforeValidator(_number)]
Text = Annotated[str, BeforeValidator(_text)]
Prose = Annotated[str, BeforeValidator(lambda value: _prose(value))]
Whole = Annotated[int, BeforeValidator(_whole)]
Numbers = Annotated[list[Number], BeforeValidator(check_list)]
Texts = Annotated[list[Text], BeforeValidator(check_list)]
Rows = Annotated[Any, BeforeValidator(_rows)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Sentences = Annotated[list[str], BeforeValidator(_sentences)]  # a text or several
Shown = Annotated[Any, BeforeValidator(_shown)]  # False, a word, or points by axis
Weights = Annotated[Any, BeforeValidator(_weights)]  # a list of numbers, or text


class Strict(BaseModel):
    """A table of a study: a key that it has not is an error."""

    # smart unions would try to turn text into numbers: the validators above have decided already
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=True)


def key_text(place: Place) -> str:
    """Write where a key stands as a study does, positions counted from 1: ``("questions", 0, "by")`` as ``questions[1].by``."""
    return dotted(place) or "the file"
