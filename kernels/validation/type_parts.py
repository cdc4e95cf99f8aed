"""What types are made of: the keys of a class, and the type of what stands at a place."""

import functools
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

Place = tuple[str | int, ...]
UNIONS = (typing.Union, types.UnionType)


def type_at(kind: Any, place: Place) -> Any:
    """Find the type of what stands at a place of a type's values, with what it is annotated with; None where there is none."""
    if not place or kind is None:
        return kind
    if typing.get_origin(kind) is typing.Annotated:
        return type_at(typing.get_args(kind)[0], place)
    if typing.get_origin(kind) in UNIONS:
        inner = (type_at(part, place) for part in typing.get_args(kind))
        return next((part for part in inner if part is not None), None)
    own = members(kind)
    if own:
        return type_at(own.get(str(place[0])), place[1:])
    items = [part for part in typing.get_args(kind) if part is not Ellipsis]
    return type_at(items[-1], place[1:]) if items else None


def keys(kind: Any) -> list[str]:
    """List the keys that a type has."""
    kind = without_none(kind)
    parts = typing.get_args(kind) if typing.get_origin(kind) in UNIONS else (kind,)
    return next((list(own) for part in parts if (own := members(part))), [])


@functools.cache
def members(kind: Any) -> Mapping[str, Any]:
    """List the keys of a dataclass or of a pydantic model, with their types."""
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return {item.name: hints[item.name] for item in fields(kind)}
    models: Mapping[str, Any] = getattr(kind, "model_fields", {})
    return {field.alias or name: field.annotation for name, field in models.items()}


def is_table(kind: Any) -> bool:
    """Tell whether values of a type are tables of keys."""
    return is_dataclass(kind) or typing.get_origin(kind) in (dict, Mapping)


def without_none(kind: Any) -> Any:
    """Strip a type of what it is annotated with, and of None beside it."""
    if typing.get_origin(kind) is typing.Annotated:
        return without_none(typing.get_args(kind)[0])
    rest = [part for part in typing.get_args(kind) if part is not type(None)] if typing.get_origin(kind) in UNIONS else []
    return without_none(rest[0]) if len(rest) == 1 else kind
