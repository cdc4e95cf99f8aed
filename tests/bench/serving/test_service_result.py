"""A service as an object for Python."""

import pickle

import numpy as np
import pytest

import flopwatt
from flopwatt.bench.serving.service_result import ServiceResult


@pytest.fixture(scope="module")
def service() -> ServiceResult:
    return flopwatt.serve("deepseek-v3", "h200", 64, input=2000, output=400, interactivity=15, ttft="5 s", draws=256)


def test_it_says_what_it_takes_and_how_it_is_served(service: ServiceResult) -> None:
    first, served, bounded, driven = service.sentences
    assert first == service.sentence
    assert first.startswith("On 64 H200, DeepSeek-V3 serves ")
    assert "of 2,000 tokens in and 400 out" in first
    assert served.startswith("Served by ")
    assert bounded.startswith("A step of decoding takes ")
    assert "of the spread of the energy of a query" in driven
    assert repr(service) == f"ServiceResult: {first}"
    assert "<table" in service._repr_html_()


def test_its_numbers_are_those_of_an_estimate(service: ServiceResult) -> None:
    energy = service.quantiles["energy_per_query"]
    assert energy.p10 < energy.p50 < energy.p90
    assert service.quantile("energy_per_query", 0.5) == pytest.approx(energy.p50, rel=0.02)
    assert len(service.draws["energy_per_query"]) == 256
    assert service.quantile("decode_step", 0.5) > 0  # was not asked for
    assert service.to_frame().loc["energy_per_query", "P50"] == energy.p50
    shares = service.drivers["energy_per_query"]
    assert next(iter(shares)) == max(shares, key=lambda name: shares[name])


def test_it_is_pickled_without_its_draws(service: ServiceResult) -> None:
    again = pickle.loads(pickle.dumps(service))
    assert again.sentence == service.sentence
    assert np.array_equal(again.draws["interactivity"], service.draws["interactivity"])


def test_the_document_says_how_it_is_served(service: ServiceResult) -> None:
    document = service.to_dict()
    assert document["strategy"]["replica_chips"] == service.strategy.parts["replica_chips"]
    assert document["strategy"]["replicas"] >= 1
    assert document["inputs"]["input_tokens"] == 2000
    assert document["inputs"]["assumed"] == ["precision_bits"]
    assert {entry["quantity"] for entry in document["held"]} >= {"serving_step_deviation", "tdp", "replica_chips"}
