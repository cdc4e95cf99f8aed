"""Columns of numbers: what each form makes, in base units and within bounds, and what is refused with its key."""

import re
from typing import Any

import numpy as np
import pytest

from flopwatt.bench.study.ranges import FORMS, RangeError, form_of, length, number, numbers, parse, verify
from flopwatt.bench.study.schema import MAX_AXIS_POINTS, RangeSpec
from flopwatt.kernels.quantities import MODEL

PLACE = ("axes", "x")


def made(name: str, **keys: Any) -> np.ndarray:
    spec, item = RangeSpec(**keys), MODEL[name]
    result = numbers(spec, item, PLACE)
    assert item.whole or len(result) == length(spec, item, PLACE)
    return result


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"linspace": [0.2, 0.4], "num": 3}, [0.2, 0.3, 0.4]),
        ({"geomspace": [0.1, 0.4], "num": 3}, [0.1, 0.2, 0.4]),
        ({"arange": [0.1, 0.4, 0.1]}, [0.1, 0.2, 0.3]),  # without its end, whatever rounding says
        ({"arange": [0.4, 0.1, -0.1]}, [0.4, 0.3, 0.2]),
        ({"values": [0.4, 0.1, 0.4]}, [0.4, 0.1, 0.4]),
        ({"linspace": [0.3, 0.5], "num": 1}, [0.3]),
    ],
)
def test_each_form_makes_what_numpys_function_makes(keys: dict[str, Any], expected: list[float]) -> None:
    np.testing.assert_allclose(made("mfu", **keys), expected, rtol=1e-12)


def test_numbers_are_in_the_quantitys_unit_or_their_own() -> None:
    assert MODEL["chip_mtbf"].unit == "h"
    assert made("chip_mtbf", values=[2, "1 min"]).tolist() == [7200, 60]
    assert parse("1 h", "s", PLACE) == 3600
    assert number("0.5", MODEL["mfu"], PLACE) == 0.5


def test_whole_quantities_are_rounded_and_kept_once() -> None:
    assert made("chip_count", linspace=[1, 3], num=9).tolist() == [1, 2, 3]
    assert made("chip_count", values=[4, 4]).tolist() == [4, 4]  # as written


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, f"axes.x: has no values; give one of {', '.join(FORMS)}"),
        ({"values": [1], "arange": [1, 2, 1]}, "axes.x: has arange and values; give one of"),
        ({"linspace": [0.1, 0.2]}, "axes.x.num: is missing; say how many values linspace makes"),
        ({"linspace": [0.1, 0.2], "num": 0}, "axes.x.num: must be at least 1, not 0"),
        ({"values": [0.1], "num": 3}, "axes.x.num: goes with linspace or geomspace, not with values"),
        ({"linspace": [0.1], "num": 3}, "axes.x.linspace: takes [first, last], not 1 numbers"),
        ({"arange": [0.1, 0.2]}, "axes.x.arange: takes [start, stop, step], not 2 numbers"),
        ({"geomspace": [0, 0.5], "num": 3}, "axes.x.geomspace: both ends must be above 0"),
        ({"arange": [0.1, 0.5, -0.1]}, "axes.x.arange: is empty"),
        ({"arange": [0.1, 0.5, 0]}, "axes.x.arange: is empty"),
        ({"arange": [0.1, 0.5, 1e-320]}, "axes.x.arange: has more values than can be counted"),
        (
            {"linspace": [0.1, 0.5], "num": MAX_AXIS_POINTS + 1},
            "axes.x.num: at most 100,000,000 values fit on one axis, not 100,000,001",
        ),
        ({"linspace": [0.1, 2], "num": 3}, "axes.x.linspace: 2 must be at most 1"),
        ({"values": [0.1, 2]}, "axes.x.values[2]: 2 must be at most 1"),
        ({"values": [0.1, "nan"]}, "axes.x.values[2]: 'nan' is not a number"),
        ({"values": ["1 kg"]}, "axes.x.values[1]: "),
    ],
)
def test_what_is_wrong_is_said_with_its_key(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(RangeError, match=re.escape(message)):
        made("mfu", **keys)


def test_a_length_is_counted_without_making_anything() -> None:
    assert length(RangeSpec(linspace=[0.1, 0.2], num=10**12), MODEL["mfu"], PLACE) == 10**12
    assert length(RangeSpec(arange=[1, 2**60, 1]), MODEL["chip_count"], PLACE) > MAX_AXIS_POINTS


@pytest.mark.parametrize(("value", "message"), [(float("inf"), "infinite"), (10**400, "too large")])
def test_a_number_is_finite(value: float, message: str) -> None:
    with pytest.raises(RangeError, match=f"axes.x: .*{message}"):
        parse(value, "", PLACE)


def test_the_form_is_found() -> None:
    assert form_of(RangeSpec(arange=[0, 1, 1]), PLACE) == "arange"


def test_whole_numbers_are_asked_of_quantities_that_take_only_these() -> None:
    verify(np.array([1.0, 2.0]), MODEL["chip_count"], PLACE)
    with pytest.raises(RangeError, match=r"axes\.x: chip_count takes whole numbers"):
        verify(np.array([1.0, 2.5]), MODEL["chip_count"], PLACE)


def test_an_input_that_chooses_is_given_by_a_word() -> None:
    item = MODEL["depreciation"]
    for value, code in (("capital-recovery", 0), (" declining-value ", 2), ("1", 1), (2, 2)):
        assert number(value, item, PLACE) == code
    with pytest.raises(RangeError, match="must be capital-recovery or straight-line or declining-value, not 'linear'"):
        number("linear", item, PLACE)
    with pytest.raises(RangeError, match="3 must be at most 2"):
        number(3, item, PLACE)
