"""A service in each draw: as many users at once as get what they must."""

import numpy as np
import pytest

from flopwatt.bench.estimate.estimation import Drawing
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.estimate.scenario import evaluate
from flopwatt.bench.serving.service_estimate import serve_request
from flopwatt.bench.serving.service_result import ServiceResult
from flopwatt.bench.serving.serving_request import ServingRequest

DRAWS = 256


def served(limits: dict[str, str] | None = None, **own: str) -> ServiceResult:
    stated = {} if "queries_per_day" in own else {"chip_count": "8"}
    run = Request(model="llama-3.1-8b", chip="h100", stated={**stated, **own})
    return serve_request(ServingRequest(run, limits or {}), Drawing(DRAWS))


def test_in_every_draw_users_get_the_speed_that_was_asked_for() -> None:
    result = served({"interactivity": "60"})
    problem = result.scenario.problem(DRAWS)
    reached = evaluate(problem, ["interactivity", "time_to_first_token", "serving_memory_margin", "concurrent_sequences"])
    assert reached["interactivity"].min() >= 60 * (1 - 1e-5)
    assert reached["time_to_first_token"].max() <= 2 * (1 + 1e-5)
    assert reached["serving_memory_margin"].min() >= -1
    batch = reached["concurrent_sequences"]
    assert np.ptp(np.broadcast_to(batch, (DRAWS,))) > 0  # slower steps take fewer users


def test_a_batch_that_is_stated_is_held() -> None:
    result = served(concurrent_sequences="64")
    assert result.scenario.solved == ()
    assert result.strategy.parts["concurrent_sequences"] == 64
    speed = result.quantiles["interactivity"]
    assert speed.p10 < speed.p50 < speed.p90  # it is the speed that differs


def test_chips_and_queries_are_each_others_inverse() -> None:
    queries = served(concurrent_sequences="64", replica_chips="1", disaggregated="0").quantiles["served_queries_per_day"].p50
    chips = served(queries_per_day=str(queries), concurrent_sequences="64", replica_chips="1", disaggregated="0").quantiles[
        "serving_chips"
    ]
    assert chips.p50 == pytest.approx(8, rel=1e-3)


def test_what_is_solved_for_depends_on_what_is_drawn() -> None:
    scenario = served({"interactivity": "60"}).scenario
    assert scenario.solved == ("concurrent_sequences",)
    assert "serving_step_deviation" in scenario.drawn_behind("throughput_per_chip")
    assert "pue" not in scenario.drawn_behind("throughput_per_chip")
    assert "pue" in scenario.drawn_behind("energy_per_query")


def test_at_other_values_it_is_solved_anew() -> None:
    scenario = served({"interactivity": "60"}).scenario
    columns = {name: drawn.at(np.full(2, 0.5)) for name, drawn in scenario.drawn.items()}
    problem = scenario.problem_at({**columns, "memory_bandwidth": np.array([3.35e12, 6.7e12])})
    slow, fast = evaluate(problem, ["concurrent_sequences"])["concurrent_sequences"]
    assert fast > slow
