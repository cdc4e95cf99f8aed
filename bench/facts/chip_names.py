"""The words of the hardware table's names, and which of its chips are near to a name that none has."""

import functools
import re
from collections.abc import Sequence

from ... import configs
from ...kernels.text import nearest
from .chip_text import ChipText, read_chip_text

Rows = Sequence[configs.FactRow]

OTHER_MAKE = re.compile(r"sxm\d?|hbm\d\w?|gddr\d\w?|nvl\d+|pcie\d?")  # sockets and kinds of memory, of many chips
_TELLING = re.compile(r"[a-z]\d|\d[a-z]|^(?:trillium|ironwood|helios)$")
_LETTERS = re.compile(r"[a-z]+(?=\d|$)")
_MAX_LISTED = 6
_WHERE = "; `flopwatt show hardware` lists them"
# Words beside a chip's name that say nothing of which chip it is.
HARMLESS = frozenset(
    (
        "nvidia", "amd", "intel", "google", "aws", "amazon", "huawei", "habana", "cloud", "instinct", "tesla", "tensor",
        "data", "center", "datacenter", "accelerator", "accelerators", "ai", "gpu", "gpus", "tpu", "tpus", "chip",
        "chips", "card", "cards", "module", "package", "the", "of", "at", "with", "to", "for", "in", "is", "on", "and",
        "its", "own", "memory", "vram", "ram", "hbm", "volta", "ampere", "hopper", "blackwell", "grace", "cdna",
        "tdp", "tgp", "power", "powered", "limit", "limited", "cap", "capped", "max", "maximum", "whole", "full",
    )
)  # fmt: skip


def names_of(row: configs.FactRow) -> list[ChipText]:
    """Read a row's key, name and aliases."""
    return [read_chip_text(name) for name in (row.key, row.name, *row.aliases)]


@functools.cache
def known_words(key: str) -> frozenset[str]:
    """Return the words and numbers of all names of a row, by its key; an SXM5 is an SXM."""
    known = frozenset().union(*(all_words(name) for name in names_of(configs.load("hardware").rows[key])))
    return known | {"sxm"} if any(word.startswith("sxm") for word in known) else known


def all_words(text: ChipText) -> frozenset[str]:
    """Return a text's words and bare numbers: the 6000 of an RTX PRO 6000 is a part of its name."""
    return text.words.union(text.amounts)


def family(said: ChipText) -> list[configs.FactRow]:
    """List the rows that share a word with a text that tells chips apart: ``h100``, not ``nvidia`` or ``pcie``."""
    telling = {word for word in said.words if _TELLING.search(word) and not OTHER_MAKE.fullmatch(word)}
    return [row for row in configs.load("hardware").rows.values() if telling & known_words(row.key)]


def listed(rows: Rows) -> str:
    """Say which rows there are, as the end of a sentence; nothing of none."""
    return f"; there {'is' if len(rows) == 1 else 'are'} {joined(rows)}" if rows else ""


def joined(rows: Rows) -> str:
    """Name rows one after the other, the first few."""
    names = [row.name for row in rows[:_MAX_LISTED]]
    names += [f"{len(rows) - _MAX_LISTED} more"] if len(rows) > _MAX_LISTED else []
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def nearest_name(text: str, said: ChipText) -> str:
    """Say which chips are near to a name that none has, as the end of a sentence, or where the list is.

    Parameters
    ----------
    text, said
        The name, and what it says.
    """
    if not said.words - HARMLESS:
        return _WHERE
    kin = listed(_kin(said))
    return (kin if kin and not _digits(text) else _nearest(text)) or kin or _WHERE


def _nearest(text: str) -> str:
    """Suggest the name that is written most alike, whose first letter and number are as said or cut short: h10 for h100."""
    known = [name.lower() for row in configs.load("hardware").rows.values() for name in (row.key, row.name, *row.aliases)]
    said = text.lower().strip()
    return nearest(said, [name for name in known if name[:1] == said[:1] and _may_be(_digits(said), _digits(name))])


def _digits(text: str) -> str:
    return "".join(re.findall(r"\d", text))


def _may_be(said: str, name: str) -> bool:
    """Tell whether digits are those of a name, cut short or with one too many."""
    return name.startswith(said) or said.startswith(name) if said and name else said == name


def _kin(said: ChipText) -> list[configs.FactRow]:
    """List the rows of chips whose names begin with the same letters: all MI of an MI308X."""
    letters = {match[0] for word in said.words if (match := _LETTERS.match(word)) and word not in HARMLESS}
    return [
        row
        for row in configs.load("hardware").rows.values()
        if any((match := _LETTERS.match(word)) and match[0] in letters for word in known_words(row.key))
    ]
