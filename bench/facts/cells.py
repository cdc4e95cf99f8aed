"""Cells of a published step as numbers and words: what a row states, read or refused with the reason.

A cell may have a unit that converts into its column's (``1200 ms``) and a remark that changes nothing (``51200 (unverified)``,
``5632[^note]``); what is empty or says so is not stated. A cell that says something else is never taken for a default, nor read
up to where it stops being a number.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from ...kernels.errors import FlopwattError
from ...kernels.model import units
from ...kernels.model.number_text import NumberError, read_number
from .case_columns import COLUMNS, CaseColumn

# What cells of published tables hold, in lower case, where nothing is known.
_SIGNS = frozenset(("", "n/a", "na", "n.a.", "#n/a", "nan", "none", "null", "-", "--", "\u2013", "\u2014", "?"))
_NONE_IS = ("not available", "not disclosed", "not published", "not reported", "not stated", "none stated")
NOT_STATED = _SIGNS.union(("unknown", "undisclosed"), _NONE_IS)
_YES, _NO = ("true", "yes", "on", "y"), ("false", "no", "off", "n")
# What is computed again in the backward pass: each word's values, shares of the layers from 0 to 1.
RECOMPUTE: Mapping[str, Mapping[str, float]] = {
    "none": {"recomputed_layers": 0.0, "recomputed_attention": 0.0},
    "selective": {"recomputed_layers": 0.0, "recomputed_attention": 1.0},
    "full": {"recomputed_layers": 1.0, "recomputed_attention": 1.0},
    "modules": {"recomputed_layers": 0.0, "recomputed_attention": 0.0, "recomputed_modules": 1.0},
}
_RECOMPUTE_BEGINNINGS = {  # how published tables spell them, in lower case
    "full": ("full", "uniform", "block", "all", "yes", "true", "on"),
    "selective": ("sel", "attn", "attention", "core"),
    "modules": ("modules", "layernorm", "moe_act", "mla_up_proj", "mlp"),
    "none": ("no", "null", "0", "false", "off", "minimal"),
}
# Remarks behind a number that leave it what it is; any other could be a unit, a scale or half of a range.
_REMARKS = (
    "a default|announced|approx\\.?|approximate|assumed|assumption|by default|calculated|computed|confirmed|default|derived|"
    "est\\.?|estimate|estimated|measured|not verified|official|pad|padded|published|reported|rounded|stated|unconfirmed|"
    "unverified|verified"
)
_REMARK = re.compile(
    rf"(?<=\S)\s*(?:\(\s*(?:{_REMARKS})\s*\)|;\s*(?:{_REMARKS})|\[\^[\w-]+\]|\[\d{{1,3}}\]|[*†‡]+)\s*$", re.IGNORECASE
)
# What else may be said behind a number, in brackets or after a semicolon, and how that begins or ends where it makes another
# number of it: 12 (of 16), 8 (2 nodes), 2 (estimate of 3).
_SAID = re.compile(
    r"(?<=[\w.])\s*(?:\((?P<round>[^()]*(?:\([^()]*\)[^()]*)*)\)|\[(?P<square>[^\[\]]*)\]|;(?P<after>[^;]+))\s*$"
)
_COUNTS = re.compile(
    r"(?!\w)|\d|(?:of|or|to|per|each|times|and|plus|minus|not|x|nodes?|servers?|hosts?|racks?|pods?|thousands?|millions?|"
    r"billions?|trillions?|dozens?)\b|.*(?<!mean )(?<!median )(?<!average )\b(?:of|or|than) ~?[\d.,]+\w?$",
    re.IGNORECASE,
)
_POWER = re.compile(r"(?<=[\d._])[eE](?=[-+]?\d)")  # before an exponent
_UNIT = re.compile(r"[^\W\d_]|[%$€£¢°]")  # what a number without a unit has not
_ABOUT = re.compile(r"(about|around|roughly|approximately|approx\.?|circa|ca\.?|c\.)\s*(?=\d)", re.IGNORECASE)
_BOUND = re.compile(r"[<>≤≥±]|(at (least|most)|more than|less than|over|under|up to|below|above)\b", re.IGNORECASE)
_RANGE = re.compile(
    r"[\d.,]+([eE][-+]?\d+)?\s*((?![eE]-\d)[^\W\d_])?\s*(-|\u2013|\u2014|\.\.+|to|or|±|\+/-)\s*\d.*", re.IGNORECASE
)


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


def column_number(cell: object, column: CaseColumn) -> float:
    """Read a cell in the column's own numbers; one with a unit or a letter for thousands is converted: 405B in billions is 405.

    Parameters
    ----------
    cell
        A number, or text: about (``~``) before the number and a remark behind it, such as ``(unverified)``, are passed over.
    column
        The column that it stands in.

    Raises
    ------
    NumberError
        Where it is no finite number of the column's unit, or says more than one; it says what would be right.
    UnitError
        Where its unit does not convert into the column's.
    """
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        raise NumberError(f"{str(cell)[:40]!r} is not a number")
    try:
        value = _text_number(cell, column) if isinstance(cell, str) else float(cell)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise NumberError(f"{str(cell)[:40]!r} is not a number that anything has")
    return value


def _text_number(cell: str, column: CaseColumn) -> float:
    whole_text = cell.strip()
    stripped = _REMARK.sub("", whole_text).lstrip("~≈ ")
    if about := _ABOUT.match(stripped):
        rest = stripped[about.end() :][:40]
        raise NumberError(f"{whole_text[:40]!r} is not a number; write {rest} or ~{rest}")
    if _BOUND.match(stripped):
        raise NumberError(f"{whole_text[:40]!r} is not a number but a bound; write one number")
    if _RANGE.fullmatch(stripped):
        raise NumberError(f"{whole_text[:40]!r} is not a number but a range; write one number")
    if is_bare(stripped):
        return read_number(stripped)
    try:
        return units.parse(column.with_letter(stripped), column.unit) / column.size
    except FlopwattError:
        if not (said := _said_behind(stripped)):
            raise
        return _text_number(stripped[: -len(said)], column)


def remark(cell: str) -> str:
    """Return the remark behind a number, without its brackets: ``unverified`` of ``51200 (unverified)``; else nothing."""
    said = _REMARK.search(cell.strip())
    return (said[0] if said else _said_behind(cell)).strip(" ()[];,^")


def _said_behind(cell: str) -> str:
    """Find what is said behind a number in brackets or after a semicolon and leaves it what it is; nothing where it may not.

    It does where it begins with a word that is no number, unit, scale or part of a sum.
    """
    match = _SAID.search(cell)
    said = (match["round"] or match["square"] or match["after"] or "").strip() if match else ""
    number = cell[: match.start()].strip().lstrip("~≈ ") if match else ""
    told = re.sub(rf"^{re.escape(number)} ?= ?", "", said)  # 32000 (32000 = mock default)
    word = re.match(r"[\w.\-]+", told)
    if match is None or word is None or not re.search(r"[^\W\d_]{2}", told) or _COUNTS.match(told) or _is_unit(word[0]):
        return ""
    return match[0]


def _is_unit(word: str) -> bool:
    """Tell whether a word is a unit or counts thousands; ``as`` is never an attosecond."""
    if word.lower() in ("a", "an", "as", "at", "in"):
        return False
    try:
        units.dimension(word)
    except FlopwattError:
        return re.fullmatch(r"[kKmMbBtT]n?", word) is not None
    return True


def is_bare(cell: str) -> bool:
    """Tell whether a cell has neither a unit nor a word that belongs to its number."""
    return _UNIT.search(_POWER.sub("", _REMARK.sub("", cell.strip()))) is None


def number(row: Mapping[str, Any], key: str) -> float:
    """Read a number above 0 in its column's own numbers, as `column_number` does.

    Raises
    ------
    RowError
        Where nothing is stated, or what is stated is no number above 0.
    """
    if blank(text(row, key)):
        raise RowError(f"its {key} is not stated")
    try:
        value = column_number(row[key], COLUMNS.get(key.lower()) or CaseColumn(key))
    except FlopwattError as error:
        raise RowError(f"its {key} is not read: {error}") from None
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


def flag(row: Mapping[str, Any], key: str) -> bool:
    """Tell whether a cell says yes: a word for it, or a number other than 0.

    Raises
    ------
    RowError
        Where something else is stated.
    """
    word = text(row, key).lower()
    return word in _YES or (word not in _NO and stated(row, key) is not None)


# --- words ------------------------------------------------------------------------------------------------------------


def recompute(cell: str) -> dict[str, float]:
    """Read what is computed again in the backward pass: ``full``, ``selective(attn)``, ``none (by default)`` and the like.

    Megatron-LM's methods ``uniform`` and ``block`` recompute whole layers.

    Returns
    -------
    dict
        ``recomputed_layers``, ``recomputed_attention`` and, for modules, ``recomputed_modules``, shares from 0 to 1.

    Raises
    ------
    RowError
        For other words.
    """
    lower = cell.lower()
    spelled = (word for word, beginnings in _RECOMPUTE_BEGINNINGS.items() if lower.startswith(beginnings))
    word = "none" if blank(lower) else next(spelled, None)
    if word is None:
        raise RowError(f"its recompute {cell!r} is not known; known are none, selective, modules and full")
    return dict(RECOMPUTE[word])
