"""What a published energy counts, from the words that its row has for it: the quantity, and what of it was left out."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Meaning:
    """What a part of a scope says; nothing of what was counted where both are None.

    Parameters
    ----------
    level
        How far from the chip.
    pue
        Whether it was multiplied by the PUE.
    """

    level: Boundary | None = None
    pue: bool | None = None


# Where a part that says something of the PUE begins without a comma.
_JOINED = re.compile(r"(?<!mwh)\s+(?=(?:x|no|without|with|excluding|including|excl|incl|before|not x|not including) pue\b)")


def _all(meaning: Meaning, *words: str) -> dict[str, Meaning]:
    return dict.fromkeys(words, meaning)


# The parts of scopes: what stands between commas, semicolons and brackets, "x pue" being a part of its own; # is a number.
PARTS: Mapping[str, Meaning] = {
    **_all(Meaning(Boundary.CHIP), "gpu", "gpus", "gpu only", "gpus only", "chip", "chips", "chips only", "accelerator"),
    **_all(Meaning(Boundary.CHIP), "accelerators", "tpu", "gpu tdp", "gpu-hours x # w", "dynamic gpu only", "gpu energy"),
    **_all(Meaning(Boundary.CHIP), "gpu energy only", "gpu power", "gpu board", "chip energy", "accelerators only", "device"),
    **_all(Meaning(Boundary.SERVER), "system", "systems", "system incl host", "server", "servers", "node", "nodes", "host"),
    **_all(Meaning(Boundary.SERVER), "ac node", "gpu and host", "server incl host", "server node", "server nodes"),
    **_all(
        Meaning(Boundary.SERVER), "node energy", "server energy", "node power", "server power", "servers only", "server only"
    ),
    **_all(
        Meaning(Boundary.SERVER), "nodes only", "node only", "ac nodes", "dc node", "whole node", "whole server", "full node"
    ),
    **_all(Meaning(Boundary.IT), "it", "it load", "it equipment", "it energy", "it power", "cluster", "servers and network"),
    **_all(Meaning(Boundary.FACILITY), "facility", "datacenter", "data center", "data centre", "utility", "all-in utility"),
    **_all(
        Meaning(pue=True), "x pue", "x pue #", "pue", "pue #", "with pue", "with pue #", "incl pue", "pue included", "colo pue"
    ),
    **_all(Meaning(pue=False), "no pue", "pue not included", "x pue not included", "without pue", "excl pue", "pue excluded"),
    **_all(Meaning(pue=False), "before pue", "not x pue", "excluding pue", "not including pue", "pue not applied"),
    **_all(Meaning(pue=True), "including pue", "pue # included", "pue applied"),
    **_all(Meaning(), "raw", "measured", "scope per ai#", "idle +# mwh", "gpu x # overhead", "# mwh with pue #", "per chip"),
}


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
        Where a part of it is not known, or all of it does not say what was counted.
    """
    if not text.strip():
        raise UnpredictableError("no energy_scope: chips, servers, IT or facility")
    parts = _split(text)
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        part = f" for its {unknown[0]!r}" if len(parts) > 1 else ""
        raise UnpredictableError(f"energy_scope {text!r} is not known{part}; write chips, servers, IT or facility")
    meanings = [PARTS[part] for part in parts]
    pue = {meaning.pue for meaning in meanings if meaning.pue is not None}
    level = max((meaning.level for meaning in meanings if meaning.level is not None), default=None)
    if len(pue) > 1 or (level is Boundary.FACILITY and pue == {False}):
        raise UnpredictableError(f"energy_scope {text!r} says two things of the PUE")
    if level is None and not pue:
        raise UnpredictableError(f"energy_scope {text!r} does not say what was counted")
    # what is measured of a run is its servers; a figure times the PUE is the facility's
    assumed = Boundary.IT if True in pue else Boundary.SERVER
    return _scope(assumed if level is None else level, True in pue)


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
    plain = re.sub(r"\d+(?:\.\d+)?", "#", text.lower())
    plain = _JOINED.sub(",", plain.replace("incl.", "incl").replace("excl.", "excl"))
    return [" ".join(part.split()) for part in re.split(r"[,;()]", plain) if part.strip()]
