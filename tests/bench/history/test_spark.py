"""Sparklines: as wide as asked, low and high where they are, flat where nothing changed."""

import pytest

from flopwatt.bench.history.spark import ASCII, BLOCKS, bars_for, sparkline


def test_low_and_high_and_the_middle_on_a_logarithmic_scale() -> None:
    assert sparkline([1, 10, 100], 10) == "▁▅█"
    assert sparkline([100, 1], 10, ASCII) == "#_"


def test_small_changes_stay_flat_and_equal_values_stand_in_the_middle() -> None:
    assert set(sparkline([1, 1.005, 0.995, 1], 10)) <= set("▄▅")
    assert sparkline([0.1] * 4, 10) in ("▄▄▄▄", "▅▅▅▅")


@pytest.mark.parametrize("count", [0, 1, 2, 7, 24, 25, 1000])
@pytest.mark.parametrize("width", [1, 2, 24])
def test_it_is_never_wider_than_asked(count: int, width: int) -> None:
    assert len(sparkline([1 + i for i in range(count)], width)) == min(count, width)


def test_many_values_are_drawn_as_medians() -> None:
    assert sparkline([1] * 50 + [2] * 50, 10) == "▁▁▁▁▁█████"
    assert sparkline([1] * 49 + [1000] + [1] * 50, 10) == sparkline([1] * 100, 10)  # one outlier of ten shows as nothing


@pytest.mark.parametrize(
    ("encoding", "bars"), [("utf-8", BLOCKS), ("ascii", ASCII), ("latin-1", ASCII), ("cp1252", ASCII), ("none-such", ASCII)]
)
def test_terminals_that_have_no_blocks_get_ascii(encoding: str, bars: str) -> None:
    assert bars_for(encoding) == bars
    assert ASCII.isascii()
    assert len(set(ASCII)) == len(ASCII) == len(set(BLOCKS)) == len(BLOCKS)
