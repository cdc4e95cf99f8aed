"""Numbers as text: what is read is what Python's float or the rule of groups gives, and nothing else is read."""

import math
import string
from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flopwatt.kernels.model import units
from flopwatt.kernels.model.number_text import NumberError, read_number

WORDS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "mn": 6, "bn": 9, "tn": 12}
LETTERS = {"k": 3, "K": 3, "M": 6, "b": 9, "B": 9, "T": 12, "%": -2}
MAX = "1e999999"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5e12", 1.5e12),
        ("1_500", 1500.0),
        ("1,500,000", 1.5e6),
        ("1,500", 1500.0),
        ("15,600,000.5", 15600000.5),
        ("1 500 000", 1.5e6),
        ("1\u2009500", 1500.0),
        ("1\u202f500\u202f000", 1.5e6),
        ("+7", 7.0),
        ("-7.25", -7.25),
        (".5", 0.5),
        ("5.", 5.0),
        ("0", 0.0),
        ("1e-400", 0.0),
        ("10 million", 1e7),
        ("3 billion", 3e9),
        ("2 trillion", 2e12),
        ("15.6 Tn", 15.6e12),
        ("0.1 billion", 0.1e9),
        ("3 millions", 3e6),
        ("inf", math.inf),
        ("-Infinity", -math.inf),
        ("  5  ", 5.0),
    ],
)
def test_what_is_read(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("7,5e9", "'7,5e9' has a decimal comma; write 7.5e9"),
        ("0,05", "'0,05' has a decimal comma; write 0.05"),
        ("15,6 T", "'15,6 T' has a decimal comma; write 15.6 T"),
        ("1.000.000 USD", "'1.000.000 USD' has points between thousands; write 1000000 USD"),
        ("1,5 \n x", "'1,5 \\n x' has a decimal comma; write 1.5"),  # an error is one line
        ("0,500", "'0,500' has a decimal comma; write 0.500"),
        ("1,5", "'1,5' has a decimal comma; write 1.5"),
        ("-1,5", "'-1,5' has a decimal comma; write -1.5"),
        ("1.234,5", "'1.234,5' has a decimal comma; write 1234.5"),
        ("1 500,5", "'1 500,5' has a decimal comma; write 1500.5"),
        ("7,500e9", "'7,500e9' has a decimal comma; write 7.500e9, or 7500e9 for thousands"),
        ("1.500.000 USD", "'1.500.000 USD' has points between thousands; write 1500000 USD"),
        ("1500,000", "'1500,000' has a decimal comma; write 1500.000, or 1500000 for thousands"),
        ("1.500.000", "'1.500.000' has points between thousands; write 1500000"),
        ("1'500'000", "\"1'500'000\" has apostrophes between thousands; write 1500000"),
        ("12,34,567", "'12,34,567' has commas that are not between groups of three digits; write it without them"),
        ("1 50", "'1 50' has blanks within the number; write it without them"),
        ("\N{MINUS SIGN}5", "'\N{MINUS SIGN}5' begins with a dash; write -5"),
        ("1e400", "the number is too large"),
        ("9" * 400, "the number is too large"),
        *(
            (text, f"{text!r} is not a number")
            for text in ["", "nan", "1e", "1e5 6", "1__0", "+-1", "0x10", "٣", "1e5.5", "12 €", "3-5"]
        ),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(NumberError) as error:
        read_number(text)
    assert str(error.value) == says


def _grouped(text: str) -> Decimal | None:
    """Read groups of three digits, decimals behind them, and a sign; None for anything else."""
    sign, text = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    whole, _, decimals = text.partition(".")
    for mark in ", \u00a0\u2009\u202f":
        first, *groups = whole.split(mark)
        digits = [first, *groups, decimals or "0"]
        written = groups and all(part.isascii() and part.isdigit() for part in digits)
        if written and 1 <= len(first) <= 3 and first[0] != "0" and all(len(group) == 3 for group in groups):
            return Decimal(f"{sign}{first}{''.join(groups)}.{decimals or '0'}")
    return None


def _plain(text: str) -> Decimal | None:
    """Read what Python's float reads, of ASCII characters; None for anything else."""
    try:
        value = float(text) if text.isascii() else math.nan
    except ValueError:
        return None
    if math.isnan(value):
        return None
    try:
        return Decimal(text.replace("_", ""))
    except InvalidOperation:  # an exponent beyond Decimal's
        return Decimal(MAX) if value else Decimal(0)


def _by_the_rule(text: str, power: int = 0) -> float | None:
    """Read a number, times a power of ten, by the stated rule with Decimal; None for what must be refused."""
    text = text.strip()
    value = _plain(text)
    value = _grouped(text) if value is None else value
    if value is None:
        return None
    if value.is_infinite():
        return float(value) if power <= 0 else None  # there are no thousands of it
    result = float(_scaled(value, power))
    return None if math.isinf(result) else result


def _with_word(text: str) -> float | None:
    """Read a number, perhaps with a word such as ``million`` behind it."""
    text = text.strip()
    digits = text.rstrip(string.ascii_letters)
    word = text[len(digits) :].lower()
    power = WORDS.get(word, WORDS.get(word.removesuffix("s"), 0))
    return _by_the_rule(digits if power else text, power)


def _scaled(value: Decimal, power: int) -> Decimal:
    sign, digits, exponent = value.as_tuple()
    return Decimal((sign, digits, int(exponent) + power))


_LIKE_NUMBERS = st.lists(
    st.sampled_from(
        [*"0123456789", *"0123456789", "000", "500", ",", ",", ".", " ", "_", "+", "-", "e", "E", "\u2009", "'", "x", "٣"]
    ),
    max_size=12,
).map("".join)
_GROUPS = st.tuples(
    st.integers(0, 9999).map(str),
    st.lists(st.sampled_from([",000", ",500", " 250", "\u202f125", ",50", ",1234"]), max_size=4).map("".join),
    st.sampled_from(["", ".", ".5", ".25e3", "e3", ",5"]),
).map("".join)
_ENDS = st.sampled_from(["", "", "", " million", "bn", " Trillions", " thousand", "k", " T", "%", " day", "inf", "nan"])


@given(st.one_of(_LIKE_NUMBERS, _GROUPS, st.text(max_size=8), st.floats().map(repr)), _ENDS)
@example("1,500", "")
@example("7,500e9", "")
@example("1e308", " million")
@example("infinity", "")
@example("inf", " million")
@example("1e99999999999999999999", " million")
@example("1_0e1_0", " bn")
def test_no_text_is_read_as_another_number(text: str, end: str) -> None:
    try:
        value: float | None = read_number(text + end)
    except NumberError:
        value = None
    assert value == _with_word(text + end)


@settings(deadline=None)  # what is no known unit wakes pint
@given(
    st.one_of(_LIKE_NUMBERS, _GROUPS, st.floats().map(repr)),
    st.sampled_from([*LETTERS, " T", " %", "m", " day", "t", "e", "$", ""]),
)
@example("1e-320", "%")
@example("1e309", "%")
@example("7,500", "B")
@example("1e300", " B")
@example("inf", " T")
@example("1e0000000000002", "T")
@example("1e-0000000000002", "%")
def test_a_letter_for_thousands_or_a_percent_sign_only_scales(text: str, end: str) -> None:
    try:
        value: float | None = units.parse(text + end, "")
    except units.UnitError:
        value = None
    power = LETTERS.get(end.strip(), 0)
    assert value == (_by_the_rule(text, power) if power or not end else None)
