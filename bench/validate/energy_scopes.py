"""What a published energy counts, from the words that its row has for it: the quantity, and what of it was left out."""

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..estimate.scenario import StatedValue
from ..estimate.source import Source, SourceKind
from .rows import UnpredictableError


class Boundary(enum.IntEnum):
    """How far from the chip the energy was counted."""

    CHIP = 0
    SERVER = 1
    IT = 2
    FACILITY = 3


QUANTITIES = {
    Boundary.CHIP: "chip_energy",
    Boundary.SERVER: "server_energy",
    Boundary.IT: "it_energy",
    Boundary.FACILITY: "energy",
}


# What was counted, by word.
_BY_LEVEL = {
    Boundary.CHIP: ("gpu", "gpus", "chip", "chips", "accelerator", "accelerators", "tpu", "tpus", "device", "devices", "tdp"),
    Boundary.SERVER: ("server", "servers", "node", "nodes", "host", "hosts", "system", "systems", "machine", "machines", "dgx"),
    Boundary.IT: ("it", "cluster", "network", "interconnect", "switches", "storage"),
    Boundary.FACILITY: ("facility", "facilities", "datacenter", "datacenters", "datacentre", "datacentres", "utility"),
}
LEVELS: Mapping[str, Boundary] = {word: level for level, words in _BY_LEVEL.items() for word in words}
# Words that say nothing of it, those that may stand beside "PUE", and those that say that what follows was not counted.
BETWEEN = frozenset({
    "ac", "all", "and", "at", "based", "bmc", "board", "dc", "dynamic", "energy", "equipment", "est", "estimated", "full",
    "hours", "in", "incl", "included", "including", "ipmi", "level", "load", "measured", "mlperf", "nvidia", "only", "pdu",
    "power", "raw", "smi", "total", "wall", "whole", "with", "x",
})  # fmt: skip
BESIDE_PUE = frozenset(
    ("x", "times", "multiplied", "by", "with", "of", "#", "incl", "including", "included", "applied", "adjusted", "colo")
)
NOT_COUNTED = frozenset(("no", "not", "without", "excl", "excluding", "excluded", "before"))
ASIDE = re.compile(
    r"#|scope per ai#|idle and # mwh|# mwh with pue #|(gpu )?x # overhead|per (chip|gpu)"
)  # whole parts; # is a number
_OUTSIDE: Mapping[str, Boundary] = {**LEVELS, "cooling": Boundary.FACILITY}  # what may be left out
_JOINED = ({Boundary.CHIP, Boundary.SERVER}, {Boundary.SERVER, Boundary.IT}, {Boundary.IT, Boundary.FACILITY})


@dataclass(frozen=True)
class _Part:
    """A part of a scope: what was counted and what was not, and whether it was multiplied by the PUE."""

    counted: frozenset[Boundary] = frozenset()
    left_out: frozenset[Boundary] = frozenset()
    pue: bool | None = None
    only: bool = False


@dataclass(frozen=True)
class EnergyScope:
    """What a published energy counts.

    Parameters
    ----------
    quantity
        The quantity of the model that it is.
    without
        What that quantity has and the scope leaves out, by input.
    """

    quantity: str
    without: Mapping[str, StatedValue] = field(default_factory=dict)


def read_scope(text: str) -> EnergyScope:
    """Read a scope in words.

    Raises
    ------
    UnpredictableError
        Where a word of it is not known, or all of it does not say what was counted.
    """
    if not text.strip():
        raise UnpredictableError("no energy_scope: chips, servers, IT or facility")
    parts = [_read(part, text) for part in _split(text)]
    pue = {part.pue for part in parts if part.pue is not None}
    level = _level(parts, text)
    if len(pue) > 1 or (level is Boundary.FACILITY and pue == {False}):
        raise UnpredictableError(f"energy_scope {text!r} says two things of the PUE")
    if level is None and not pue:
        raise UnpredictableError(f"energy_scope {text!r} does not say what was counted")
    # what is measured of a run is its servers; a figure times the PUE is the facility's
    assumed = Boundary.IT if True in pue else Boundary.SERVER
    return _scope(assumed if level is None else level, True in pue)


def _level(parts: Sequence[_Part], text: str) -> Boundary | None:
    """Return how far was counted, None where no part says it. Raises UnpredictableError where parts contradict one another."""
    counted = sorted({level for part in parts for level in part.counted})
    if not counted:
        return None
    level = counted[-1]
    joined = all({low, high} in _JOINED for low, high in pairwise(counted))
    beyond = all(left_out > level for part in parts for left_out in part.left_out)
    if not joined or not beyond or any(part.only and max(part.counted, default=level) < level for part in parts):
        raise UnpredictableError(f"energy_scope {text!r} says two things of what was counted")
    return level


def _scope(level: Boundary, pue: bool) -> EnergyScope:
    """Name the quantity: the facility's where the PUE was counted, less what lies between the level and the IT room."""
    if not pue:
        return EnergyScope(QUANTITIES[level])
    rule = Source(SourceKind.RULE, f"the scope ends at the {level.name.lower()}")
    without: dict[str, StatedValue] = {}
    if level <= Boundary.SERVER:
        without["network_factor"] = StatedValue(1.0, rule)
    if level <= Boundary.CHIP:
        without["host_load"] = StatedValue(0.0, rule)
    return EnergyScope("energy", without)


def _split(text: str) -> list[str]:
    """Split a scope into its parts, in lower case with # for numbers."""
    plain = (
        re.sub(r"\d+(?:\.\d+)?", "#", text.lower()).replace("\N{MULTIPLICATION SIGN}", " x ").replace("data cent", "datacent")
    )
    plain = re.sub(r"[-_/:=.]", " ", re.sub(r"[&+]", " and ", plain))
    return [" ".join(part.split()) for part in re.split(r"[,;()]", plain) if part.strip()]


def _read(part: str, text: str) -> _Part:
    """Read a part. Raises UnpredictableError where a word of it is not known."""
    if ASIDE.fullmatch(part):
        return _Part()
    words, of_pue = _part_pue(re.sub(r"# k?w\b", "power", part).split())
    at = next((place for place, word in enumerate(words) if word in NOT_COUNTED), len(words))
    unknown = [word for word in words[:at] if word not in LEVELS and word not in BETWEEN]
    unknown += [word for word in words[at:] if word not in _OUTSIDE and word not in BETWEEN | NOT_COUNTED]
    if unknown:
        which = f" for its {unknown[0]!r}" if unknown[0] != text.strip().lower() else ""
        raise UnpredictableError(f"energy_scope {text!r} is not known{which}; write chips, servers, IT or facility")
    return _Part(
        counted=frozenset(LEVELS[word] for word in words[:at] if word in LEVELS),
        left_out=frozenset(_OUTSIDE[word] for word in words[at:] if word in _OUTSIDE),
        pue=NOT_COUNTED.isdisjoint(of_pue) if of_pue else None,
        only="only" in words,
    )


def _part_pue(words: list[str]) -> tuple[list[str], list[str]]:
    """Part "PUE" and the words that belong to it from the others."""
    if "pue" not in words:
        return words, []
    first = last = words.index("pue")
    beside = BESIDE_PUE | NOT_COUNTED
    while first and words[first - 1] in beside:
        first -= 1
    while last + 1 < len(words) and words[last + 1] in beside:
        last += 1
    return words[:first] + words[last + 1 :], words[first : last + 1]
