"""The values that a study's keys take, each with its reader, and how an error message names a key."""

from typing import Any

from ...kernels.model.units import UnitError, parse_whole
from ...kernels.reading import MAX_KEY
from ...kernels.validation.type_parts import Place
from ...kernels.validation.wording import described, dotted
from .spec_forms import by_name, list_of, plain

Number = float | str  # a number, or text with a unit


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


number, text, whole, truth = plain(_number), plain(_text), plain(_whole), plain(_truth)
prose = plain(_prose)  # a text of any length that is read
numbers, texts = list_of(number), list_of(text)
rows = plain(_rows)  # "all", or a list of keys
sentences = plain(_sentences)  # a text or several
shown = plain(_shown)  # False, a word, or points by axis
weights = plain(_weights)  # a list of numbers, or text
numbers_by_name, texts_by_name = by_name(number), by_name(text)


def key_text(place: Place) -> str:
    """Write where a key stands as a study does, positions counted from 1: ``("questions", 0, "by")`` as ``questions[1].by``."""
    return dotted(place) or "the file"
