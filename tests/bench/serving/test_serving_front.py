"""The front of a service: no strategy beats another of it in both, and it begins and ends where the best do."""

import math

import pytest

from flopwatt import configs
from flopwatt.bench.serving.best_serving import best_serving
from flopwatt.bench.serving.serving_front import FrontPoint, serving_front
from flopwatt.bench.serving.serving_goals import NoServingError, ServingGoals

KNOWN = {
    name: value
    for table, row in (("models", "llama-3.1-70b"), ("hardware", "h200-sxm"))
    for name, value in configs.load(table).find(row).values.items()
    if not name.startswith("published_") and not math.isnan(value)
} | {
    "weight_bits": 1.0,
    "cache_bits": 1.0,
    "precision_bits": 8.0,
    "serving_input_tokens": 1000.0,
    "serving_output_tokens": 500.0,
}


@pytest.fixture(scope="module")
def front() -> tuple[FrontPoint, ...]:
    return serving_front(KNOWN)


def test_no_point_beats_another(front: tuple[FrontPoint, ...]) -> None:
    assert len(front) > 20
    speeds, tokens = [point.interactivity for point in front], [point.throughput_per_chip for point in front]
    assert speeds == sorted(speeds, reverse=True)
    assert tokens == sorted(tokens)


def test_its_points_are_the_best_at_their_speed(front: tuple[FrontPoint, ...]) -> None:
    for point in (front[0], front[len(front) // 2], front[-1]):
        best = best_serving(KNOWN, goals=ServingGoals(interactivity=point.interactivity))
        assert 1 <= best.values["throughput_per_chip"] / point.throughput_per_chip < 1.03  # among whole batches between
    assert best_serving(KNOWN).values["throughput_per_chip"] == pytest.approx(front[-1].throughput_per_chip, rel=1e-3)


def test_the_goals_hold_at_every_point() -> None:
    goals = ServingGoals(interactivity=20.0, time_to_first_token=0.5, confidence=0.8)
    points = serving_front(KNOWN, {"disaggregated": 1.0}, goals)
    assert min(point.interactivity for point in points) >= 20
    assert max(point.time_to_first_token for point in points) <= 0.5
    assert {point.inputs["disaggregated"] for point in points} == {1}
    with pytest.raises(NoServingError):
        serving_front(KNOWN, goals=ServingGoals(interactivity=1e6))
