"""Where axes stand, and how much is drawn."""

import math

import numpy as np

from flopwatt.bench.pictures.placing import MAX_MARKS, MAX_ROWS, place_along, place_behind, place_grid, place_rows
from flopwatt.bench.pictures.spread import KeptAxis, ShownQuantity, ShownSpread


def axis(name: str, length: int, *, numbers: bool = False) -> KeptAxis:
    points = tuple(f"{name} {place}" for place in range(length))
    return KeptAxis(name, name, points, np.arange(1.0, length + 1) if numbers else None)


def spread(*axes: KeptAxis, unknown: tuple[int, ...] = ()) -> ShownSpread:
    values = np.arange(1.0, 1.0 + math.prod(map(len, axes))).reshape(tuple(map(len, axes)))
    for place in unknown:
        values[place] = np.nan
    return ShownSpread(ShownQuantity("size"), axes, values)


def test_the_longest_axis_is_rows_a_short_one_colours_and_the_rest_sliders() -> None:
    placement = place_rows(spread(axis("a", 3), axis("b", 9), axis("c", 2)))
    assert (placement.rows and placement.rows.name, placement.colour and placement.colour.name) == ("b", "c")
    assert [(slider.label, slider.signal, len(slider.points)) for slider in placement.sliders()] == [("a", "at_0", 3)]
    assert len(list(placement.points())) == 54
    assert {places["s0"] for _, places in placement.points()} == {0, 1, 2}


def test_numbers_in_order_go_along_an_edge() -> None:
    placement = place_along(spread(axis("a", 3), axis("n", 20, numbers=True)))
    assert placement.along is not None
    assert placement.along.name == "n"
    assert placement.colour is not None
    assert placement.colour.name == "a"


def test_a_slider_of_numbers_starts_at_the_last() -> None:
    placement = place_grid(spread(axis("a", 6), axis("b", 7), axis("n", 5, numbers=True), axis("c", 3)))
    assert [(slider.label, slider.start) for slider in placement.sliders()] == [("n", 4), ("c", 0)]


def test_points_of_which_nothing_is_known_are_left_out_and_said() -> None:
    placement = place_rows(spread(axis("a", 4), axis("b", 2), unknown=(1,)))
    assert placement.rows is not None
    assert placement.rows.points == ("a 0", "a 2", "a 3")
    assert placement.spread.left_out == ("Left out, since no value is known: a 1.",)


def test_what_is_drawn_is_bounded_and_said() -> None:
    for placement in (
        place_rows(spread(axis("a", 500), axis("b", 50), axis("c", 4))),
        place_along(spread(axis("n", 10_000, numbers=True), axis("b", 10))),
        place_grid(spread(axis("a", 300), axis("b", 300))),
        place_behind(spread(axis("a", 100), axis("b", 100))),
    ):
        assert math.prod(map(len, placement.spread.axes)) <= MAX_MARKS
        assert placement.rows is None or len(placement.rows) <= MAX_ROWS
        assert placement.spread.left_out[-1].startswith("Drawn at ")
        first, last = placement.spread.middle.reshape(-1)[[0, -1]]
        assert first == 1  # the ends of an axis stay
        assert last == math.prod(map(len, placement.spread.axes)) or last > MAX_MARKS


def test_an_answer_without_axes_has_one_point() -> None:
    placement = place_rows(ShownSpread(ShownQuantity("size"), (), np.array(3.0)))
    assert list(placement.points()) == [((), {})]
    assert placement.sliders() == ()
