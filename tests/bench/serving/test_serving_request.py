"""What a user states of a service, read or refused in one line."""

from dataclasses import replace
from typing import Any

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.serving import usual_service
from flopwatt.bench.serving.serving_request import ServingRequest, precision_held, read_service

BITS = ("precision_bits", "weight_bits", "cache_bits")
LLAMA = {"model": "llama-3.1-8b", "chip": "h100"}


def request(
    limits: dict[str, str] | None = None, cache: str | None = None, apart: bool | None = None, **own: Any
) -> ServingRequest:
    run = {name: own.pop(name) for name in ("model", "chip", "precision", "country", "sets") if name in own}
    return ServingRequest(Request(**{**LLAMA, **run}, stated={"chip_count": "8", **own}), limits or {}, cache, apart)


def test_what_is_not_stated_is_assumed_and_said_to_be() -> None:
    service = read_service(request())
    assert {name: service.fixed[name].value for name in ("serving_input_tokens", "serving_output_tokens")} == {
        "serving_input_tokens": 1000,
        "serving_output_tokens": 500,
    }
    assert service.limits["interactivity"].value == 50
    assert service.limits["time_to_first_token"].value == 2
    assumed = (*service.limits.values(), service.fixed["precision_bits"], service.fixed["cache_bits"])
    assert all(held.source.is_default for held in assumed)
    assert [precision_held(name, service.fixed) for name in BITS] == ["FP8", "FP8", "FP8"]


def test_a_chip_without_fp8_serves_in_bf16() -> None:
    service = read_service(request(chip="a100-sxm-80gb"))
    assert [precision_held(name, service.fixed) for name in BITS] == ["BF16", "BF16", "BF16"]


def test_what_is_stated_is_no_assumption() -> None:
    service = read_service(request({"interactivity": "20"}, "bf16", False, precision="fp8", serving_input_tokens="4k"))
    assert service.limits["interactivity"].value == 20
    assert not service.limits["interactivity"].source.is_default
    assert precision_held("cache_bits", service.fixed) == "BF16"
    assert service.fixed["serving_input_tokens"].value == 4000
    assert service.fixed["disaggregated"].value == 0
    assert not service.fixed["precision_bits"].source.is_default


def test_with_a_batch_that_is_stated_no_limit_is_assumed() -> None:
    assert read_service(request(concurrent_sequences="64")).limits == {}
    assert set(read_service(request({"interactivity": "20"}, concurrent_sequences="64")).limits) == {"interactivity"}


@pytest.mark.parametrize(
    ("own", "parameter", "says"),
    [
        ({"queries_per_day": "1e6"}, "queries_per_day", "not both: one follows from the other"),
        ({"serving_output_tokens": "0"}, "serving_output_tokens", "must be"),
        ({"serving_input_tokens": "-5"}, "serving_input_tokens", "must be"),
        ({"concurrent_sequences": "2.5"}, "concurrent_sequences", "must be a whole number of at least 1, not 2.5"),
        ({"replica_chips": "16"}, "replica_chips", "a replica of 16 chips does not fit on 8"),
        ({"cache_hit_share": "120%"}, "cache_hit_share", "must be"),
        ({"cache_hit_share": "90"}, "cache_hit_share", "did you mean 90%?"),
        ({"sets": ("interactivity=3",)}, "sets", "state the limit with the argument interactivity"),
        ({"sets": ("time_to_first_token=1 s",)}, "sets", "state the limit with the argument time_to_first_token"),
        ({"draft_acceptance": "0.7"}, "draft_acceptance", "say how many with"),
        ({"prefill_replica_chips": "2", "apart": False}, "prefill_replica_chips", "read on chips of their own"),
        ({"precision": "int3"}, "precision", "must be one of bf16, fp16, fp8, fp4, not 'int3'"),
        ({"cache": "int3"}, "cache_precision", "must be one of bf16, fp16, fp8, fp4, not 'int3'"),
        ({"limits": {"interactivity": "0"}}, "interactivity", "must be"),
        ({"limits": {"time_to_first_token": "-1"}}, "time_to_first_token", "must be"),
        ({"chip_count": "0"}, "chip_count", "must be"),
        ({"chip_count": "7.5"}, "chip_count", "must be a whole number"),
    ],
)
def test_what_no_service_is_is_refused(own: dict[str, Any], parameter: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_service(request(**own))
    where = caught.value.where
    assert getattr(where[0] if isinstance(where, tuple) else where, "name", "") == parameter
    assert says in str(caught.value)


def test_more_queries_than_any_service_has_are_refused_and_few_are_not() -> None:
    for queries in ("0.001", "1", "1e11"):
        assert read_service(ServingRequest(Request(**LLAMA, stated={"queries_per_day": queries}))).wants_chips
    with pytest.raises(InputError, match="queries_per_day is 1e30"):
        read_service(ServingRequest(Request(**LLAMA, stated={"queries_per_day": "1e30"})))


def test_a_chip_of_which_fp4_alone_is_known_serves_in_it() -> None:
    service = read_service(request(chip="rubin-cpx"))
    assert precision_held("precision_bits", service.fixed) == "FP4"
    assert service.fixed["precision_bits"].source.is_default


def test_neither_chips_nor_queries_are_refused() -> None:
    with pytest.raises(InputError, match="give the number of chips, or the argument queries_per_day"):
        read_service(ServingRequest(Request(**LLAMA)))


def test_a_quantity_set_by_name_counts_as_stated() -> None:
    service = read_service(ServingRequest(Request(**LLAMA, sets=("chip_count=8", "weight_bits=4.5 bit", "cache_bits=16 bit"))))
    assert not service.wants_chips
    assert [precision_held(name, service.fixed) for name in BITS] == ["FP8", "FP4", "BF16"]
    with pytest.raises(InputError, match="not both"):
        read_service(ServingRequest(Request(**LLAMA, stated={"chip_count": "8"}, sets=("queries_per_day=5",))))


def test_weights_in_fp4_bear_their_scales() -> None:
    service = read_service(request(chip="b200", precision="fp4"))
    assert [precision_held(name, service.fixed) for name in BITS] == ["FP4", "FP4", "FP8"]
    assert service.fixed["weight_bits"].value > 4 / 8  # byte


@pytest.mark.parametrize("text", ["40%", "100%", "likely", "2"])
def test_a_confidence_is_a_share_of_half_or_more(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_service(replace(request(), confidence=text))
    assert str(caught.value).startswith("confidence: ")
    assert read_service(replace(request(), confidence="80%")).confidence == 0.8


def test_software_that_serves_brings_its_own_overhead() -> None:
    named, usual = (read_service(replace(request(), software=name)) for name in ("vllm", None))
    assert (named.software, usual.software) == ("vLLM", "")
    assert named.fixed["serving_sequence_overhead"].value > 0
    assert "serving_sequence_overhead" not in usual.fixed
    with pytest.raises(InputError, match="software: there is no 'paper' in the table serving_software"):
        read_service(replace(request(), software="paper"))


def test_chips_that_read_prompts_alone_are_apart() -> None:
    assert read_service(request(prefill_replica_chips="2")).fixed["disaggregated"].value == 1
    with pytest.raises(InputError, match="6 chips that read prompts and 4 that answer do not fit on 8"):
        read_service(request(prefill_replica_chips="6", replica_chips="4"))


def test_learned_positions_bound_prompt_and_answer() -> None:
    assert read_service(request(model="gpt-3-175b", serving_input_tokens="1548")).fixed["learned_positions"].value == 2048
    with pytest.raises(InputError, match="prompt and answer have 2,049 tokens, and GPT-3 175B has positions for 2,048"):
        read_service(request(model="gpt-3-175b", serving_input_tokens="1549"))


def test_a_chip_of_a_generation_that_nobody_measured_is_wider() -> None:
    spread = read_service(request(chip="gaudi3")).fixed["serving_step_spread"]
    assert spread.value > 0.25
    assert "nobody measured serving on Gaudi" in str(spread.source.detail)
    assert "serving_step_spread" not in read_service(request(chip="h200")).fixed


def test_gpt_oss_is_served_as_it_is_published_unless_a_precision_is_stated() -> None:
    published = read_service(request(model="gpt-oss-120b"))
    assert [precision_held(name, published.fixed) for name in BITS] == ["BF16", "FP4", "BF16"]
    assert published.fixed["dense_weight_bits"].value == 2.0
    assert published.fixed["weight_bits"].source.is_default
    assert precision_held("precision_bits", read_service(request(model="gpt-oss-120b", chip="b200")).fixed) == "FP8"
    assert usual_service.is_mixed({"model_type": "gpt_oss"})
    stated = read_service(request(model="gpt-oss-120b", precision="fp8"))
    assert [precision_held(name, stated.fixed) for name in BITS] == ["FP8", "FP8", "FP8"]
    assert "dense_weight_bits" not in stated.fixed
