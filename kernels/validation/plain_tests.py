"""Whether data is of a type, told by plain tests: pydantic takes a tenth of a second to load."""

import functools
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from .type_parts import UNIONS, members

# As a class's ``__pydantic_config__``: a key that it, or a class within it, has no field for is an error. Without, such keys
# are left out.
NO_OTHER_KEYS = {"extra": "forbid"}

Test = Callable[[Any], bool]
_SIZE = 2**63  # of whole numbers: pydantic decides on those beyond


def fits(kind: Any, data: Any) -> bool:
    """Tell whether data is of a type; False may also mean that the tests do not know."""
    return _test(kind, False)(data)


@functools.cache
def _test(kind: Any, closed: bool) -> Test:
    """Make the test of a type; ``closed``: a class around it refuses keys that it has no field for."""
    if kind in _SCALARS:
        return _SCALARS[kind]
    if is_dataclass(kind):
        return _test_class(kind, closed)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _test(parts[0], closed)
    if origin is tuple and parts[-1] is Ellipsis:
        item = _test(parts[0], closed)
        return lambda data: isinstance(data, list) and all(map(item, data))
    inner = [_test(part, closed) for part in parts]
    if origin in UNIONS:
        return lambda data: any(test(data) for test in inner)
    if origin is tuple:
        return lambda data: (
            isinstance(data, list) and len(data) == len(inner) and all(test(v) for test, v in zip(inner, data, strict=True))
        )
    if origin in (dict, Mapping):
        key, value = inner
        return lambda data: isinstance(data, dict) and all(map(key, data)) and all(map(value, data.values()))
    return lambda data: False


def _test_class(kind: Any, closed: bool) -> Test:
    """Make the test of a dataclass: whether a table has its fields."""
    closed = getattr(kind, "__pydantic_config__", {"extra": "forbid" if closed else "ignore"}) == NO_OTHER_KEYS
    tests = {name: _test(member, closed) for name, member in members(kind).items()}
    needed = {item.name for item in fields(kind) if not _optional(item)}

    def other(data: Any) -> bool:
        return not closed

    def test(data: Any) -> bool:
        if not isinstance(data, dict) or not needed <= data.keys():
            return False
        return all(tests.get(key, other)(value) for key, value in data.items())

    return test


def _optional(item: Field[Any]) -> bool:
    return item.default is not MISSING or item.default_factory is not MISSING


def _is_whole(data: Any) -> bool:
    return isinstance(data, int) and not isinstance(data, bool) and abs(data) < _SIZE


def _is_number(data: Any) -> bool:
    return _is_whole(data) or (isinstance(data, float) and data == data)  # NaN is not equal to itself


_SCALARS: Mapping[Any, Test] = {
    Any: lambda data: True,
    str: lambda data: isinstance(data, str),
    bool: lambda data: isinstance(data, bool),
    int: _is_whole,
    float: _is_number,
    type(None): lambda data: data is None,
}
