"""Tornadoes: what moves an answer."""

import json
import math
from pathlib import Path

import altair
import pytest
from made_answers import run_text

from flopwatt.bench.drivers.mover import Mover
from flopwatt.bench.drivers.movers import movers
from flopwatt.bench.pictures.picture import Picture
from flopwatt.bench.pictures.tornado import MAX_BARS, tornado, tornado_of
from flopwatt.kernels.quantities import MODEL

PLACE = (("chip", "H100"), ("basis", "IT"))


def mover(name: str, low: float, high: float, base: float = 100.0) -> Mover:
    return Mover(name, "drawn", 0.25, 0.4, 0.55, low, base, high, "P10 to P90 of its draws", PLACE)


def check(picture: Picture | None) -> list[dict[str, object]]:
    assert picture is not None
    text = json.dumps(picture.spec, allow_nan=False)
    altair.Chart.from_dict(json.loads(text), validate=True)
    rows: list[dict[str, object]] = picture.spec["data"]["values"]
    return rows


def test_bars_go_from_the_base_to_the_answer_at_each_end() -> None:
    picture = tornado([mover("mfu", 160.0, 73.0), mover("pue", 98.0, 103.0)], MODEL, "cost", "cheapest")
    rows = check(picture)
    assert [(row["m"], row["t"]) for row in rows] == [(60, "+60%"), (-27, "-27%"), (-2, "-2%"), (3, "+3%")]
    assert rows[0]["u"] == "25%"
    assert rows[0]["v"] == "160 USD"
    assert str(rows[0]["y"]).replace("\n", " ") == "MFU: 25% to 55%"
    assert picture is not None
    assert (picture.kind, picture.title, picture.question) == ("tornado", "What moves cost", "cheapest")
    assert "P10 to P90 of its draws" in picture.caption
    assert "Taken at chip: H100; basis: IT." in picture.caption
    assert "from 100 USD" in picture.caption


def test_an_end_without_a_finite_answer_reaches_the_edge_and_one_that_is_unknown_has_no_bar() -> None:
    rows = check(tornado([mover("mfu", math.inf, 90.0), mover("pue", math.nan, 110.0)], MODEL, "cost"))
    assert [row["t"] for row in rows] == ["∞", "-10%", "+10%"]
    ends = tornado([mover("mfu", math.inf, 90.0)], MODEL, "cost")
    assert ends is not None
    assert rows[0]["m"] == max(float(str(row["m"])) for row in rows)


@pytest.mark.parametrize("base", [0.0, math.inf, math.nan])
def test_without_a_base_there_is_no_change_to_draw(base: float) -> None:
    assert tornado([mover("mfu", 1.0, 2.0, base)], MODEL, "cost") is None


def test_nothing_that_moves_is_no_picture() -> None:
    assert tornado([], MODEL, "cost") is None


def test_the_largest_are_drawn_and_it_is_said_of_how_many() -> None:
    names = list(MODEL.quantities)[: MAX_BARS + 5]
    picture = tornado([mover(name, 90.0 - place, 110.0 + place) for place, name in enumerate(names)], MODEL, "cost")
    assert len({row["y"] for row in check(picture)}) == MAX_BARS
    assert picture is not None
    assert f"The {MAX_BARS} of {MAX_BARS + 5} inputs that move it most." in picture.caption


def test_an_answer_s_tornado_has_its_movers(tmp_path: Path) -> None:
    text = """title = "t"
[given]
training_flops = 1e24
peak_flops = 1e15
chip_count = 1000
[axes.assumptions]
draws = 256
columns.mfu = { uniform = [0.2, 0.5] }
columns.goodput = { uniform = [0.8, 0.9] }
[[questions]]
name = "time"
quantiles = "run_time"
"""
    run = run_text(text, tmp_path)
    answer = run.answer("time")
    rows = check(tornado_of(answer, run.study))
    moving = movers(answer, run.study)
    assert len(rows) == 2 * len(moving)
    assert rows[0]["m"] == pytest.approx(100 * (moving[0].answer_low / moving[0].answer_base - 1), rel=1e-3)
