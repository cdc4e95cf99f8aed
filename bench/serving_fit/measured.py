"""What a row of measured serving counts: the words of its quantity, and its value in base units."""

import re
from dataclasses import dataclass
from enum import Enum

from ...kernels.model import units
from ..facts.cells import RowError


class ServedFigure(Enum):
    """What was measured, with the quantity of the model that predicts it."""

    THROUGHPUT = "throughput_per_chip"
    INPUT_THROUGHPUT = "prefill_throughput_per_chip"
    LATENCY = "decode_step"
    INTERACTIVITY = "interactivity"
    FIRST_TOKEN = "time_to_first_token"
    CHIP_POWER = "serving_chip_power"
    WALL_POWER = "serving_wall_power"
    CHIP_ENERGY = "energy_per_output_token"
    WALL_ENERGY = "server_energy_per_output_token"
    DECODE_ENERGY = "decode_energy_per_output_token"
    PREFILL_ENERGY = "prefill_energy_per_input_token"


@dataclass(frozen=True)
class Counted:
    """A measured value in base units, of one chip where it is one of chips."""

    measured: ServedFigure
    value: float


_WORDS = (  # the first that fits
    (r"energy per input token", ServedFigure.PREFILL_ENERGY),
    (r"energy per output token.*(decode|decoding) gpu", ServedFigure.DECODE_ENERGY),
    (r"energy per (output )?token.*(server|wall|system|ac\b)", ServedFigure.WALL_ENERGY),
    (r"energy per (output )?token", ServedFigure.CHIP_ENERGY),
    (r"(wall|system|server|ac\b).*power|power.*(wall|whole system|server|\bac\b)", ServedFigure.WALL_POWER),
    (r"power", ServedFigure.CHIP_POWER),
    (r"time to first token|\bttft\b", ServedFigure.FIRST_TOKEN),
    (r"inter-?token latency|time per output token|\bitl\b|\btpot\b", ServedFigure.LATENCY),
    (r"interactivity|tokens?/s/user|per user", ServedFigure.INTERACTIVITY),
    (r"input tokens? (throughput )?per|input (token )?throughput|prefill throughput", ServedFigure.INPUT_THROUGHPUT),
    (r"(output )?tokens? (throughput )?per (gpu|chip|h800 node|node)|output token throughput|(output )?throughput",
     ServedFigure.THROUGHPUT),
)  # fmt: skip
_NOT_OURS = re.compile(
    r"\bcost\b|revenue|\btco\b|rental|per day|of a day|utility|per all-in|nodes in use|per (query|prompt|average query)|prompts"
)
_PER_CHIP = re.compile(r"per gpu|per chip|mean of the gpus|/gpu\b|/chip\b", re.IGNORECASE)
_PER_NODE = re.compile(r"/node\b|per .*\bnode\b", re.IGNORECASE)
_NODE = 8
_UNITS = {  # without case, plural and "per chip" -> as units are spelt
    "token/s": "token/s", "query/s": "token/s", "token/second": "token/s", "tps": "token/s",
    "j/token": "J/token", "mj/token": "mJ/token", "wh/token": "Wh/token", "j/output token": "J/token",
    "s": "s", "ms": "ms", "us": "us", "s/token": "s", "ms/token": "ms", "w": "W", "kw": "kW",
}  # fmt: skip
_SHORT = (("tokens", "token"), ("tok/", "token/"), ("toks/", "token/"), ("queries", "query"), ("µ", "u"), ("seconds", "s"))
_TOTAL = re.compile(r"\btotal token|\btokens? in and out|input \+ output")
_OF_ALL = {ServedFigure.THROUGHPUT, ServedFigure.INPUT_THROUGHPUT, ServedFigure.CHIP_POWER, ServedFigure.WALL_POWER}


def counted(quantity: str, value: float, unit: str, chips: float, output_share: float = 1.0) -> Counted:
    """Read what a row measures, per chip where it is of all chips.

    Parameters
    ----------
    quantity, unit
        As the row words them.
    value
        In that unit.
    chips
        Of the whole system.
    output_share
        Tokens out over tokens in and out: what is counted of a throughput of both.

    Raises
    ------
    RowError
        Where the quantity or its unit is none that is predicted of a replica.
    """
    words = " ".join(quantity.lower().split())
    if _NOT_OURS.search(words):
        raise RowError(f"{quantity!r} is of a whole service or of money, not of a replica")
    measured = next((measured for pattern, measured in _WORDS if re.search(pattern, words)), None)
    if measured is None:
        raise RowError(f"the quantity {quantity!r} is none that is predicted: throughput, latency, power, energy per token")
    if measured is ServedFigure.THROUGHPUT and _TOTAL.search(words):
        value *= output_share
    base = value * _factor(unit, quantity)
    if measured in _OF_ALL:
        per = f"{words} {unit}"
        base /= 1.0 if _PER_CHIP.search(per) else _NODE if _PER_NODE.search(per) else chips
    return Counted(measured, base)


def _factor(unit: str, quantity: str) -> float:
    """Find a unit's factor to base units, however it is spelt and of however many chips it is."""
    plain = re.sub(r"\s*/\s*", "/", unit.strip().lower())
    for spelt, usual in _SHORT:
        plain = plain.replace(spelt, usual)
    plain = re.sub(r"/(gpu|chip|node|user)\b", "", plain)
    if plain not in _UNITS:
        raise RowError(f"the unit {unit!r} of {quantity!r} is not understood; tokens/s, ms, W and J/token are")
    return units.factor(_UNITS[plain])
