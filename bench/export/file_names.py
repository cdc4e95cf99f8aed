"""Names that files, sheets, groups and variables may have, made from any text and unique among each other."""

import re
from collections.abc import Callable, Iterable

from ...kernels.text import visible

MAX_SHEET_NAME = 31  # of Excel, in units of UTF-16
_NOT_IN_SHEETS = re.compile(r"[\[\]:*?/\\\x00-\x1f\ufffe\uffff]")
_MAX_SLUG = 80  # characters: a file's name is at most 255 bytes, its folder's and its ending apart
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def sheet_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Make a valid name of a sheet from each of some texts: at most 31 units long, and none twice in any case of letters.

    Parameters
    ----------
    names
        Any texts.
    taken
        Names that other sheets have.
    """
    used = {name.casefold() for name in taken} | {"history"}  # which Excel keeps for itself
    result = []
    for name in names:
        clean = _NOT_IN_SHEETS.sub(" ", visible(name))
        clean = _cut(" ".join(clean.split()).strip("' "), MAX_SHEET_NAME) or "question"
        result.append(_unique(clean, used, lambda stem, number: f"{_cut(stem, MAX_SHEET_NAME - len(number) - 1)} {number}"))
    return result


def _cut(text: str, length: int) -> str:
    """Cut a text to so many units of UTF-16, never through a character; an apostrophe may not end a sheet's name."""
    while len(text.encode("utf-16-le")) > 2 * length:
        text = text[:-1]
    return text.strip("' ")


def _unique(name: str, used: set[str], numbered: Callable[[str, str], str]) -> str:
    """Find the first number with which no other name is alike, and note that the name is used."""
    candidate, number = name, 1
    while candidate.casefold() in used:
        number += 1
        candidate = numbered(name, str(number))
    used.add(candidate.casefold())
    return candidate


def slugs(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Make a name of a file or a group from each of some texts: letters and digits of ASCII, ``-`` and ``_``; none twice.

    Parameters
    ----------
    names
        Any texts.
    taken
        Names that other files have.
    """
    used = {name.casefold() for name in taken} | _DEVICES  # which Windows keeps for itself
    result = []
    for name in names:
        slug = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:_MAX_SLUG].strip("-") or "question"
        result.append(_unique(slug, used, lambda stem, number: f"{stem}-{number}"))
    return result


def variable_names(names: Iterable[str]) -> list[str]:
    """Make an identifier from each of some texts, as netCDF and most languages take it: ``P80(run_time)`` is P80_run_time.

    Parameters
    ----------
    names
        Quantities, statistics and shares as a study writes them.
    """
    words = {"<=": " at most ", ">=": " at least ", "<": " below ", ">": " above ", "==": " is ", "%": " percent "}
    used: set[str] = set()
    result = []
    for name in names:
        text = re.sub("|".join(map(re.escape, words)), lambda match: words[match[0]], name)
        plain = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "value"
        plain = f"_{plain}" if plain[0].isdigit() else plain
        result.append(_unique(plain, used, lambda stem, number: f"{stem}_{number}"))
    return result
