"""One unit for an axis, its ends and its ticks."""

import math

import numpy as np
import pytest

from flopwatt.bench.pictures.scales import log_ticks, rounded, scale_of


def test_an_axis_has_one_unit_that_people_read() -> None:
    assert scale_of([np.array([2e6, 5.6e6])], "chip").title("chips of the site") == "chips of the site (million)"
    assert scale_of([np.array([2e6, 5.6e6])], "chip").title("size") == "size (million chips)"
    assert scale_of([np.array([3e10, 4e10])], "kWh").title("energy") == "energy (TWh)"
    assert scale_of([np.array([3e9, 4e9])], "USD").title("cost") == "cost (billion USD)"
    assert scale_of([np.array([86400.0 * 30, 86400 * 90])], "s", "day").title("run time") == "run time (days)"
    assert scale_of([np.array([0.2, 0.5])], "", "%").title("MFU") == "MFU (%)"
    assert scale_of([np.array([0.2, 0.5])], "").title("PUE") == "PUE"


def test_values_lie_where_their_unit_puts_them() -> None:
    scale = scale_of([np.array([2e6, 5.6e6])], "chip")
    assert scale.at(5.6e6) == pytest.approx(5.6)
    assert scale_of([np.array([0.2, 0.5])], "", "%").at(0.25) == 25
    assert scale_of([np.array([86400.0 * 30, 86400 * 90])], "s", "day").at(86400 * 45) == pytest.approx(45)


def test_dates_close_to_each_other_lie_where_they_are() -> None:
    dates = np.arange(2026.0, 2033.0, 0.25)
    scale = scale_of([dates], "").tight(dates)
    assert [scale.at(date) for date in dates] == dates.tolist()
    assert scale.definition()["domain"] == [2026, 2032.75]
    assert scale_of([np.array([0.0, 1234.56])], "").at(1234.56) == 1235


def test_what_is_beyond_stands_at_the_end_and_what_is_unknown_nowhere() -> None:
    scale = scale_of([np.array([10.0, 20.0, math.inf, math.nan])], "")
    assert scale.at(math.inf) == rounded(scale.high)
    assert scale.at(-math.inf) == rounded(scale.low)
    assert scale.at(math.nan) is None
    assert math.isfinite(scale.low)
    assert math.isfinite(scale.high)


def test_many_sizes_make_it_logarithmic_and_near_zero_it_begins_at_zero() -> None:
    assert scale_of([np.array([1.0, 31.0])], "").logarithmic
    assert not scale_of([np.array([1.0, 29.0])], "").logarithmic
    assert not scale_of([np.array([0.0, 1e9])], "").logarithmic
    assert scale_of([np.array([5.0, 10.0])], "").low == 0
    assert scale_of([np.array([9.0, 10.0])], "").low > 8


@pytest.mark.parametrize(
    "values", [[], [math.nan], [0.0], [5.0], [-5.0], [-1.0, 1.0], [1e-300, 1e300], [math.inf], [1e-9, 1e-8]]
)
def test_any_values_have_an_axis(values: list[float]) -> None:
    scale = scale_of([np.array(values)], "")
    assert scale.low < scale.high
    assert all(math.isfinite(end) for end in scale.definition()["domain"])
    scale.axis("any")


def test_ticks_of_ratios_are_few_and_within_the_ends() -> None:
    for low, high in ((1.0, 40.0), (0.3, 1e9), (1e-6, 1e12), (990.0, 1010.0)):
        ticks = log_ticks(low, high)
        assert len(ticks) <= 10
        assert all(low <= tick <= high for tick in ticks)
    assert log_ticks(1.0, 40.0) == [1, 2, 5, 10, 20]
    assert log_ticks(2.2, 4.9) == [3, 4]  # where no power of ten is, nor 2 or 5 times one
    assert log_ticks(0.3, 1e9) == [1, 100, 10_000, 1_000_000, 100_000_000] or len(log_ticks(0.3, 1e9)) >= 5


def test_room_is_a_share_of_the_axis() -> None:
    scale = scale_of([np.array([10.0, 20.0])], "").tight(np.array([10.0, 20.0])).roomy(0.1)
    assert (scale.low, scale.high) == pytest.approx((9, 21))
    scale = scale_of([np.array([1.0, 100.0])], "").tight(np.array([1.0, 100.0])).roomy(0.5)
    assert (scale.low, scale.high) == pytest.approx((0.1, 1000))


def test_places_that_lie_close_are_told_apart() -> None:
    quarters = np.arange(2026.0, 2033.0, 0.25)
    scale = scale_of([quarters], "").tight(quarters)
    assert [scale.at(quarter) for quarter in quarters] == list(quarters)
    assert scale.definition()["domain"] == [2026, 2032.75]
