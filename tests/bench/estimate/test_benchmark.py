"""The time to train of a benchmark: minutes from chips, what is not stated, and what is refused."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.benchmark import MODELS, BenchmarkEstimate, estimate_time_to_train, print_benchmark
from flopwatt.bench.estimate.convergence import names
from flopwatt.bench.estimate.request import Request

SYSTEM = Request(chip="h100", stated={"chip_count": "64"})


@pytest.fixture(scope="module")
def small() -> BenchmarkEstimate:
    return estimate_time_to_train("llama31_8b", SYSTEM)


def test_models_are_of_the_table_and_benchmarks_too() -> None:
    assert set(MODELS) == set(names())
    assert set(MODELS.values()) <= set(configs.load("models").rows)


def test_minutes_follow_from_steps_and_their_time(small: BenchmarkEstimate) -> None:
    document = small.to_dict()
    steps = document["convergence_steps"] * document["step_time_s"]["median"] * (1 + document["evaluation_share"])
    assert document["time_to_train_min"]["median"] * 60 == pytest.approx(steps + 8 * document["evaluations"])
    low, middle, high = (document["time_to_train_min"][key] for key in ("p10", "median", "p90"))
    assert low < middle < high
    assert document["batch_size"] == document["strategy"]["batch_size"]
    assert document["batch_size"] in (16, 32, 64)
    assert set(document["assumed"]) == {"precision", "batch_size", "strategy"}
    assert document["precision"] == "fp8"


def test_the_answer_is_short(small: BenchmarkEstimate) -> None:
    text = io.StringIO()
    print_benchmark(Console(file=text, width=200), small)
    lines = text.getvalue().splitlines()
    assert lines[0].startswith("MLPerf Llama 3.1 8B on 64 H100-SXM-80GB, FP8: ")
    assert lines[0].endswith("min until the target is met.")
    assert len(lines) < 9
    assert any("batch_size is not stated: " in line for line in lines)


def test_what_is_stated_is_kept(small: BenchmarkEstimate) -> None:
    stated = {**SYSTEM.stated, "batch_size": "128", "tensor_parallel": "2"}
    kept = estimate_time_to_train("llama31_8b", replace(SYSTEM, stated=stated, precision="bf16"))
    assert (kept.batch, kept.precision, kept.assumed) == (128, "bf16", {})
    assert kept.step.strategy.inputs["tensor_parallel"] == 2
    assert kept.time.steps < small.time.steps


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("nothing", {}, "there is no benchmark 'nothing'; known are gpt3, "),
        ("gpt3", {"model": "llama-3.1-8b"}, "a benchmark brings its own model"),
        ("gpt3", {"stated": {}}, "say how many chips"),
        ("gpt3", {"chip": None}, "name the chip"),
        ("gpt3", {"country": "france"}, "does not change the time to train"),
        ("gpt3", {"stated": {"chip_count": "512", "tokens": "1e12"}}, "does not change the time to train"),
        ("gpt3", {"stated": {"chip_count": "512", "tensor_parallel": "5"}}, "none divides"),
    ],
)
def test_what_cannot_be_answered_is_refused(name: str, change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        estimate_time_to_train(name, replace(SYSTEM, **change))  # type: ignore[arg-type]
