"""Services from Python, by keyword."""

from typing import Any

import pytest

import flopwatt

QUICK: dict[str, Any] = {"model": "llama-3.1-8b", "chip": "h100", "chips": 8, "draws": 64}


def test_keywords_are_the_options_of_the_command() -> None:
    service = flopwatt.serve(**QUICK, cache_hits=0.5, disaggregated=False, batch=32, cache_precision="bf16", tdp="650 W")
    inputs = service.to_dict()["inputs"]
    assert inputs["cache_hit_share"] == 0.5
    assert inputs["cache_precision"] == "BF16"
    assert inputs["stated"] == {"tdp": {"value": 650.0, "unit": "W"}}
    assert service.strategy.parts["concurrent_sequences"] == 32
    assert service.strategy.parts["disaggregated"] == 0
    assert service.service.limits == {}


def test_queries_take_the_place_of_chips() -> None:
    service = flopwatt.serve("llama-3.1-8b", "h100", queries_per_day=1e8, draws=64)
    assert service.quantiles["serving_chips"].p50 > 1
    assert "To serve 100 million queries a day" in service.sentence


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"chips": None}, "chips: give the number of chips, or the argument queries_per_day"),
        ({"queries_per_day": 5}, "queries_per_day: give the argument chips or the argument queries_per_day, not both"),
        ({"output": 0}, "output: serving_output_tokens must be above 0"),
        ({"ttft": "soon"}, "ttft: "),
        ({"cache_hits": 2}, "cache_hits: cache_hit_share must be at most"),
        ({"batches": 2}, "batches: there is no such keyword"),
        ({"disaggregated": "yes"}, "disaggregated: must be True or False, not 'yes'"),
        ({"interactivity": 1e6}, "interactivity: Llama 3.1 8B on H100 gives no user 1e6 tokens a second"),
        ({"chip": "h100,b200"}, "chip: 'h100,b200' names several chips, which flopwatt.serve_chips compares"),
        ({"drafts": 1.5}, "drafts: draft_tokens must be a whole number"),
    ],
)
def test_errors_name_the_keyword(keywords: dict[str, Any], says: str) -> None:
    with pytest.raises(flopwatt.InputError) as caught:
        flopwatt.serve(**{**QUICK, **keywords})
    assert str(caught.value).startswith(says)


def test_several_chips_are_compared() -> None:
    compared = flopwatt.serve_chips("llama-3.1-8b", ["h100", "b200"], 8, draws=64)
    assert list(compared.results) == ["H100", "B200"]
    assert isinstance(compared, flopwatt.ServiceComparison)
    assert repr(compared) == f"ServiceComparison: {compared.sentence}"
    assert set(compared.to_frame().index.get_level_values("chip")) == {"H100", "B200"}
    with pytest.raises(flopwatt.InputError, match="name the chips"):
        flopwatt.serve_chips("llama-3.1-8b", chips=8)
