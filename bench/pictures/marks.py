"""Marks that pictures share: dots that a screen reader tells of, and words beside them."""

from collections.abc import Sequence
from typing import Any

Spec = dict[str, Any]
ABOVE: Spec = {"dy": -10, "baseline": "alphabetic"}


def told(mark: Spec, encoding: Spec, fields: Sequence[str], value: str = "v", where: str = "") -> Spec:
    """Make a layer whose marks a screen reader tells of: where each lies, then its value.

    Parameters
    ----------
    mark
        What is drawn.
    encoding
        How it is placed and coloured.
    fields
        The data's fields that say where a mark lies.
    value
        The field that holds its value in words.
    where
        Which rows have a mark, as an expression; empty for all.
    """
    place = " + ', ' + ".join(f"datum.{name}" for name in fields)
    describe = f"{place} + ': ' + datum.{value}" if place else f"datum.{value}"
    wanted = [{"filter": where}] if where else []
    return {
        "transform": [*wanted, {"calculate": describe, "as": "d"}],
        "mark": mark,
        "encoding": {**encoding, "description": {"field": "d", "type": "nominal"}},
    }


def dots(encoding: Spec, fields: Sequence[str], value: str = "v", **look: Any) -> Spec:
    """Make a layer of filled points that a screen reader tells of.

    Parameters
    ----------
    encoding, fields, value
        As for `told`.
    **look
        Properties of the mark.
    """
    return told({"type": "point", "filled": True, "size": 70, "opacity": 1, **look}, encoding, fields, value)


def words(encoding: Spec, where: str = "", **look: Any) -> Spec:
    """Make a layer of the words that the data's field ``t`` holds, above their places or as ``look`` has it.

    Parameters
    ----------
    encoding
        How they are placed.
    where
        Which rows have words, as an expression; empty for all.
    **look
        Properties of the mark.
    """
    layer: Spec = {
        "mark": {"type": "text", "aria": False, **(look or ABOVE)},
        "encoding": {**encoding, "text": {"field": "t", "type": "nominal"}},
    }
    return {"transform": [{"filter": where}], **layer} if where else layer
