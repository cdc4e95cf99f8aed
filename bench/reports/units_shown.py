"""What the abbreviations that a report's tables use stand for: those that occur, in words."""

import re
from collections.abc import Iterable

from ..runner.shown_table import ShownTable

# In the order in which they are told. SI's prefixes and what they are of; statistics; the field's own words.
_MEANINGS = {
    "kWh": "kilowatt-hour, 1,000 Wh",
    "MWh": "megawatt-hour, 1,000 kWh",
    "GWh": "gigawatt-hour, a million kWh",
    "TWh": "terawatt-hour, a billion (10⁹) kWh",
    "MW": "megawatt, 1,000 kW",
    "GW": "gigawatt, 1,000 MW",
    "TW": "terawatt, 1,000 GW",
    "kgCO2e": "kilograms of CO₂ equivalent",
    "tCO2e": "tonnes of CO₂ equivalent",
    "ktCO2e": "thousand tonnes of CO₂ equivalent",
    "MtCO2e": "million tonnes of CO₂ equivalent",
    "GtCO2e": "billion (10⁹) tonnes of CO₂ equivalent",
    "FLOP": "floating-point operations, additions and multiplications of numbers",
    "TFLOP/s": "10¹² operations a second",
    "PFLOP/s": "10¹⁵ operations a second",
    "EFLOP/s": "10¹⁸ operations a second",
    "ZFLOP/s": "10²¹ operations a second",
    "YFLOP/s": "10²⁴ operations a second",
    "billion": "a thousand million, 10⁹",
    "trillion": "a million million, 10¹²",
    "USD": "dollars of the United States",
    "EUR": "euros",
    "BF16": "numbers of 16 bits",
    "FP8": "numbers of 8 bits",
    "FP4": "numbers of 4 bits",
    "MFU": "share of the chips' peak speed that the model's own operations take",
    "PUE": "power of a whole facility over that of its computers",
}
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9/]*")
_QUANTILE = re.compile(r"P\d+(?:\.\d+)?")


def units_shown(tables: Iterable[ShownTable], more: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """List the abbreviations that occur, each with what it stands for.

    Parameters
    ----------
    tables
        What is shown.
    more
        Other texts that are shown.
    """
    used: set[str] = set()
    for text in (*_texts(tables), *more):
        used.update(word for written in _WORD.findall(text) for word in (written, *written.split("/")))
    quantiles = sorted((word for word in used if _QUANTILE.fullmatch(word)), key=lambda word: float(word[1:]))
    shares = [(word, f"{word[1:]}% of the cases lie at or below this value") for word in quantiles]
    return (*shares, *((word, meaning) for word, meaning in _MEANINGS.items() if word in used))


def _texts(tables: Iterable[ShownTable]) -> Iterable[str]:
    for table in tables:
        yield table.question
        yield from table.sentences
        for column in table.columns:
            yield column.heading
            yield from set(column.texts)
