"""How people write units (``gCO2eq/kWh``, ``$/h``, ``TFLOPS``, ``PF-days``, ``GPU-hours``), turned into the registry's names.

What a word means can hang on what is measured: ``PF`` is 1e15 FLOP/s of a chip and a capacitance elsewhere, ``kg`` is of CO2e
where emissions are meant. So the dimension that is wanted is known here, as `units.dimension` writes it.
"""

import functools
import re

from .number_text import NumberError

FLOP_RATE = "1 / [time]"
_EMISSION = "[emission]"

_ALIKE = {  # by the registry's name, what else people write, in letters of any case
    "h": "hr hrs hour hours",
    "min": "mins minute minutes",
    "s": "sec secs second seconds",
    "day": "d days",
    "week": "wk wks weeks",
    "year": "yr yrs years y",
    "token": "tokens tok toks",
    "chip": "chips gpu gpus tpu tpus accelerator accelerators",
    "parameter": "param params parameters",
    "layer": "layers",
    "sequence": "sequences",
    "rack": "racks",
    "run": "runs",
    "byte": "bytes",
    "%": "percent pct",
    "USD": "dollar dollars",
    "UScent": "cent cents",
    "W": "watt watts",
    "L": "l litre litres liter liters",
    **dict.fromkeys(("tCO2e", "kgCO2e", "gCO2e"), ""),
}
_NAMES = {word: name for name, words in _ALIKE.items() for word in (*words.split(), name.lower())}

_UNCERTAIN = {  # words that can be read in more than one meaning, and what to write in their place
    "month": "a month has 28 to 31 days; write days",
    "months": "a month has 28 to 31 days; write days",
    "ct": "that is a carat, or a cent of any currency; write ¢ for US cents, or 0.07 EUR for 7 of a euro",
    "¥": "that is yen or yuan; write JPY or CNY",
    "ton": "tons differ; write t for 1000 kg",
    "tons": "tons differ; write t for 1000 kg",
    **{f"{prefix}b": f"a small b is bits or a slip; write {prefix}bit or {prefix}B" for prefix in "kMGTP"},
    "mtCO2e": "that is milli, metric or mega; write tCO2e, ktCO2e or MtCO2e",
}
_MILLI = re.compile(
    r"[mµunp](USD|EUR|GBP|JPY|CNY|FLOP|token|chip|parameter|layer|sequence|rack|run)s?"
)  # no one counts in these

_SYMBOLS = (
    (re.compile(r"US\s?\$|\$"), "USD"),
    (re.compile("€"), "EUR"),
    (re.compile("£"), "GBP"),
    (re.compile(r"(US\s?)?¢|\bUS[\s-]cents?\b"), "UScent"),
    (re.compile("₂"), "2"),
    (re.compile("\u03bc"), "\u00b5"),
    (re.compile(r"\s*\bper\b\s*"), "/"),
    (re.compile(r"^\s*/"), "1/"),
    (re.compile(r"\bm(3\b|³)"), "m**3"),
)

_START, _END = r"(?<![^\W_])", r"(?![^\W_])"  # of a word
_MASS = r"(?P<mass>[kKmµ]?g|[kMGm]?t|(metric )?tonnes?|metric tons?|lbs?|pounds?)"
_CARBON = re.compile(rf"{_START}{_MASS}[\s_-]?(?:of\s)?(?i:CO2)(?:[\s-]?(?:eq|e|equiv\w*))?{_END}")
_BARE_MASS = re.compile(rf"{_START}{_MASS}{_END}")
_MASSES = {"Kg": "kg", "lbs": "lb", "pound": "lb", "pounds": "lb"}  # as the registry has them before CO2e

_PREFIXES = {"kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E", "zetta": "Z", "yotta": "Y"}
_FLOP = re.compile(
    rf"{_START}(?P<prefix>[kKM]|(?i:[GTPEZY]|{'|'.join(_PREFIXES)}))?(?i:flop)(?P<many>[sS]?)"
    rf"(?P<rate>\s?/\s?s(?:ec(?:ond)?)?{_END})?(?=(?P<time>[\s*·-]*(?i:days?|d|hours?|hrs?|h|years?|s){_END})?){_END}"
)
_SHORT_RATE = re.compile(r"([GTPEZ])F(?:/s)?")
_SHORT_AMOUNT = re.compile(r"([GTPEZ])F(?:/s)?(?=[\s*·-]?(?:days?|d|hours?|h)$)")
_PER_CHIP = re.compile(r"/\s*(?i:(chip|[gt]pu|accelerator)s?[\s*·/-]+(h|hr|hour|day|year)s?)$")
_JOINED = re.compile(r"(?<=[^\W\d_])([-·]|\s+)(?=[^\W\d_])")
_WORD = re.compile(r"[^\W\d_][^\W_]*|¥")


@functools.lru_cache(1024)
def spelled(unit: str, wanted: str) -> str:
    """Spell a unit as the registry of units has it.

    Parameters
    ----------
    unit
        As people write it.
    wanted
        The dimension of what is measured.

    Raises
    ------
    NumberError
        Where a word of it can be read in more than one meaning; the message says what to write.
    """
    for pattern, name in _SYMBOLS:
        unit = pattern.sub(name, unit)
    unit = _CARBON.sub(_carbon, unit)
    if _EMISSION in wanted and "CO2e" not in unit:
        unit = _BARE_MASS.sub(_carbon, unit)
    if wanted == FLOP_RATE and _SHORT_RATE.fullmatch(unit):
        unit = f"{unit[0]}FLOP/s"
    if wanted == "":
        unit = _SHORT_AMOUNT.sub(r"\1FLOP/s", unit)
    unit = _FLOP.sub(lambda match: _flop(match, wanted), unit)
    unit = _PER_CHIP.sub(r"/chip/\2", unit)
    return _WORD.sub(_named, _JOINED.sub("*", unit))


def _carbon(match: re.Match[str]) -> str:
    mass = match["mass"]
    return f"{'t' if 'ton' in mass else _MASSES.get(mass, mass)}CO2e"


def _flop(match: re.Match[str], wanted: str) -> str:
    """Spell an amount of FLOP or a rate: ``FLOPS`` is one, ``FLOPs`` is what is wanted."""
    prefix = match["prefix"] or ""
    prefix = _PREFIXES.get(prefix.lower(), prefix if prefix in ("k", "M") else prefix.upper().replace("K", "k"))
    rate = match["rate"] or match["many"] == "S" or (match["many"] and (wanted == FLOP_RATE or match["time"]))
    return f"{prefix}FLOP{'/s' if rate else ''}"


def _named(match: re.Match[str]) -> str:
    word = match[0]
    meaning = _UNCERTAIN.get(word)
    if meaning is None and _MILLI.fullmatch(word):
        meaning = f"nothing is counted in these; write M{word[1:]} for millions"
    if meaning is not None:
        raise NumberError(f"{word}: {meaning}", told=True)
    return _NAMES.get(word.lower(), word)
