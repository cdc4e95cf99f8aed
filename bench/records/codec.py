"""Dataclasses to plain JSON data and back; what does not fit is named by its place in the document."""

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar, Union

T = TypeVar("T")


class CodecError(ValueError):
    """Data that does not fit; the message starts with its place, such as ``benchmarks[3].stats.data[0]``."""


def encode(value: Any) -> Any:
    """A dataclass (or mapping, sequence, scalar) as data that strict JSON can hold.

    NaN is null, an infinity the text "inf" or "-inf".
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: encode(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, (bool, int, str)) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None if math.isnan(value) else str(value)
    if hasattr(value, "item"):  # a NumPy scalar
        return encode(value.item())
    raise TypeError(f"{type(value).__name__} has no place in a record")


def decode(kind: type[T], data: Any, place: str) -> T:
    """``data`` as a ``kind``. Unknown keys are left out, missing ones take their default. Raises CodecError."""
    result: T = _decode(kind, data, place)
    return result


def _decode(kind: Any, data: Any, place: str) -> Any:
    origin = typing.get_origin(kind)
    if kind is Any:
        return data
    if origin in (Union, types.UnionType):
        return _decode_union(typing.get_args(kind), data, place)
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(kind, data, place)
    if origin is tuple:
        item = typing.get_args(kind)[0]
        return tuple(_decode(item, one, f"{place}[{i}]") for i, one in enumerate(_expect(list, data, place)))
    if origin is not None:  # a mapping from text
        item = typing.get_args(kind)[1]
        return {key: _decode(item, one, f"{place}.{key}") for key, one in _expect(dict, data, place).items()}
    return _decode_scalar(kind, data, place)


def _decode_union(kinds: tuple[Any, ...], data: Any, place: str) -> Any:
    if data is None and type(None) in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    if len(kinds) == 1:
        return _decode(kinds[0], data, place)
    for kind in kinds:  # scalars only: none of them holds a place of its own to name
        try:
            return _decode(kind, data, place)
        except CodecError:
            continue
    raise CodecError(f"{place} must be {' or '.join(_CALLED[kind] for kind in kinds)}, not {_called(data)}")


def _decode_dataclass(kind: Any, data: Any, place: str) -> Any:
    _expect(dict, data, place)
    values = {}
    for name, (field_kind, required) in _fields(kind).items():
        if name in data:
            values[name] = _decode(field_kind, data[name], f"{place}.{name}")
        elif required:
            raise CodecError(f"{place}.{name} is missing")
    try:
        return kind(**values)
    except ValueError as error:
        raise CodecError(f"{place}: {error}") from None


@functools.cache
def _fields(kind: type) -> dict[str, tuple[Any, bool]]:
    hints = typing.get_type_hints(kind)
    missing = dataclasses.MISSING
    return {
        item.name: (hints[item.name], item.default is missing and item.default_factory is missing)
        for item in dataclasses.fields(kind)  # type: ignore[arg-type]
    }


_CALLED = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def _expect(kind: Any, data: Any, place: str) -> Any:
    if not isinstance(data, kind):
        raise CodecError(f"{place} must be {_CALLED[kind]}, not {_called(data)}")
    return data


def _called(data: Any) -> str:
    return "null" if data is None else _CALLED.get(type(data), type(data).__name__)


def _decode_scalar(kind: Any, data: Any, place: str) -> Any:
    if kind is float:
        if data in ("inf", "-inf"):
            return float(data)
        if isinstance(data, int) and not isinstance(data, bool):
            return float(data) if abs(data) < 2**1023 else _expect(float, data, place)
    if kind is int and isinstance(data, bool):
        raise CodecError(f"{place} must be a whole number, not true or false")
    return _expect(kind, data, place)
