"""Numbers for people."""

import math

import pytest

from flopwatt.bench.terminal import numbers
from flopwatt.kernels.quantities import MODEL


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (87.6e9 * 3.6e6, "J", "87.6 TWh"),
        (87.6e9, "kWh", "87.6 TWh"),
        (3.4e6, "chip", "3.4 million chips"),
        (16384, "chip", "16,384 chips"),
        (1, "chip", "1 chip"),
        (0, "chip", "0 chips"),
        (999_999.7, "chip", "1 million chips"),
        (38.2 * 86400, "s", "38.2 days"),
        (90.0, "s", "1.5 min"),
        (4.2e-5, "s", "42 µs"),
        (3 * 31536000.0, "s", "3 years"),
        (999.96e3, "W", "1 MW"),
        (999.4e3, "W", "999 kW"),
        (0, "W", "0 W"),
        (-5e6, "W", "-5 MW"),
        (4.9e18, "FLOP/s", "4.9 EFLOP/s"),
        (3.8e25, "FLOP", "3.8e25 FLOP"),
        (1.56e13, "token", "15.6 trillion tokens"),
        (1.2e9, "USD", "1.2 billion USD"),
        (23238, "USD", "23,238 USD"),
        (996145.3, "USD", "996,100 USD"),
        (554812.6, "h", "554,800 h"),
        (0.083, "USD/kWh", "0.083 USD/kWh"),
        (11390e3, "kgCO2e", "11.4 ktCO2e"),
        (0.41, "", "0.41"),
        (2.5e6, "", "2.5 million"),
        (1e-7, "", "1e-7"),
        (80e9, "byte", "80 GB"),
        (3.35e12, "byte/s", "3.35 TB/s"),
        (math.nan, "W", "-"),
        (math.inf, "W", "∞"),
    ],
)
def test_show(value: float, unit: str, text: str) -> None:
    assert numbers.show_unit(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.000112, "USD", "0.000112 USD"),
        (0.0000012345, "USD", "0.00000123 USD"),
        (0.0005, "USD", "0.0005 USD"),
        (0.05123, "USD", "0.0512 USD"),
        (5.6e-5, "L", "0.056 mL"),
        (49.96, "token/s", "50 tokens/s"),
        (103_712.0, "token/s", "104,000 tokens/s"),
        (3.74e6, "1/day", "3.74 million a day"),
        (1200.0, "1/day", "1,200 a day"),
    ],
)
def test_what_a_query_takes_is_shown_without_an_exponent(value: float, unit: str, text: str) -> None:
    assert numbers.show_unit(value, unit) == text


def test_a_preferred_unit_is_taken_where_its_number_is_readable() -> None:
    assert numbers.show_unit(1110.0, "s", "min") == "18.5 min"
    assert numbers.show_unit(400 * 86400.0, "s", "day") == "400 days"
    assert numbers.show_unit(86400.0, "s", "day") == "1 day"
    assert numbers.show_unit(60.0, "s", "day") == "1 min"


def test_what_was_read_from_bins_is_rounded_once() -> None:
    assert numbers.show_unit(numbers.rounded(489_523.2), "chip") == "489,500 chips"
    assert numbers.show_unit(numbers.rounded(4_145_100.0), "chip") == "4.15 million chips"  # 4.145 million would become 4.14
    assert numbers.rounded(8123.4) == 8123.4


@pytest.mark.parametrize("exponent", range(-30, 30))
def test_every_size_has_three_digits_and_its_value(exponent: int) -> None:
    value = 4.56 * 10.0**exponent
    assert float(numbers.number(value).replace(",", "")) == pytest.approx(value, rel=1e-2)
    assert len(numbers.number(value)) <= 8


@pytest.mark.parametrize(
    ("seconds", "style", "text"),
    [
        (38.2 * 86400, "people", "38.2 days"), (4.1, "people", "4.1 s"), (0.31, "people", "310 ms"), (90, "people", "1.5 min"),
        (0.012345, "measured", "12.35 ms"), (90, "measured", "90 s"), (1.5e-6, "measured", "1.5 us"),
        (2.5e-10, "measured", "0.25 ns"), (1234.5, "measured", "1234 s"),
        (0.01, "seconds", "0.01 s"), (1e4, "seconds", "10,000 s"), (1e-5, "seconds", "1e-5 s"),
        (12.6, "whole", "13 s"), (300, "whole", "300 s"), (0.12, "milliseconds", "0.120 s"),
        (0.012345, "column", "0.0123"), (1e-5, "column", "1e-05"), (119.4, "rough", "119 s"), (180, "rough", "3 min"),
    ],
)  # fmt: skip
def test_a_duration(seconds: float, style: numbers.DurationStyle, text: str) -> None:
    assert numbers.duration(seconds, style) == text


def test_a_duration_that_is_not_known_is_empty() -> None:
    assert numbers.duration(None, "measured") == numbers.duration(None) == ""


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.342, 0.0, "34.2%"),
        (0.342, 0.019, "34% ± 2%"),
        (0.342, 0.0042, "34.2% ± 0.4%"),
        (0.342, 1e-6, "34.2% ± 0.1%"),
        (0.342, 0.0096, "34% ± 1%"),
        (-0.05, 0.02, "-5% ± 2%"),
        (0.5, 0.12, "50% ± 12%"),
        (math.nan, 0.0, "-"),
        (1.0, 0.0, "100%"),
    ],
)
def test_a_share_is_told_to_its_error(value: float, error: float, text: str) -> None:
    assert numbers.share(value, error) == text


@pytest.mark.parametrize(
    ("ratio", "preferred", "text"),
    [
        (0.195, "%", "19.5%"),
        (1.1, "%", "110%"),
        (0.0, "%", "0%"),
        (0.00012, "%", "0.012%"),
        (0.195, "times", "19.5%"),
        (1.0, "times", "1 times"),
        (3.71, "times", "3.71 times"),
        (31250.2, "times", "31,250 times"),
        (8.18e6, "times", "8.18 million times"),
        (math.inf, "times", "∞"),
        (math.nan, "%", "-"),
    ],
)
def test_a_share_is_in_percent_and_a_ratio_above_the_whole_a_multiple(ratio: float, preferred: str, text: str) -> None:
    assert numbers.show_unit(ratio, "", preferred) == text


def test_a_rate_of_a_year_is_in_percent() -> None:
    assert numbers.show(0.07, MODEL["cost_of_capital"]) == "7% a year"
    assert numbers.show_base(0.05 / 31536000.0, MODEL["maintenance_rate"]) == "5% a year"


def test_a_range_has_its_unit_once_where_both_ends_have_the_same() -> None:
    assert numbers.join_range("25.6 million USD", "34.2 million USD") == "25.6 to 34.2 million USD"
    assert numbers.join_range("950,000 USD", "1.2 million USD") == "950,000 USD to 1.2 million USD"
    assert numbers.join_range("0.25", "0.5") == "0.25 to 0.5"
    assert numbers.join_spread("29.8 million USD", "25.6 million USD", "34.2 million USD") == "29.8 (25.6 to 34.2) million USD"
    assert numbers.join_spread("23 h", "20 h", "1.2 days") == "23 h (20 h to 1.2 days)"
    assert numbers.join_spread("0.4", "0.25", "0.5") == "0.4 (0.25 to 0.5)"
    assert numbers.join_spread("-", "-", "-") == "-"
    assert numbers.join_spread("17.5 TWh", "17.5 TWh", "17.5 TWh") == "17.5 TWh"
