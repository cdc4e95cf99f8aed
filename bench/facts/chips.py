"""Which chip of the hardware table a text names, as papers, model cards, drivers and press write it.

"NVIDIA H100 80GB", "8x H800", "A100-SXM4-40GB", "H100 PCIe" and "100k H100s" name one chip each. A text that names several
chips, a form that has another peak (NVL, Workstation) or a chip that the table does not have names none.
"""

import functools
import re
from dataclasses import dataclass
from enum import Enum

from ... import configs

# Words that say nothing of which chip it is: makers, architectures, sockets, kinds of memory, servers.
_IGNORED = re.compile(r"dgx|hgx|sxm\d?|hbm\d?e?|[gt]pus|gpu|chips?|x|of")
_REFUSED = frozenset(("pcie", "nvl", "workstation", "equivalent", "equivalents"))  # another chip, or none
_JOINED = re.compile(r"\b(tpu|trainium|gaudi|ascend|max)\s+(v?\d\w*|[pq]\b)")  # "TPU v4" and "TPUv4" are one word
_PLURAL = re.compile(r"^(?!l40s$)([a-z]+\d+[a-z]?)s$")  # several H100s; an L40S is not several L40
_MEMORY = re.compile(r"\b(\d+)\s*g(?:i?b)?\b")
_AMOUNT = re.compile(r"^\d[\d.]*(x|k|m|w|kw)?$")  # how many, or of what power; how much memory is a chip's own
_RACK = re.compile(r"^nvl\d+$")  # how many are wired together, where no row's name has it


class NoChip(Enum):
    """Why a text names no chip of the table, as a sentence about the text goes on."""

    UNKNOWN = "names no chip of the hardware table"
    AMBIGUOUS = "names more than one chip"
    OTHER_FORM = "names a form of a chip that the hardware table does not have"


@dataclass(frozen=True)
class ChipMatch:
    """What a text says of a chip.

    Attributes
    ----------
    text
        The text.
    row
        The chip's row of the hardware table; None where the text names no chip of it, or several.
    reason
        Why there is no row; None where there is one.
    """

    text: str
    row: configs.FactRow | None
    reason: NoChip | None = None


@functools.cache
def words(text: str) -> frozenset[str]:
    """Split a text into the words that bear on which chip it names; memory as ``80gb``."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text.lower())
    text = _MEMORY.sub(r"\1gb", re.sub(r"[^a-z0-9.]+", " ", text.replace("..", " ")))
    spoken = (_PLURAL.sub(r"\1", word.strip(".")) for word in _JOINED.sub(r"\1\2", text).split())
    return frozenset(word for word in spoken if not _IGNORED.fullmatch(word))


def match_chip(text: str) -> ChipMatch:
    """Find the one chip that a text names.

    Every look-up of a chip by a text that somebody wrote goes through here: rows of published runs, fleets and steps, the
    names that drivers give, and ``--chip``.

    Parameters
    ----------
    text
        A key, a name or an alias of the table, or one of these among words that say no more than who made it, how many there
        are, how much memory each has and what power it draws.
    """
    table = configs.load("hardware")
    try:
        return ChipMatch(text, table.find(text))
    except configs.FactError:
        pass
    said = words(text)
    rows = [row for row in table.rows.values() if any(name <= said for name in _names(row) if name)]
    # what the text says beyond a chip's names must not point at another chip: first as it stands, then whatever the memory
    for spoken in (said, frozenset(word for word in said if not word.endswith("gb"))):
        fitting = [row for row in rows if not _unexplained(spoken, row)]
        if len(fitting) == 1:
            return ChipMatch(text, fitting[0])
    return ChipMatch(text, None, _reason(said, rows))


def _reason(said: frozenset[str], rows: list[configs.FactRow]) -> NoChip:
    """Say why none of the rows that a text names in part is the chip."""
    if not rows:
        return NoChip.UNKNOWN
    if said & _REFUSED:
        return NoChip.OTHER_FORM
    return NoChip.AMBIGUOUS if len(rows) > 1 else NoChip.UNKNOWN


def _names(row: configs.FactRow) -> list[frozenset[str]]:
    return [words(name) for name in (row.key, row.name, *row.aliases)]


@functools.cache
def _key_words() -> frozenset[str]:
    """Return the words of all rows' keys: what tells one row from another, and no maker's name."""
    return frozenset().union(*(words(key) for key in configs.load("hardware").rows))


def _unexplained(said: frozenset[str], row: configs.FactRow) -> list[str]:
    """List the words that may name another chip and no name of the row has: of other rows' keys, with a digit, or refused."""
    known = frozenset().union(*_names(row))
    left = [word for word in said if word not in known and not _AMOUNT.match(word)]
    other = _key_words() | _REFUSED
    return [word for word in left if word in other or (re.search(r"\d", word) and not _RACK.match(word))]
