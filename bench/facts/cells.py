"""Cells of a published step as numbers and words: what a row states, read or refused with the reason.

A cell may say more than its number (``51200 (unverified)``, ``5632[^note]``); what is empty or says so is not stated. A cell
that says something else is never taken for a default.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from ...kernels.errors import FlopwattError

# What cells of published tables hold, in lower case, where nothing is known.
_SIGNS = frozenset(("", "n/a", "na", "nan", "none", "null", "-", "--", "?"))
NOT_STATED = _SIGNS | {"unknown", "undisclosed", "not stated", "none stated", "not published", "not reported"}
# What is computed again in the backward pass: each word's values, shares of the layers from 0 to 1.
RECOMPUTE: Mapping[str, Mapping[str, float]] = {
    "none": {"recomputed_layers": 0.0, "recomputed_attention": 0.0},
    "selective": {"recomputed_layers": 0.0, "recomputed_attention": 1.0},
    "full": {"recomputed_layers": 1.0, "recomputed_attention": 1.0},
}
_RECOMPUTE_BEGINNINGS = {  # how published tables spell them, in lower case
    "full": ("full", "uniform", "block", "all"),
    "selective": ("sel", "attn", "attention", "core"),
    "none": ("no", "null", "0", "false", "off"),
}
_NUMBER = re.compile(r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d+)?)(?=$|[\s(\[*;])", re.ASCII)


class RowError(FlopwattError, ValueError):
    """A row cannot be predicted; the message says why."""


# --- numbers ----------------------------------------------------------------------------------------------------------


def text(row: Mapping[str, Any], key: str) -> str:
    """Read a cell as text, empty where there is none."""
    value = row.get(key)
    return "" if value is None else str(value).strip()


def blank(cell: str) -> bool:
    """Tell whether a cell states nothing: it is empty, or one of the words of ``NOT_STATED``."""
    return cell.strip().lower() in NOT_STATED


def number(row: Mapping[str, Any], key: str) -> float:
    """Read a number above 0, alone or at the beginning of a text: ``51200 (unverified)``.

    Raises
    ------
    RowError
        Where nothing is stated, or what is stated is no number above 0.
    """
    if blank(cell := text(row, key)):
        raise RowError(f"its {key} is not stated")
    match = _NUMBER.match(cell)
    try:
        value = float(match.group(1).replace(",", "")) if match else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RowError(f"its {key} is {cell[:40]!r}, not a number")
    if value <= 0:
        raise RowError(f"its {key} is {value:g}; it must be above 0")
    return value


def whole(row: Mapping[str, Any], key: str, default: float | None = None) -> float:
    """Read a whole number above 0; ``default``, if there is one, where none is stated.

    Parameters
    ----------
    row
        Cells by their column's name.
    key
        The column.
    default
        What an empty cell means; None where it must be stated.

    Raises
    ------
    RowError
        Where none is stated and there is no default, or what is stated is no whole number above 0.
    """
    if default is not None and blank(text(row, key)):
        return default
    value = number(row, key)
    if value != math.floor(value):
        raise RowError(f"its {key} is {value:g}; it must be a whole number")
    return value


def stated(row: Mapping[str, Any], key: str) -> float | None:
    """Read a number above 0 where one is stated, else None; 0 states nothing.

    Raises
    ------
    RowError
        Where something else is stated.
    """
    cell = text(row, key)
    return None if blank(cell) or re.fullmatch(r"[-+]?0*\.?0*", cell) else number(row, key)


# --- words ------------------------------------------------------------------------------------------------------------


def recompute(cell: str) -> dict[str, float]:
    """Read what is computed again in the backward pass: ``full``, ``selective(attn)``, ``none (by default)`` and the like.

    Megatron-LM's methods ``uniform`` and ``block`` recompute whole layers.

    Returns
    -------
    dict
        ``recomputed_layers`` and ``recomputed_attention``, shares of the layers from 0 to 1.

    Raises
    ------
    RowError
        For other words.
    """
    lower = cell.lower()
    spelled = (word for word, beginnings in _RECOMPUTE_BEGINNINGS.items() if lower.startswith(beginnings))
    word = "none" if blank(lower) else next(spelled, None)
    if word is None:
        raise RowError(f"its recompute {cell!r} is not known; known are none, selective and full")
    return dict(RECOMPUTE[word])
