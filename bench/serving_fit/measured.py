"""What a row of measured serving counts: the words of its quantity, and its value in base units."""

import re
from dataclasses import dataclass
from enum import Enum

from ...kernels.model import units
from ..facts.cells import RowError


class ServedFigure(Enum):
    """What was measured, with the quantity of the model that predicts it."""

    THROUGHPUT = "throughput_per_chip"
    DECODE_THROUGHPUT = "replica_throughput_per_chip"
    INPUT_THROUGHPUT = "prefill_throughput_per_chip"
    LATENCY = "decode_step"
    TOKEN_TIME = "inter_token_latency"
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


_SPELT = (  # in quantities, as benchmarks' own columns are called
    (r"_+", " "), (r"\btput\b", "throughput"), (r"\bintvty\b", "interactivity"), (r"\bjoules? per\b", "energy per"),
    (r"\bj/tok(?:en)?\b", "energy per token"),
)  # fmt: skip
_OUT = r"(?:million )?(?:(?:output|generated|decoded|completion) )?"
_WORDS = (  # the first that fits
    (r"energy per (input|prompt|prefilled) token", ServedFigure.PREFILL_ENERGY),
    (rf"energy per {_OUT}token.*(decode|decoding) (gpu|chip)", ServedFigure.DECODE_ENERGY),
    (rf"energy per {_OUT}token.*(gpus?|chips?|accelerators?) only", ServedFigure.CHIP_ENERGY),
    (rf"energy per {_OUT}token.*(server|wall|system|ac\b)", ServedFigure.WALL_ENERGY),
    (rf"energy per {_OUT}token", ServedFigure.CHIP_ENERGY),
    (r"power.*(gpus?|chips?|accelerators?) only|(gpu|chip|accelerator) power", ServedFigure.CHIP_POWER),
    (r"(wall|system|server|ac\b).*power|power.*(wall|whole system|server|\bac\b)", ServedFigure.WALL_POWER),
    (r"power", ServedFigure.CHIP_POWER),
    (r"time to first (output )?token|\bttft\b|first[- ]token latency", ServedFigure.FIRST_TOKEN),
    (r"time per (output )?tokens?|\btpot\b", ServedFigure.TOKEN_TIME),
    (r"inter-?token latency|time between (output )?tokens?|\bitl\b|\btbt\b", ServedFigure.LATENCY),
    (r"interactivity|(tokens?|toks?)/s(ec)?/user|\btps/user\b|per user", ServedFigure.INTERACTIVITY),
    (r"input tokens? (throughput )?per|input (token )?throughput|(prefill|prompt) throughput", ServedFigure.INPUT_THROUGHPUT),
    (r"output (tokens?|throughput).*\b(decode|decoding)\b|\b(decode|decoding) (token )?throughput",
     ServedFigure.DECODE_THROUGHPUT),
    (r"(output )?tokens? (throughput )?per (gpu|chip|h800 node|node)|output token throughput|(output )?throughput|"
     r"(output )?tokens?( per second|/s\b)|\btps\b|\b(requests?|reqs?|queries)( per second|/s\b)", ServedFigure.THROUGHPUT),
)  # fmt: skip
_NOT_OURS = re.compile(
    r"\bcost\b|revenue|\btco\b|rental|per day|of a day|utility|per all-in|nodes in use|"
    r"per (query|prompt|average query)\b|prompts|(?<!energy )per million|per (dollar|usd)|per (mw|megawatt|kw|kilowatt)\b|\$"
)
_SLOWEST = re.compile(
    r"\bp(?:9\d(?:\.\d+)?|75|8\d)\b|\b9\d(?:\.\d+)?(?:th|st|nd|rd)?[ -]percentile|\bmax(?:imum)?\b|\bmin(?:imum)?\b|worst"
)
_TIMES = (ServedFigure.LATENCY, ServedFigure.TOKEN_TIME, ServedFigure.FIRST_TOKEN, ServedFigure.INTERACTIVITY)
_PER_CHIP = re.compile(
    r"per (gpu|chip|accelerator|device)|mean of the gpus|/(gpu|chip|device)\b|"
    r"\b(mean|average|avg\.?|median) (gpu|chip|accelerator) power\b",
    re.IGNORECASE,
)
_PER_NODE = re.compile(r"/(node|server)\b|per .*\b(node|server)\b", re.IGNORECASE)
_UNIT_PER_NODE = re.compile(r"(?:/|per )\s*(?:node|server)\b", re.IGNORECASE)
_NODE = 8
_UNITS = {  # without case, plural and "per chip" -> as units are spelt
    "token/s": "token/s", "query/s": "token/s", "tps": "token/s", "ktoken/s": "kilotoken/s", "j/token": "J/token",
    "mj/token": "mJ/token", "kj/token": "kJ/token", "wh/token": "Wh/token", "mwh/token": "mWh/token", "j/mtoken": "J/megatoken",
    "kj/mtoken": "kJ/megatoken", "wh/mtoken": "Wh/megatoken", "kwh/mtoken": "kWh/megatoken", "s": "s", "ms": "ms",
    "us": "us", "s/token": "s", "ms/token": "ms", "w": "W", "kw": "kW",
}  # fmt: skip
_SHORT = (
    (r"\b(?:million|1m)(?: (?:output|generated))? tok(?:en)?s?\b|\bmtok(?:en)?s?\b", "mtoken"),
    (r"\btok(?:en)?s?\b", "token"), (r"\b(?:queries|query|requests?|reqs?)\b", "query"), (r"\bktok(?:en)?s?\b", "ktoken"),
    (r"[\u00b5\u03bc]", "u"), (r"\bsec(?:onds?|s)?\b", "s"), (r"\bmilliseconds?\b", "ms"), (r"\bwatts?\b", "w"),
    (r"\bkilowatts?\b", "kw"), (r"\bjoules?\b", "j"), (r"\s+per\s+", "/"), (r"\s*/\s*", "/"),
    (r"/(?:gpu|chip|node|user|accelerator|device|server)\b", ""), (r"/(?:output|input|generated) token$", "/token"),
    (r"^(?:output|input|total) token/", "token/"),
)  # fmt: skip
# InferenceX's tput_per_gpu counts tokens in and out (github.com/SemiAnalysisAI/InferenceX, utils/process_result.py).
_TOTAL = re.compile(
    r"^tput_per_gpu$|\btotal (token|throughput)|\btokens? in and out|input ?(\+|and|plus) ?output|\(in ?\+ ?out\)"
)
_OF_ALL = {
    ServedFigure.THROUGHPUT, ServedFigure.INPUT_THROUGHPUT, ServedFigure.DECODE_THROUGHPUT, ServedFigure.CHIP_POWER,
    ServedFigure.WALL_POWER,
}  # fmt: skip
_UNIT_BEHIND = re.compile(
    r"[(\[](?P<bracket>[^()\[\]]+)[)\]]$|_(?P<ending>ms|us|s|w|kw)$|(?P<whole>^\S+/\S+$)"
)  # of a quantity
_OF_A_TOKEN = re.compile(r"(?:m|k|kilo|milli)?(?:j|joules?|wh)", re.IGNORECASE)
_COUNTED_IN = {  # what else a value in an unit of another kind would be
    **dict.fromkeys((ServedFigure.LATENCY, ServedFigure.TOKEN_TIME, ServedFigure.FIRST_TOKEN), "s"),
    **dict.fromkeys((ServedFigure.CHIP_POWER, ServedFigure.WALL_POWER), "W"),
    **dict.fromkeys(
        (ServedFigure.CHIP_ENERGY, ServedFigure.WALL_ENERGY, ServedFigure.DECODE_ENERGY, ServedFigure.PREFILL_ENERGY), "J/token"
    ),
}


def figure_of(quantity: str) -> ServedFigure:
    """Read which quantity a row measures.

    Raises
    ------
    RowError
        Where it is none that is predicted of a replica.
    """
    words = _plain_words(quantity)
    if _NOT_OURS.search(words):
        raise RowError(f"{quantity!r} is of a whole service or of money, not of a replica")
    measured = next((measured for pattern, measured in _WORDS if re.search(pattern, words)), None)
    if measured is None:
        raise RowError(f"the quantity {quantity!r} is none that is predicted: throughput, latency, power, energy per token")
    if measured in _TIMES and _SLOWEST.search(words):
        raise RowError(f"{quantity!r} is of the slowest or fastest requests; means and medians are predicted")
    return measured


def _plain_words(quantity: str) -> str:
    """Write a quantity in lower case, as words that are looked for: ``output_tput_per_gpu`` as output throughput per gpu."""
    words = quantity.lower()
    for spelt, usual in _SPELT:
        words = re.sub(spelt, usual, words)
    return " ".join(words.split())


def _unit_behind(quantity: str) -> str:
    """Find the unit that the words of a quantity end with, for rows that state none: ms of ``Median TPOT (ms)``."""
    unit = _UNIT_BEHIND.search(quantity.strip().lower())
    return (unit["bracket"] or unit["ending"] or unit["whole"]) if unit else ""


def counted(
    quantity: str, value: float, unit: str, chips: float, output_share: float = 1.0, tokens_per_query: float = 1.0
) -> Counted:
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
    tokens_per_query
        What a throughput of queries counts for each of them: 1 where the unit is misnamed, else the tokens out of a query.

    Raises
    ------
    RowError
        Where the quantity or its unit is none that is predicted of a replica.
    """
    measured, words = figure_of(quantity), _plain_words(quantity)
    unit = unit.strip() or _unit_behind(quantity)
    if _COUNTED_IN.get(measured) == "J/token" and _OF_A_TOKEN.fullmatch(unit):  # J, of the energy per token
        unit += "/Mtoken" if "per million" in words else "/token"
    if measured is ServedFigure.THROUGHPUT and (_TOTAL.search(words) or _TOTAL.search(quantity.strip().lower())):
        value *= output_share
    base = value * _factor(unit, quantity, measured, tokens_per_query)
    if measured in _OF_ALL:
        per = f"{words} {unit}"
        if (_PER_CHIP.search(words) and _UNIT_PER_NODE.search(unit)) or (_PER_NODE.search(words) and _PER_CHIP.search(unit)):
            raise RowError(f"{quantity!r} and its unit {unit!r} are not of the same: one is per chip, the other per node")
        base /= 1.0 if _PER_CHIP.search(per) else _NODE if _PER_NODE.search(per) else chips
    return Counted(measured, base)


def _factor(unit: str, quantity: str, measured: ServedFigure, tokens_per_query: float) -> float:
    """Find a unit's factor to base units, however it is spelt and of however many chips it is."""
    plain = unit.strip().lower()
    for spelt, usual in _SHORT:
        plain = re.sub(spelt, usual, plain)
    if plain not in _UNITS:
        raise RowError(f"the unit {unit!r} of {quantity!r} is not understood; tokens/s, ms, W and J/token are")
    right = _COUNTED_IN.get(measured, "token/s")
    if units.dimension(_UNITS[plain]) != units.dimension(right):
        raise RowError(f"the unit {unit!r} is not one of {quantity!r}, which is counted in {right}")
    return units.factor(_UNITS[plain]) * (tokens_per_query if plain.startswith("query") else 1.0)
