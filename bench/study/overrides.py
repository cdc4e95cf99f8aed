"""``--set name=value``: a quantity held at one value, the rows of a facts axis, or any key of the study by its path."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ... import configs
from ...kernels.model.quantity import Model
from ...kernels.text import nearest
from ..errors import StudyError


class OverrideError(StudyError):
    """An override is not understood; the message says what would be."""


@dataclass(frozen=True)
class Overrides:
    """What overrides make of a study.

    Attributes
    ----------
    document
        The study's TOML with its keys changed.
    held
        Quantities held at one value, which may carry a unit.
    """

    document: Mapping[str, Any]
    held: Mapping[str, float | str] = field(default_factory=dict)


def apply(document: Mapping[str, Any], texts: Sequence[str], model: Model) -> Overrides:
    """Apply the overrides in their order to a copy of the document.

    Parameters
    ----------
    document
        The study's TOML.
    texts
        Overrides, as ``name=value``.
    model
        The quantities that may be held.

    Raises
    ------
    OverrideError
        Where one is not understood, or names no quantity, axis or key.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    held: dict[str, float | str] = {}
    before: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            raise OverrideError(f"{text!r} is not understood; write it as name=value, for example tokens=1e13")
        name = name.removeprefix("given.")
        if name in before:
            raise OverrideError(f"{text!r}: {name} is set twice, first to {before[name]}; leave one out")
        before[name] = value
        axis = _axes(changed).get(name)
        if isinstance(axis, dict) and "from" in axis:
            axis["rows"] = _parse_rows(value)
        elif name in model:
            held[name] = _unquote(value)
        elif "." in name or name in _TOP:
            _set_key(changed, name, _parse_value(value), text)
        elif name in _SECTIONS:
            raise OverrideError(f"{text!r}: name a key of {name}, for example {_SECTIONS[name]}")
        else:
            known = [*model.quantities, *_axes(changed), *_TOP]
            meant = _named_in_words(name, model, _axes(changed))
            hint = f"; did you mean {meant!r}?" if meant else nearest(name, known)
            raise OverrideError(f"{text!r}: unknown quantity or axis {name!r}{hint}")
    return Overrides(changed, held)


_TOP = ("title", "description", "unusual", "headlines")
_SECTIONS = {"given": "tokens=1e13", "axes": "axes.chip_count.num=64", "questions": 'questions.cheapest.by=["chip"]'}


def _named_in_words(name: str, model: Model, axes: Mapping[str, Any]) -> str:
    """Find the key of what a run prints in words, in whatever order these are: ``peak_pue`` for ``PUE at peak``."""
    written = _sorted_words(name)
    for key, axis in axes.items():
        if written in (_sorted_words(key), _sorted_words(str(axis.get("words", "")) if isinstance(axis, dict) else "")):
            return key
    inputs = sorted(model.quantities.values(), key=lambda item: not item.given)  # which can be stated without a surprise
    return next((item.name for item in inputs if written in (_sorted_words(item.wording), _sorted_words(item.name))), "")


def _sorted_words(text: str) -> list[str]:
    return sorted(text.lower().replace("_", " ").split())


def _axes(document: Mapping[str, Any]) -> dict[str, Any]:
    axes = document.get("axes")
    return axes if isinstance(axes, dict) else {}


def _parse_rows(value: str) -> Any:
    """Read the rows of a facts axis: names between commas, a list as TOML has it, or all of them."""
    if value.startswith("["):
        return _parse_value(value)
    return "all" if value.lower() == "all" else [row.strip() for row in value.split(",")]


def _unquote(value: str) -> str:
    """Take the quotes off a value where it is a TOML string."""
    parsed = _parse_value(value)
    return parsed if isinstance(parsed, str) else value


def _parse_value(text: str) -> Any:
    """Read the text as a TOML value, else as text."""
    try:
        return configs.toml_document(f"value = {text}")["value"]
    except ValueError:  # TOMLDecodeError is one; a number of thousands of digits is another
        return text


def _set_key(document: dict[str, Any], path: str, value: Any, text: str) -> None:
    """Set one key by its dotted path; a question is found by its name or its number, counted from 1."""
    parts = path.split(".")
    place: Any = document
    for i, part in enumerate(parts[:-1]):
        if isinstance(place, list):
            place = _find_question(place, part, text)
            continue
        if part not in place:
            # a section may be new (axes.mfu.values=[...]), a misspelt one may not
            close = nearest(part, place)
            if close or not (i == 1 and parts[0] == "axes"):
                raise OverrideError(f"{text!r}: the study has no {'.'.join(parts[: i + 1])}{close}")
            place[part] = {}
        place = place[part]
        if not isinstance(place, dict | list):
            raise OverrideError(f"{text!r}: {'.'.join(parts[: i + 1])} is no table")
    if isinstance(place, list):
        raise OverrideError(f"{text!r}: name a key of {'.'.join(parts)}")
    place[parts[-1]] = value


def _find_question(items: list[Any], part: str, text: str) -> Any:
    names = [str(item.get("name", "")) for item in items if isinstance(item, dict)]
    if part in names:
        return items[names.index(part)]
    numbers = [str(i) for i in range(1, len(items) + 1)]
    if part in numbers:
        return items[numbers.index(part)]
    raise OverrideError(f"{text!r}: no question is named {part!r}{nearest(part, names)}")
