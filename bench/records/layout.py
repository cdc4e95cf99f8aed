"""JSON laid out for people and for diffs: a list of scalars stands on one line, and so does a short object of scalars."""

import json
from collections.abc import Callable
from typing import Any

MAX_WIDTH = 120  # characters of an object on one line; a list may be of any length, since it is read as a whole or not at all

_SCALARS = frozenset((int, float, str, bool, type(None)))
_dump: Callable[[Any], str] = json.JSONEncoder(allow_nan=False, separators=(",", ":"), check_circular=False).encode
_dump_object: Callable[[Any], str] = json.JSONEncoder(allow_nan=False, check_circular=False).encode


def laid_out(document: Any) -> str:
    """Write data as strict JSON, a space of indentation a level; lists and short objects of scalars are on one line each.

    Raises
    ------
    ValueError
        Where a NaN or an infinity is in it.
    """
    parts: list[str] = []
    _write(document, "\n", parts.append)
    return "".join(parts)


def _write(value: Any, margin: str, put: Callable[[str], None]) -> None:
    """Write a value; ``margin`` is the line break and the indentation of the line that it begins on."""
    line = _on_one_line(value)
    if line:
        put(line)
        return
    inner, before = margin + " ", "{" if isinstance(value, dict) else "["
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        put(f"{before}{inner}{_dump(str(key))}: " if isinstance(value, dict) else before + inner)
        _write(item, inner, put)
        before = ","
    put(margin + ("}" if isinstance(value, dict) else "]"))


def _on_one_line(value: Any) -> str:
    """Write a value that has its place on one line; nothing where it has not."""
    if isinstance(value, dict) and value:
        if not _SCALARS.issuperset(map(type, value.values())):
            return ""
        line = _dump_object(value)
        return line if len(line) <= MAX_WIDTH else ""
    if isinstance(value, list) and value and not _SCALARS.issuperset(map(type, value)):
        return ""
    return _dump(value)
