"""The picture of a service's fronts: every point that somebody would wait for, and where it is served."""

from typing import Any

from flopwatt.bench.pictures.service_fronts import ServedFront, service_fronts
from flopwatt.bench.serving.serving_front import FrontPoint


def front(*pairs: tuple[float, float], at: tuple[float, float]) -> ServedFront:
    return ServedFront([FrontPoint(speed, tokens, 0.1, {}) for speed, tokens in pairs], *at)


FAST = front((100.0, 50.0), (50.0, 900.0), (1.0, 2000.0), at=(50.0, 880.0))


def rows(spec: Any) -> list[dict[str, Any]]:
    return list(spec["data"]["values"])


def test_points_are_those_that_are_fast_enough_to_read_and_where_it_is_served() -> None:
    picture = service_fronts({"h200": FAST})
    assert [(row["u"], row["served"]) for row in rows(picture.spec)] == [
        ("100 tokens/s", False), ("50 tokens/s", False), ("50 tokens/s", True),
    ]  # fmt: skip
    assert rows(picture.spec)[-1]["v"] == "880 tokens/s"
    line, mark = picture.spec["layer"]
    assert line["mark"]["interpolate"] == "step-before"
    assert (line["transform"], mark["transform"]) == ([{"filter": "!datum.served"}], [{"filter": "datum.served"}])
    assert "color" not in line["encoding"]


def test_several_chips_have_a_colour_and_a_shape_each() -> None:
    slow = front((4.0, 50.0), (3.0, 60.0), at=(3.0, 60.0))
    picture = service_fronts({"h200": FAST, "h100": slow})
    line, mark = picture.spec["layer"]
    assert line["encoding"]["color"]["scale"]["domain"] == ["h200", "h100"]
    assert "shape" in mark["encoding"]
    assert [row["x"] for row in rows(picture.spec) if row["c"] == "h100"] == [4, 3, 3]  # served more slowly than people read
