"""Numbers side by side: one scale and unit where they are near enough."""

import math

import pytest

from flopwatt.bench.terminal.shared_unit import show_alike


@pytest.mark.parametrize(
    ("values", "unit", "texts", "shared"),
    [
        ([5.08e6, 5.6e6], "chip", ["5.08 million chips", "5.6 million chips"], "million chips"),
        ([7.41e8, 4.57e8, 2.93e9], "USD", ["741 million USD", "457 million USD", "2,930 million USD"], "million USD"),
        ([756.0, 1.61e6], "chip", ["756 chips", "1.61 million chips"], ""),  # too far apart
        ([1.0, 2.0], "chip", ["1 chip", "2 chips"], "chips"),
        ([1e5, 2e7, 3e6], "s", ["1.16 days", "231 days", "34.7 days"], "days"),
        ([0.0, 864000.0], "s", ["0 days", "10 days"], "days"),
        ([math.nan, math.inf, 2e6], "USD", ["-", "∞", "2 million USD"], "million USD"),
        ([0.5, 12.0], "", ["0.5", "12"], ""),
        ([], "USD", [], ""),
    ],
)
def test_values_of_one_table_have_one_unit_where_they_are_near(
    values: list[float], unit: str, texts: list[str], shared: str
) -> None:
    assert show_alike(values, unit) == (texts, shared)


def test_ratios_keep_their_own_look_side_by_side() -> None:
    assert show_alike([0.195, 3.71], "", "times") == (["19.5%", "3.71 times"], "")
    assert show_alike([0.195, 0.2], "", "%") == (["19.5%", "20%"], "")
