"""Pictures of what a training run takes."""

import json
import math
from dataclasses import replace

import altair
import pytest

from flopwatt.bench.estimate.chip_comparison import ChipComparison, compare_chips
from flopwatt.bench.estimate.estimate_result import EstimateResult
from flopwatt.bench.estimate.estimation import Drawing, estimate_request
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.pictures.estimates import SHOWN, estimate_picture
from flopwatt.bench.pictures.picture import Picture

DRAWING = Drawing(512, 0, None, False, None)


def request(**stated: str) -> Request:
    return Request("llama-3.1-405b", None, None, "h100", None, None, stated)


@pytest.fixture(scope="module")
def one() -> EstimateResult:
    return estimate_request(request(chip_count="16384"), DRAWING)[0]


def check(picture: Picture | None) -> Picture:
    assert picture is not None
    altair.Chart.from_dict(json.loads(json.dumps(picture.spec, allow_nan=False)), validate=True)
    return picture


def test_one_run_has_a_row_for_each_quantity_that_is_uncertain(one: EstimateResult) -> None:
    picture = check(estimate_picture(one))
    rows = picture.spec["data"]["values"]
    drawn = [name for name in SHOWN if name in one.estimate.spreads and one.estimate.spreads[name].low is not None]
    assert len(rows) == len(drawn)
    assert {row["m"] for row in rows} == {100}  # in percent of the median
    spread = one.estimate.spreads["run_time"]
    assert spread.low is not None
    assert spread.median is not None
    assert rows[0]["l"] == pytest.approx(100 * spread.low / spread.median, rel=1e-3)
    assert rows[0]["t"].endswith("days")
    assert picture.title == "Training Llama 3.1 405B"
    assert one.sentence in picture.caption


def test_chips_stand_side_by_side_in_percent_of_the_first() -> None:
    several = compare_chips(request(run_time="90"), ("h100", "b200"), DRAWING)
    picture = check(estimate_picture(several))
    rows = [row for row in picture.spec["data"]["values"] if row["y"] == "own cost"]
    assert [row["c"] for row in rows] == list(several.results)
    medians = [result.estimate.spreads["cost"].median for result in several.results.values()]
    assert rows[1]["m"] == pytest.approx(100 * (medians[1] or 0) / (medians[0] or 1), rel=1e-3)


def test_a_chip_of_which_nothing_is_known_leaves_the_others(one: EstimateResult) -> None:
    unknown = {name: replace(spread, median=None, low=None, high=None) for name, spread in one.estimate.spreads.items()}
    blank = replace(one, estimate=replace(one.estimate, spreads=unknown))
    assert estimate_picture(blank) is None
    picture = check(estimate_picture(ChipComparison({"a": one, "b": blank})))
    assert {row["c"] for row in picture.spec["data"]["values"]} == {"a"}


def test_what_has_no_end_stands_at_the_edge(one: EstimateResult) -> None:
    spreads = dict(one.estimate.spreads)
    spreads["cost"] = replace(spreads["cost"], high=math.inf)
    picture = check(estimate_picture(replace(one, estimate=replace(one.estimate, spreads=spreads))))
    row = next(row for row in picture.spec["data"]["values"] if row["y"] == "own cost")
    assert row["h"] >= max(one["h"] for one in picture.spec["data"]["values"])
