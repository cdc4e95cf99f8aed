"""The strategy of a service, or why there is none."""

from dataclasses import replace

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.request import Request
from flopwatt.bench.serving.found_strategy import found_strategy, least_replica
from flopwatt.bench.serving.serving_request import Service, ServingRequest, read_service

SLOW = {"interactivity": "1", "time_to_first_token": "60"}


def service(model: str, chip: str, limits: dict[str, str] | None = None, precision: str | None = None, **own: str) -> Service:
    return read_service(ServingRequest(Request(model=model, chip=chip, precision=precision, stated=own), limits or {}))


def refused(asked: Service) -> str:
    with pytest.raises(InputError) as caught:
        found_strategy(asked)
    return str(caught.value)


def test_a_model_that_does_not_fit_says_how_many_chips_hold_it() -> None:
    asked = service("llama-3.1-405b", "h100", chip_count="4")
    least = least_replica(asked)
    assert 6 <= least <= 8  # 406 GB of weights on 80 GB each
    said = refused(asked)
    assert f"Llama 3.1 405B with weights in FP8 and a sequence needs at least {least:.0f} H100, not 4" in said
    assert said.startswith("chip_count: ")
    found_strategy(service("llama-3.1-405b", "h100", SLOW, chip_count=f"{least:.0f}"))


def test_a_speed_that_is_not_reached_says_the_fastest() -> None:
    said = refused(service("llama-3.1-8b", "h100", {"interactivity": "20000"}, chip_count="8"))
    assert said.startswith(
        "interactivity: Llama 3.1 8B on H100 gives no user 20,000 tokens a second, however it is served; the "
    )
    fastest = float(said.rpartition("the fastest gives ")[2].replace(",", ""))
    assert fastest < 20000
    found_strategy(service("llama-3.1-8b", "h100", {"interactivity": f"{0.99 * fastest:g}"}, chip_count="8"))


def test_a_wait_that_is_not_kept_says_the_shortest() -> None:
    said = refused(service("llama-3.1-405b", "h100", {**SLOW, "time_to_first_token": "1e-6"}, chip_count="16"))
    assert said.startswith("time_to_first_token: Llama 3.1 405B on H100 gives no first token within 1 µs")
    assert "the soonest takes " in said


def test_a_precision_whose_peak_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="the FP4 peak of H100-SXM-80GB is not published; there is bf16, fp16, fp8"):
        service("llama-3.1-8b", "h100", precision="fp4", chip_count="8")


def test_replicas_are_whole_and_chips_that_are_left_over_idle() -> None:
    found = found_strategy(service("llama-3.1-405b", "h100", SLOW, chip_count="20", replica_chips="8"))
    assert found.packed is not None
    used = (
        found.packed.decoding * 8
        + found.packed.prefilling * found.best.inputs["prefill_replica_chips"] * (found.best.inputs["disaggregated"])
    )
    assert used + found.packed.idle == 20
    assert found.tried > 1


def test_parts_that_are_stated_are_kept() -> None:
    asked = service(
        "deepseek-v3", "h200", SLOW, replica_chips="16", attention_data_parallel="1", disaggregated="0", chip_count="64"
    )
    inputs = found_strategy(asked).best.inputs
    assert [inputs[name] for name in ("replica_chips", "attention_data_parallel", "disaggregated")] == [16, 1, 0]


def test_without_a_word_nothing_is_drafted() -> None:
    assert found_strategy(service("deepseek-v3", "h200", SLOW, chip_count="64")).best.inputs["draft_tokens"] == 0


def test_prompts_that_are_read_apart_need_chips_that_hold_the_model_too() -> None:
    said = refused(service("deepseek-v3", "h200", SLOW, chip_count="8", disaggregated="1"))
    assert "DeepSeek-V3 with weights in FP8 and a sequence needs at least 10 H200 where prompts are read apart, not 8" in said


@pytest.mark.parametrize(("chip", "fact"), [("mi455x", "peak_bf16"), ("ascend-910c", "scaleup_bandwidth")])
def test_a_fact_that_every_strategy_needs_is_named(chip: str, fact: str) -> None:
    said = refused(service("llama-3.1-8b", chip, chip_count="8"))
    assert f"{fact} of {service('llama-3.1-8b', chip, chip_count='8').stated.chip.shown} is not published here" in said
    assert said.endswith(f"{fact}=VALUE")


def test_a_speed_that_is_not_reached_is_told_where_larger_replicas_are_not_known() -> None:
    said = refused(service("llama-3.1-8b", "trainium3", {"interactivity": "20000"}, chip_count="144"))
    assert "gives no user 20,000 tokens a second" in said
    assert "nan" not in said


def test_a_speed_that_is_not_reached_in_so_many_cases_is_not_said_never_to_be() -> None:
    asked = replace(service("deepseek-v3", "gb200", {"interactivity": "70"}, chip_count="72"), confidence=0.99)
    assert "gives no user 70 tokens a second in 99% of cases, however it is served" in refused(asked)
    found_strategy(replace(asked, confidence=0.5))


def test_a_sequence_that_nothing_holds_is_told_with_its_length() -> None:
    said = refused(service("llama-3.1-8b", "h100", chip_count="8", serving_input_tokens="1e9"))
    assert "and a sequence of 1 billion tokens" in said


def test_a_speed_out_of_reach_is_no_matter_of_facts_that_some_strategies_need() -> None:
    said = refused(service("llama-3.1-8b", "rubin-nvl8", {"interactivity": "20000"}, chip_count="4"))
    assert "the fastest gives" in said


def test_gpt_oss_120b_fits_on_one_chip_of_80_gb() -> None:
    assert found_strategy(service("gpt-oss-120b", "h100", SLOW, chip_count="1")).best.inputs["replica_chips"] == 1
