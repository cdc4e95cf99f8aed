"""A service as a scenario: its strategy is held, and its speed and power are drawn."""

import numpy as np
import pytest

from flopwatt.bench.estimate.estimation import Drawing
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.serving.service_estimate import serve_request
from flopwatt.bench.serving.service_result import ServiceResult
from flopwatt.bench.serving.serving_request import ServingRequest

DRAWS = 256


def served(limits: dict[str, str] | None = None, confidence: str | None = None, **own: str) -> ServiceResult:
    stated = {} if "queries_per_day" in own else {"chip_count": "8"}
    run = Request(model="llama-3.1-8b", chip="h100", stated={**stated, **own})
    return serve_request(ServingRequest(run, limits or {}, confidence=confidence), Drawing(DRAWS))


def test_users_get_the_speed_that_was_asked_for_in_half_of_all_cases_or_in_more() -> None:
    speeds = {}
    for confidence in (None, "90%"):
        speeds[confidence] = served({"interactivity": "100"}, confidence).draws["interactivity"]
    assert np.mean(speeds[None] >= 100) == pytest.approx(0.5, abs=0.04)
    assert np.mean(speeds["90%"] >= 100) >= 0.88


def test_speed_and_throughput_move_together() -> None:
    draws = served({"interactivity": "100"}).draws
    assert np.corrcoef(draws["interactivity"], draws["throughput_per_chip"])[0, 1] > 0.99
    assert np.corrcoef(draws["interactivity"], draws["energy_per_query"])[0, 1] < -0.5


def test_a_batch_that_is_stated_is_held() -> None:
    result = served(concurrent_sequences="64")
    assert result.strategy.parts["concurrent_sequences"] == 64
    assert result.scenario.limits == {}


def test_chips_and_queries_are_each_others_inverse() -> None:
    held = {"concurrent_sequences": "64", "replica_chips": "1", "disaggregated": "0"}
    queries = served(**held).quantiles["served_queries_per_day"].p50
    needed = served(queries_per_day=f"{0.999 * queries}", **held)
    assert needed.quantiles["serving_chips"].p50 == pytest.approx(8, rel=0.01)
    assert needed.scenario.chips is None


def test_what_is_drawn_is_behind_what_it_moves() -> None:
    scenario = served().scenario
    assert "serving_step_deviation" in scenario.drawn_behind("throughput_per_chip")
    assert "pue" not in scenario.drawn_behind("throughput_per_chip")
    assert "pue" in scenario.drawn_behind("energy_per_query")


def test_few_queries_need_a_whole_replica_and_bear_all_of_it() -> None:
    few, fewer = (served(queries_per_day=queries) for queries in ("1000", "100"))
    assert few.scenario.solved == ("whole_replica_share",)
    assert [few.quantiles["serving_chips"].p10, few.quantiles["serving_chips"].p90] == pytest.approx([1, 1])
    ratio = fewer.quantiles["cost_per_query"].p50 / few.quantiles["cost_per_query"].p50
    assert ratio == pytest.approx(10, rel=0.01)
    assert "whole replicas work at less than 1% of what they could" in fewer.strategy.sentences[0]


def test_in_each_draw_replicas_are_whole() -> None:
    result = served(queries_per_day="3e7", replica_chips="2", disaggregated="0")
    chips = result.draws["serving_chips"]
    assert np.allclose(chips, 2 * np.round(chips / 2))
    assert len(np.unique(np.round(chips))) > 3
    assert "serving_step_deviation" in result.scenario.drawn_behind("cost_per_query")
