"""Which chip of the hardware table a text names, as papers, model cards, drivers and press write it.

"NVIDIA H100 80GB", "8x H800", "A100-SXM4-40GB", "H100 PCIe" and "100k H100s" name one chip each; "MI250X GCD" and "H100 500W"
name a part of one, and one under a power limit, which are scaled from its row (`scaled_chips`). A text that names several
chips, a form or a memory that the table does not have, a slice of a chip or no chip of the table names none.
"""

import functools
import math
import re
from dataclasses import dataclass
from enum import Enum

from ... import configs
from .chip_names import HARMLESS, OTHER_MAKE, Rows, all_words, family, joined, known_words, listed, names_of, nearest_name
from .chip_text import GIBIBYTE, ChipText, read_chip_text
from .scaled_chips import LEAST_LIMIT, PARTS, limited, part_of, said_of_scaling

_FORMS = frozenset(  # of another chip, or of none
    (
        "pcie", "nvl", "workstation", "equivalent", "equivalents", "cnx", "mobile", "laptop", "maxq", "maxp", "ultra", "super",
        "ti", "logical",
    )
)  # fmt: skip
_TOGETHER = frozenset(("dual", "two", "both", "twin", "multi"))
_IGNORED = frozenset(("sxm", "hbm"))  # in rows' names, and nothing that tells one chip from another
_RACK = re.compile(r"nvl\d+")  # how many are wired together, where no row's name has it
_WIRED = frozenset(("dgx", "hgx", "superpod", "helios", "rack", "racks", "node", "nodes", "pod", "pods", "cluster"))
_SERVERS = frozenset(
    ("server", "servers", "superchip", "superchips", "system", "board", "tray", "slice", "slices", "ultraserver")
)
_TIMES = re.compile(r"\d+x|x\d+")  # "8x H100": of how many a server is made, as papers name the chip
_SERVER_POWER = 5000.0  # W: beside a count of chips, what draws more is no chip
_MACHINE = re.compile(r"\.\w*(?:xlarge|metal)|highgpu|megagpu|ultragpu|standard")  # in a cloud's names of machines
_TOLERANCE = 0.02  # of a memory: drivers show what is left of it, and makers count in GB or GiB
_SAME_POWER = 0.005
_MAX_QUOTED = 200  # characters


class NoChip(Enum):
    """Why a text names no chip of the table, as a sentence about the text goes on."""

    UNKNOWN = "names no chip of the hardware table"
    AMBIGUOUS = "names more than one chip"
    OTHER_FORM = "names a form of a chip that the hardware table does not have"
    OTHER_MEMORY = "names a chip with a memory that the hardware table does not have"
    OTHER_POWER = "names a chip with a power that it cannot have"
    PIECE = "names less than a chip"
    SEVERAL = "names several chips, a server or a rack, and not one chip"
    UNREAD = "has words that are not understood beside a chip's name"


@dataclass(frozen=True)
class ChipMatch:
    """What a text says of a chip.

    Attributes
    ----------
    text
        The text.
    row
        The chip's row of the hardware table, or one scaled from it; None where the text names no chip of it, or several.
    reason
        Why there is no row; None where there is one.
    hint
        What would be right, as the end of a sentence; empty where that cannot be told.
    """

    text: str
    row: configs.FactRow | None
    reason: NoChip | None = None
    hint: str = ""


def match_chip(text: str) -> ChipMatch:
    """Find the one kind of chip that a text beside a count of chips names.

    Rows of published runs, fleets and steps and the names that drivers give go through here: servers, racks, numbers of chips
    and words without a digit that no other chip has say nothing against a chip.

    Parameters
    ----------
    text
        A key, a name or an alias of the table, or one of these among words that say no more than who made it, how many there
        are, how much memory each has, what power it draws, and whether a part of it is meant.
    """
    return _match(text, strict=False)


def one_chip(text: str) -> configs.FactRow:
    """Find the one chip that somebody names, whose every word must be understood.

    Names that people state go through here: ``--chip``, the rows of a study's axis, the chip of a system file.

    Parameters
    ----------
    text
        As `match_chip` takes it, of one chip, a part of a chip or a chip under a power limit.

    Raises
    ------
    FactError
        Where the text names no such chip, several, or has a word that is not understood; it says what would be right.
    """
    match = _match(text, strict=True)
    if match.row is None:
        reason = match.reason.value if match.reason else ""
        raise configs.FactError(f"{text[:_MAX_QUOTED]!r} {reason}{match.hint}")
    return match.row


def said_of_name(text: str) -> tuple[str, ...]:
    """Say what a reader should know of how a chip was read from its name: how it was scaled, and what was not counted.

    Parameters
    ----------
    text
        A name that `one_chip` takes.
    """
    row, times = one_chip(text), [number for number in read_chip_text(text).amounts if _TIMES.fullmatch(number)]
    counted = f"The chip is {row.name}; the {' and '.join(times)} in its name counts nothing." if times else ""
    return tuple(filter(None, (said_of_scaling(row), counted)))


def _match(text: str, strict: bool) -> ChipMatch:
    """Find the chip of a text; a strict match is of one chip, and of a text that is understood word by word."""
    said = read_chip_text(text)
    row = _exact(text)
    if row is not None and not (strict and _several(said, row)):
        return ChipMatch(text, row)
    rows = configs.load("hardware").rows.values()
    named = [row for row in rows if any(_names_it(name, said, row) for name in names_of(row))]
    explained = [row for row in named if not _unexplained(said, row, strict)]
    fitting = [row for row in explained if _has_memory(row, said)]
    if said.piece or len(fitting) != 1:
        return _refused(text, said, named, explained, strict)
    doubtful = _other_memory(text, said, fitting[0])
    if doubtful:
        hint = f": {doubtful} may be its memory or how many there are; write {doubtful}GB, or {doubtful}x before the name"
        return ChipMatch(text, None, NoChip.AMBIGUOUS, hint)
    several = _several(said, fitting[0]) if strict else ()
    if several:
        hint = f" ({', '.join(several)}); name its chip, {fitting[0].name}, and say apart from it how many there are"
        return ChipMatch(text, None, NoChip.SEVERAL, hint)
    return _scaled(text, said, fitting[0], strict)


def _exact(text: str) -> configs.FactRow | None:
    try:
        return configs.load("hardware").find(text)
    except configs.FactError:
        return None


# --- which row --------------------------------------------------------------------------------------------------------


@functools.cache
def _key_words() -> frozenset[str]:
    """Return the words of all rows' keys: what tells one row from another, and no maker's name."""
    return frozenset().union(*(read_chip_text(key).words for key in configs.load("hardware").rows)) - _IGNORED


def _names_it(name: ChipText, said: ChipText, row: configs.FactRow) -> bool:
    """Tell whether a text has all that a name of a row says; a memory that the name has must be said."""
    if not name.words or not all_words(name) <= all_words(said) | _IGNORED:
        return False
    return not name.memory or any(_holds(row, size) for size in said.memory)


def _holds(row: configs.FactRow, size: float) -> bool:
    """Tell whether a chip's memory is so many gigabytes, counted in GB or GiB or as one of its names has it."""
    capacity = row.values["memory_capacity"]
    least = capacity / (1e9 if row.methods.get("memory_capacity") == "nominal" else GIBIBYTE)
    named = any(size in name.memory for name in names_of(row))
    return named or least * (1 - _TOLERANCE) <= size <= capacity / 1e9 * (1 + _TOLERANCE)


def _has_memory(row: configs.FactRow, said: ChipText) -> bool:
    """Tell whether a chip has every memory that a text says; of a part of it the part's."""
    parts = row.values[PARTS[said.part]] if said.part else 1.0
    return all(_holds(row, size * parts) for size in said.memory)


def _unexplained(said: ChipText, row: configs.FactRow, strict: bool) -> list[str]:
    """List the words that no name of the row has and that may mean another chip.

    A strict reading lets no word pass that it does not know; else those count that have a digit, stand in other rows' keys or
    say another form.
    """
    left = said.words - known_words(row.key)
    if strict:
        return sorted(left - HARMLESS - _WIRED - _SERVERS)
    left, other = left - _IGNORED, _key_words() | _FORMS
    return sorted(word for word in left if word in other or (re.search(r"\d", word) and not _RACK.fullmatch(word)))


def _several(said: ChipText, row: configs.FactRow) -> tuple[str, ...]:
    """List what a text says by which it means more chips than one: servers, racks, numbers."""
    own = read_chip_text(row.key).words | read_chip_text(row.name).words
    known = known_words(row.key)
    servers = sorted(said.words & (_WIRED - own | _SERVERS - known))
    return (*servers, *(number for number in said.amounts if number not in known and not _TIMES.fullmatch(number)))


def _other_memory(text: str, said: ChipText, row: configs.FactRow) -> str:
    """Find a bare number behind a chip's name that may be a memory it has not: the 40 of "A100-40", the 141 of "H20-141".

    Google names slices of TPUs so, by their chips.
    """
    others = [other for other in family(said) if other.key != row.key]
    for number in filter(str.isdecimal, said.amounts):
        after = rf"\b{number}\b(?!\s*(?:x|gpu|chip|card|accelerator|node|server))"
        joined_on = re.search(rf"[a-z0-9]-{after}", text.lower()) and len(number) > 1 and not row.key.startswith("tpu")
        behind = re.search(rf"[a-z].*{after}", text.lower()) and any(_holds(chip, float(number)) for chip in others)
        if (joined_on or behind) and not _holds(row, float(number)):
            return number
    return ""


# --- a part of it, or a power limit -----------------------------------------------------------------------------------


def _scaled(text: str, said: ChipText, row: configs.FactRow, strict: bool) -> ChipMatch:
    """Scale a chip's row as a text says, to a part of it and to a power limit."""
    if said.part:
        part = part_of(row, said.part)
        count = f"{row.values[PARTS[said.part]]:g}"
        together = count in {number.strip("x") for number in said.amounts} or said.words & _TOGETHER
        if part is None or together:  # a package and its two dies are one and the same
            known = "" if count == "nan" else f", which has {count} {said.part}s"
            hint = f": a {said.part}, which is not divided from {row.name}{known}; name the whole chip"
            return ChipMatch(text, None, NoChip.PIECE, hint)
        row = part
    # beside a server or a number of chips, kilowatts are not one chip's
    powers = [watts for watts in said.watts if strict or watts < _SERVER_POWER]
    for watts in powers:
        if abs(watts - row.values["tdp"]) <= _SAME_POWER * watts:
            continue
        limit = _limited(text, said, row, watts)
        if limit.row is None or len(powers) > 1:
            return limit if limit.row is None else ChipMatch(text, None, NoChip.OTHER_POWER, "; give one power")
        row = limit.row
    return ChipMatch(text, row)


def _limited(text: str, said: ChipText, row: configs.FactRow, watts: float) -> ChipMatch:
    """Put a chip under a power limit, or find the chip of its name whose own power it is."""
    own = row.values["tdp"]
    others = [other for other in family(said) if abs(other.values["tdp"] - watts) <= _SAME_POWER * watts]
    same = [other for other in others if not said.part and not _unexplained(said, other, True) and _has_memory(other, said)]
    if watts > own and len(same) == 1:
        return ChipMatch(text, same[0])
    if LEAST_LIMIT * own <= watts < own:
        return ChipMatch(text, limited(row, watts, others))
    if math.isnan(own):
        hint = f"; the TDP of {row.name} is not published: name {row.name}, and set tdp and its peaks to what they are"
    elif watts > own:
        told = f"; {joined(others)} {'has' if len(others) == 1 else 'have'} {watts:g} W" if others else ""
        hint = f"; {row.name} has {own:g} W, and a limit is below that{told}"
    else:
        hint = f"; a limit of {row.name} is {LEAST_LIMIT * own:g} to {own:g} W"
    return ChipMatch(text, None, NoChip.OTHER_POWER, hint)


# --- why none ---------------------------------------------------------------------------------------------------------


def _refused(text: str, said: ChipText, named: Rows, explained: Rows, strict: bool) -> ChipMatch:
    """Say why none of the rows that a text names in part is the chip, and which rows are near."""
    near = family(said) or named
    if said.piece:
        whole = f"; name the whole chip, such as {near[0].name}" if near else ""
        return ChipMatch(text, None, NoChip.PIECE, f": {said.piece}, of whose power no data sheet has a figure{whole}")
    if explained and len(set(said.memory)) < 2:
        reason = NoChip.OTHER_MEMORY if said.memory else NoChip.AMBIGUOUS
        return ChipMatch(text, None, reason, listed(near))
    unread = [set(_unexplained(said, row, strict)) for row in named]
    left = set.intersection(*unread) if unread else set()
    if any(word in _FORMS or OTHER_MAKE.fullmatch(word) for word in left):
        return ChipMatch(text, None, NoChip.OTHER_FORM, listed(near))
    if len(named) > 1 or explained:
        return ChipMatch(text, None, NoChip.AMBIGUOUS, f"; name one of {joined(named)}")
    if named and strict:
        return ChipMatch(text, None, NoChip.UNREAD, f": {', '.join(sorted(left))}; {named[0].name} is the chip without them")
    if _MACHINE.search(text.lower()):
        return ChipMatch(text, None, NoChip.UNKNOWN, ": it looks like a cloud's machine; name the chip that is in it")
    if said.part and not said.words:
        return ChipMatch(text, None, NoChip.UNKNOWN, f"; say which chip's {said.part} it is")
    return ChipMatch(text, None, NoChip.UNKNOWN, listed(near) or nearest_name(text, said))
