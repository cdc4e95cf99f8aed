"""What an estimate read stands above its table as a sentence, and in its document as plain numbers."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from flopwatt import configs
from flopwatt.bench.estimate.estimate_result import EstimateResult
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.report import print_estimate
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.said_inputs import inputs_entry, inputs_lines
from flopwatt.bench.estimate.scenario import Scenario, StatedValue
from flopwatt.bench.estimate.source import AS_PUBLISHED

TARGETS = ("run_time", "energy")
H100, GB200 = (configs.load("hardware").find(key).name for key in ("h100-sxm-80gb", "gb200-nvl72"))
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a dense model": (
        {"model": "llama-3.1-405b", "chip": "h100", "country": "france", "stated": {"chip_count": "16384"}},
        "Read: Llama 3.1 405B, 405.9 billion parameters (all active), 126 layers, 15.6 trillion tokens in sequences of 8,192; "
        f"16,384 {H100}, BF16; electricity of France.",
    ),
    "a mixture": (
        {"model": "deepseek-v3", "chip": "h100", "precision": "fp8", "stated": {"chip_count": "2048"}},
        "Read: DeepSeek-V3, 671 billion parameters, 37.55 billion active, 61 layers, 14.8 trillion tokens in sequences of "
        f"4,096; 2,048 {H100}, FP8; no country stated.",
    ),
    "with a strategy": (
        {"model": "llama-3.1-8b", "chip": "h100", "strategy": "auto", "stated": {"chip_count": "64", "tokens": "1e12"}},
        "Read: Llama 3.1 8B, 8.03 billion parameters (all active), 32 layers, 1 trillion tokens in sequences of 8,192; "
        f"64 {H100}, BF16; no country stated.",
    ),
    "of a size alone, chips solved for": (
        {
            "parameters": "1e12",
            "active_parameters": "5e10",
            "chip": "gb200",
            "precision": "fp8",
            "stated": {"tokens": "20e12", "run_time": "90"},
        },
        "Read: a model of 1 trillion parameters, 50 billion active, layers sketched, 20 trillion tokens in sequences of 4,096 "
        f"(drawn); as many {GB200} as 90 days take, FP8; no country stated.",
    ),
    "operations stated, a column changed": (
        {
            "model": "llama-3.1-8b",
            "chip": "h100",
            "stated": {"chip_count": "256"},
            "sets": ["training_flops=2e23", "layers=30"],
        },
        f"Read: Llama 3.1 8B with layers as set, 7.594 billion parameters (all active), 30 layers, 2e23 FLOP; 256 {H100}, "
        "BF16; no country stated.",
    ),
    "layers run several times": (
        {"model": "llama-3.1-8b", "chip": "h100", "stated": {"chip_count": "256"}, "sets": ["layer_passes=4"]},
        "Read: Llama 3.1 8B with layer_passes as set, 8.03 billion parameters (all active), 32 layers run 4 times, "
        f"15 trillion tokens in sequences of 8,192; 256 {H100}, BF16; no country stated.",
    ),
    "a count set by hand": (
        {"model": "llama-3.1-8b", "chip": "h100", "stated": {"chip_count": "256"}, "sets": ["parameters=9e9"]},
        "Read: Llama 3.1 8B with parameters as set, 9 billion parameters, 8.03 billion active, 32 layers, 15 trillion tokens "
        f"in sequences of 8,192; 256 {H100}, BF16; no country stated.",
    ),
    "other quantities stated": (
        {
            "model": "llama-3.1-8b",
            "chip": "h100",
            "stated": {"chip_count": "256", "pue": "120%", "electricity_price": "10 cents/kWh"},
            "sets": ["tdp=0.6 kW", "depreciation=straight-line"],
        },
        f"Read: Llama 3.1 8B, 8.03 billion parameters (all active), 32 layers, 15 trillion tokens in sequences of 8,192; "
        f"256 {H100}, BF16; no country stated.\n"
        "Stated: TDP 600 W, PUE 1.2, price of electricity 0.1 USD/kWh, depreciation straight-line.",
    ),
    "a length that nobody published": (
        {"model": "gemma-4-31b", "chip": "h100", "stated": {"chip_count": "256", "tokens": "1e13"}},
        "Read: Gemma 4 31B, 30.7 billion parameters (all active), 60 layers, 10 trillion tokens in sequences of 4,096 "
        f"(drawn); 256 {H100}, BF16; no country stated.",
    ),
    "a length that is drawn": (
        {"model": "gemma-4-31b", "chip": "h100", "strategy": "auto", "stated": {"chip_count": "256", "tokens": "1e13"}},
        "Read: Gemma 4 31B, 30.7 billion parameters (all active), 60 layers, 10 trillion tokens in sequences of 4,096 "
        f"(drawn); 256 {H100}, BF16; no country stated.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_was_read_is_one_sentence(case: str) -> None:
    asked, said = CASES[case]
    assert "\n".join(inputs_lines(run_of(Request(**asked), TARGETS).scenario)) == said


@pytest.mark.parametrize("width", [80, 120])
def test_it_is_folded_at_the_screen_s_width_above_the_table(width: int) -> None:
    asked, said = CASES["a mixture"]
    scenario = run_of(Request(**asked), TARGETS).scenario
    console = Console(file=io.StringIO(), width=width)
    print_estimate(console, EstimateResult(estimate(scenario, TARGETS, 64), scenario))
    assert isinstance(console.file, io.StringIO)
    above, heading, _ = console.file.getvalue().partition("Training ")
    assert heading
    assert " ".join(above.split()) == said
    assert max(map(len, above.splitlines())) <= width


def test_the_document_has_plain_numbers() -> None:
    entry = inputs_entry(run_of(Request(**CASES["a dense model"][0]), TARGETS).scenario)
    row = configs.load("models").find("llama-3.1-405b").values
    assert entry["parameters"] == entry["active_parameters"] == row["published_parameters"]
    numbers = [entry[name] for name in ("layers", "layer_passes", "tokens", "sequence_length", "chip_count")]
    assert numbers == [126, 1, 15.6e12, 8192, 16384]
    assert entry["training_flops"] == pytest.approx(entry["tokens"] * entry["flops_per_token"])
    texts = [entry[name] for name in ("model", "model_key", "chip", "chip_key", "precision", "country")]
    assert texts == ["Llama 3.1 405B", "llama-3.1-405b", H100, "h100-sxm-80gb", "BF16", "France"]
    assert (entry["file"], entry["model_type"], entry["days"]) == (None, None, None)
    assert (entry["changed"], entry["notes"], entry["layers_sketched"]) == ([], [], False)


def test_the_document_says_what_is_solved_for_and_what_is_sketched() -> None:
    entry = inputs_entry(run_of(Request(**CASES["of a size alone, chips solved for"][0]), TARGETS).scenario)
    assert (entry["chip_count"], entry["days"], entry["precision"], entry["country"]) == (None, 90, "FP8", None)
    assert (entry["parameters"], entry["active_parameters"], entry["layers_sketched"]) == (1e12, 5e10, True)
    assert entry["model"] is None
    assert entry["stated"] == {}


def test_the_document_has_what_else_is_stated_as_it_was_read() -> None:
    entry = inputs_entry(run_of(Request(**CASES["other quantities stated"][0]), TARGETS).scenario)
    assert entry["stated"] == {
        "tdp": {"value": 600, "unit": "W"},
        "pue": {"value": 1.2, "unit": ""},
        "electricity_price": {"value": pytest.approx(0.1), "unit": "USD/kWh"},
        "depreciation": {"value": 1, "unit": ""},
    }


def test_operations_of_a_token_are_told_where_those_of_the_run_are_stated() -> None:
    entry = inputs_entry(run_of(Request(**CASES["operations stated, a column changed"][0]), TARGETS).scenario)
    assert (entry["training_flops"], entry["tokens"], entry["changed"]) == (2e23, None, ["layers"])
    assert entry["flops_per_token"] == pytest.approx(6 * 7.6e9, rel=0.1)


def test_its_keys_are_the_same_whatever_is_stated_and_are_documented() -> None:
    entries = [inputs_entry(run_of(Request(**asked), TARGETS).scenario) for asked, _ in CASES.values()]
    entries.append(inputs_entry(Scenario({"tokens": StatedValue(1e12, AS_PUBLISHED)})))  # a run that nobody named
    (keys,) = {tuple(entry) for entry in entries}
    assert all(f"``{key}``" in str(inputs_entry.__doc__) for key in keys)
    for entry in entries:
        json.dumps(entry, allow_nan=False)


def test_a_file_is_said_by_its_name_and_kind(tmp_path: Path) -> None:
    config = {
        "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
        "num_key_value_heads": 8, "num_hidden_layers": 32, "vocab_size": 128256, "tie_word_embeddings": False,
    }  # fmt: skip
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    asked = Request(model=str(path), chip="h100", stated={"chip_count": "256", "tokens": "1e12", "sequence_length": "8192"})
    scenario = run_of(asked, TARGETS).scenario
    assert inputs_lines(scenario)[0].startswith("Read: config.json (llama), 8.03 billion parameters (all active), 32 layers, ")
    entry = inputs_entry(scenario)
    assert (entry["model"], entry["file"], entry["model_type"]) == ("config.json", str(path), "llama")


def test_a_run_that_nobody_named_has_no_sentence() -> None:
    assert inputs_lines(Scenario({})) == []
