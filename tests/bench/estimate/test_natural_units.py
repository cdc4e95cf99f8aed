"""Values as people say them."""

import math

import pytest

from flopwatt.bench.estimate.intervals import Spread
from flopwatt.bench.estimate.natural_units import in_table, join_words, natural, spread_interval, spread_words, without_unit
from flopwatt.kernels.quantities import MODEL


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("mfu", 0.438, "43.8%"),
        ("carbon", 13.4321e6, "13,400 tonnes of CO2e"),
        ("carbon", 1.2345e9, "1.23 million tonnes of CO2e"),
        ("carbon", 18.46e3, "18.5 tonnes of CO2e"),
        ("carbon", 12.0, "12 kg of CO2e"),
        ("carbon", 0.0507e-3, "0.0507 g of CO2e"),
        ("carbon", float("inf"), "∞"),
        ("serving_chips", 3.2, "4 chips"),
        ("energy", 34.6e6, "34.6 GWh"),
        ("cost", 38.8e6, "38.8 million USD"),
        ("run_time", 73 * 86400.0, "73 days"),
    ],
)
def test_a_value_in_its_natural_unit(name: str, value: float, text: str) -> None:
    assert natural(value, MODEL[name]) == text


def test_a_spread_says_its_unit_once() -> None:
    cost = Spread(MODEL["cost"], 38.8e6, 27.3e6, 58.8e6)
    assert spread_interval(cost) == "27.3 to 58.8 million USD"
    assert spread_words(cost, "P10 to P90: ") == "38.8 million USD (P10 to P90: 27.3 to 58.8)"
    assert spread_words(Spread(MODEL["mfu"], 0.438, 0.301, 0.61)) == "43.8% (30.1% to 61%)"
    assert spread_words(Spread(MODEL["cost"], 38.8e6)) == "38.8 million USD"
    assert spread_words(Spread(MODEL["mfu"], 0.61, 0.6099999, 0.61)) == "61%"
    assert spread_words(Spread(MODEL["cost"], None)) == spread_interval(Spread(MODEL["cost"], None)) == ""


def test_a_unit_that_only_one_end_has_stays() -> None:
    text = spread_words(Spread(MODEL["cost"], 1.36e6, 978_900.0, 2e6))
    assert text == "1.36 million USD (978,900 USD to 2 million USD)"
    assert without_unit("869,000 to 1.7 million", "1.23 million") == "869,000 to 1.7 million"
    assert without_unit("0.9 to 1.7 million", "1.23 million") == "0.9 to 1.7"
    assert without_unit("1,920 to 3,450 tokens/s", "2,570 tokens/s") == "1,920 to 3,450"


def test_a_row_that_says_what_it_is_of_does_not_say_it_again() -> None:
    assert in_table("7,210 to 25,600 tonnes of CO2e") == "7,210 to 25,600 tonnes"


def test_parts_of_a_sentence_are_joined() -> None:
    assert [join_words(parts) for parts in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("value", "text"), [(99.8, "100 chips"), (1.0, "1 chip"), (100.00000000001, "100 chips"), (0.2, "1 chip")]
)
def test_no_fewer_than_whole_chips(value: float, text: str) -> None:
    assert natural(value, MODEL["chip_count"]) == text
    assert natural(math.inf, MODEL["chip_count"]).startswith("∞")
