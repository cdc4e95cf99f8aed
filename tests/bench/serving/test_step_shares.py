"""What takes the time of a decoding step."""

import pytest

from flopwatt.bench.estimate.estimation import Drawing
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.estimate.scenario import evaluate
from flopwatt.bench.serving.service_estimate import serve_request
from flopwatt.bench.serving.service_scenario import ServiceScenario
from flopwatt.bench.serving.serving_request import ServingRequest
from flopwatt.bench.serving.step_shares import step_shares


def scenario(model: str, chips: str, **own: str) -> ServiceScenario:
    request = ServingRequest(Request(model=model, chip="h100", stated={"chip_count": chips, "replica_chips": chips, **own}))
    return serve_request(request, Drawing(16)).scenario


def test_shares_are_of_the_whole_step() -> None:
    for batch in ("1", "64", "512"):
        assert sum(step_shares(scenario("llama-3.1-8b", "1", concurrent_sequences=batch).medians()).values()) == pytest.approx(
            1
        )


def test_a_single_sequence_reads_weights_and_many_read_caches_too() -> None:
    one, many = (
        step_shares(scenario("llama-3.1-8b", "1", concurrent_sequences=batch, serving_input_tokens="4000").medians())
        for batch in ("1", "200")
    )
    assert one["reading weights"] > 10 * one["reading the cache"]
    assert many["reading the cache"] > many["reading weights"]
    assert many["products"] > one["products"]
    assert one["links between chips"] == many["links between chips"] == 0


def test_chips_that_work_together_exchange() -> None:
    assert step_shares(scenario("llama-3.1-70b", "8", concurrent_sequences="64").medians())["links between chips"] > 0.01


def test_what_overheads_take_is_the_model_s_own() -> None:
    problem = scenario("llama-3.1-8b", "1", concurrent_sequences="8").medians()
    names = ("decode_overhead", "decode_dense_time", "decode_expert_time", "decode_attention_time", "decode_exchange_time")
    times = {name: float(value.reshape(-1)[0]) for name, value in evaluate(problem, names).items()}
    shares = step_shares(problem)
    assert shares["overheads of software"] == pytest.approx(times["decode_overhead"] / sum(times.values()))
