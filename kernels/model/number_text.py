"""How a number is written: ``1.5e12``, ``1_500``, ``1,500,000``, ``1 500 000``, ``10 million``; any other form is refused.

Digits stand as Python has them, with a point before decimals. Commas or blanks may stand between groups of three digits, and
nowhere else: a decimal comma is refused with the right spelling, since taken for one between groups it makes another number.
"""

import math
import re
from dataclasses import dataclass

from ..errors import FlopwattError


class NumberError(FlopwattError, ValueError):
    """Text that is no number.

    Parameters
    ----------
    message
        What is wrong, and the right spelling where that can be told.
    told
        Whether it can.
    """

    def __init__(self, message: str, told: bool = False):
        super().__init__(message)
        self.told = told


MAGNITUDES = {"thousand": 3, "million": 6, "mn": 6, "billion": 9, "bn": 9, "trillion": 12, "tn": 12}  # as powers of ten

_BLANKS = " \u00a0\u2009\u202f"  # between groups: the plain one, that which does not break, and two thin ones
_DIGITS = "[0-9]+(?:_[0-9]+)*"
_GROUPED = re.compile(rf"[+-]?[1-9][0-9]{{0,2}}(?P<mark>[,{_BLANKS}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*(?![0-9_])(?:\.[0-9]*)?")
_PLAIN = re.compile(rf"(?P<digits>[+-]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS}))(?:[eE](?P<power>[+-]?{_DIGITS}))?")
_INFINITE = re.compile(r"[+-]?inf(inity)?(?![^\W\d_])", re.IGNORECASE)
_WORD = re.compile(r"\s*([a-z]+?)s?(?![^\W_])", re.IGNORECASE)
_BEHIND = re.compile(r"[^\W\d_]|%(?!%)|[$€£¢¥]|/\s*[^\W\d_]|1\s*/\s*[^\W\d_]|\(\s*[^\W\d_]")  # how a unit begins
_OPEN_POWER = re.compile(r"[eE]([+-]|[\d_.]|$)")  # an exponent without its digits
_MAX_POWER = 9  # characters of an exponent; one of more is beyond any double
_MAX_WHOLE = 400  # characters of a whole number; one of more is beyond any double, or begins with zeros


@dataclass(frozen=True)
class WrittenNumber:
    """A number as it is written, and what stands behind it.

    Attributes
    ----------
    digits
        Sign, digits and decimals, as Python reads them.
    power
        The exponent of ten, as Python reads it.
    rest
        What is behind: a unit, or nothing.
    """

    digits: str
    power: str = "0"
    rest: str = ""

    @property
    def is_infinite(self) -> bool:
        """Whether the text says so; a number that is too large is none."""
        return "inf" in self.digits.lower()

    def value(self, more: int = 0) -> float:
        """Return the nearest double of the number times a further power of ten. Raises NumberError where it is too large."""
        power = self.power if len(self.power) > _MAX_POWER else str(int(self.power) + more)
        result = float(self.digits if self.is_infinite else f"{self.digits}e{power}")
        if math.isinf(result) and not self.is_infinite:
            raise NumberError("the number is too large", told=True)
        return result

    def whole(self, more: int = 0) -> int:
        """Return the number times a further power of ten, to its last digit. Raises NumberError where it is not whole."""
        value = self.value(more)
        if not value.is_integer():
            raise NumberError(f"must be a whole number, not {value:g}", told=True)
        plain = not more and self.power == "0" and "." not in self.digits and len(self.digits) <= _MAX_WHOLE
        return int(self.digits) if plain else int(value)


def split(text: str) -> WrittenNumber:
    """Read the number that text begins with; words such as ``million`` belong to it.

    Parameters
    ----------
    text
        A number, and perhaps a unit behind it, with or without a blank.

    Raises
    ------
    NumberError
        Where it begins with none, or goes on with what begins no unit.
    """
    text = text.strip()
    infinite = _INFINITE.match(text)
    if infinite:
        return WrittenNumber(infinite[0], rest=text[infinite.end() :].strip())
    grouped = _GROUPED.match(text)
    if grouped:
        number = WrittenNumber(grouped[0].replace(grouped["mark"], ""), rest=text[grouped.end() :].strip())
    else:
        plain = _PLAIN.match(text)
        if plain is None:
            raise _refusal(text)
        number = WrittenNumber(plain["digits"], _short(plain["power"] or "0"), text[plain.end() :].strip())
    if _OPEN_POWER.match(number.rest) or (number.rest and not _BEHIND.match(number.rest)):
        raise _refusal(text)
    return _with_word(number)


def _short(power: str) -> str:
    """Take from an exponent what changes nothing, so that a long one is a large one."""
    digits = power.lstrip("+-").replace("_", "").lstrip("0") or "0"
    return f"-{digits}" if power.startswith("-") else digits


def _with_word(number: WrittenNumber) -> WrittenNumber:
    word = _WORD.match(number.rest)
    power = MAGNITUDES.get(word[1].lower()) if word else None
    if word is None or power is None or len(number.power) > _MAX_POWER:
        return number
    return WrittenNumber(number.digits, str(int(number.power) + power), number.rest[word.end() :].strip())


def read_number(text: str) -> float:
    """Read a number that has no unit.

    Parameters
    ----------
    text
        Such as ``1.5e12``, ``1_500``, ``1,500,000`` or ``10 million``.

    Returns
    -------
    float
        The nearest double; infinite only where the text says so.

    Raises
    ------
    NumberError
        Where it is no number, or is written so that it could be read wrong; the message says the right spelling.
    """
    number = split(text)
    if number.rest:
        raise NumberError(f"{_quoted(text)} is not a number")
    return number.value()


# --- what is wrong ----------------------------------------------------------------------------------------------------

_APOSTROPHE = "['\u2019]"
_CHUNK = re.compile(rf"[+-]?[0-9][0-9.,'\u2019{_BLANKS}]*[0-9](?![0-9])|[+-]?[0-9]")
_EXPONENT = re.compile(r"[eE][+-]?[0-9]+")
_QUOTED = 60  # characters of a text that an error repeats
_COMMA = re.compile(r"([+-]?)([0-9]+),([0-9]+)")
_POINTS = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3}){2,}")  # groups as much of Europe has them
_EUROPE = re.compile(rf"[+-]?[1-9][0-9]{{0,2}}([.'\u2019{_BLANKS}][0-9]{{3}})+,[0-9]+")
_APOSTROPHES = re.compile(r"[+-]?[1-9][0-9]{0,2}(['\u2019][0-9]{3})+(\.[0-9]+)?")


def _quoted(text: str) -> str:
    text = text.strip()
    return repr(text if len(text) <= _QUOTED else f"{text[:_QUOTED]}...")


def _refusal(text: str) -> NumberError:
    """Say what is wrong with a text, and how the number is written that seems to be meant."""
    if text.startswith("\N{MINUS SIGN}"):
        return NumberError(f"{_quoted(text)} begins with a dash; write -{text[1:].strip()[:_QUOTED]}", told=True)
    chunk = _CHUNK.match(text)
    body = chunk[0] if chunk else ""
    meant = _meant(body, _behind(text[len(body) :]))
    return NumberError(f"{_quoted(text)} {meant}", told=True) if meant else NumberError(f"{_quoted(text)} is not a number")


def _behind(rest: str) -> str:
    """Return what the right spelling keeps of what stands behind the digits: exponent and unit, which give them their size."""
    power = _EXPONENT.match(rest)
    return rest.rstrip() if len(rest) <= _QUOTED and rest.isprintable() else power[0] if power else ""


def _meant(body: str, behind: str) -> str:
    """Say how digits with a mark among them, and what stands behind them, are written; nothing where that cannot be told."""
    comma = _COMMA.fullmatch(body)
    if comma:
        sign, whole, decimals = comma.groups()
        thousands = (
            f", or {sign}{whole}{decimals}{behind} for thousands" if len(decimals) == 3 and not whole.startswith("0") else ""
        )
        return f"has a decimal comma; write {sign}{whole}.{decimals}{behind}{thousands}"
    if _EUROPE.fullmatch(body):
        whole, _, decimals = body.partition(",")
        return f"has a decimal comma; write {_bare(whole)}.{decimals}{behind}"
    if _POINTS.fullmatch(body):
        return f"has points between thousands; write {_bare(body)}{behind}"
    if _APOSTROPHES.fullmatch(body):
        return f"has apostrophes between thousands; write {re.sub(_APOSTROPHE, '', body)}{behind}"
    if "," in body:
        return "has commas that are not between groups of three digits; write it without them"
    return "has blanks within the number; write it without them" if re.search(rf"[0-9][{_BLANKS}]+[0-9]", body) else ""


def _bare(whole: str) -> str:
    return re.sub(rf"[.'\u2019{_BLANKS}]", "", whole)
