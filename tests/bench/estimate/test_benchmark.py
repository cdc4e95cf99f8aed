"""The time to train of a benchmark: minutes from chips, what is not stated, and what is refused."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.benchmark import MODELS, BenchmarkEstimate, estimate_time_to_train, print_benchmark
from flopwatt.bench.estimate.convergence import greatest_batch, names
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
    assert document["framework"] == "nemo"
    assert document["strategy"]["stated"] == []


def test_the_answer_is_short(small: BenchmarkEstimate) -> None:
    text = io.StringIO()
    print_benchmark(Console(file=text, width=200), small)
    lines = text.getvalue().splitlines()
    assert lines[0].startswith("MLPerf Llama 3.1 8B on 64 H100-SXM-80GB, FP8: ")
    assert lines[0].endswith("min until the target is met.")
    assert len(lines) < 9
    assert any("batch_size is not stated: " in line for line in lines)


def test_integers_have_a_peak_where_8_bit_floats_have_none() -> None:
    result = estimate_time_to_train("llama31_8b", replace(SYSTEM, chip="tpu-v5e"))
    assert result.precision == "int8"
    peak = result.step.scenario.fixed["peak_fp8"].value
    assert result.chip.values["peak_bf16"] < peak < result.chip.values["peak_int8"]


def test_batches_are_doubled_up_to_the_references_greatest() -> None:
    result = estimate_time_to_train("gpt_oss_20b", replace(SYSTEM, chip="b200"))
    assert result.batch == 64 == round(greatest_batch(result.rules))


def test_chips_that_stay_idle_are_said() -> None:
    text = io.StringIO()
    system = replace(SYSTEM, stated={"chip_count": "4095", "batch_size": "2046"})
    print_benchmark(Console(file=text, width=400), estimate_time_to_train("llama31_405b", system))
    assert " of the 4,095 chips; NeMo of" in text.getvalue()


def test_what_is_set_by_name_counts_as_stated() -> None:
    sets = ("batch_size=64", "tensor_parallel=2")
    result = estimate_time_to_train("llama31_8b", replace(SYSTEM, sets=sets))
    assert result.batch == 64
    assert result.assumed.keys() == {"precision"}
    assert result.to_dict()["strategy"]["stated"] == ["tensor_parallel", "batch_size"]


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
        ("gpt3", {"sets": ("submission_share=1",)}, "the benchmark brings its own submission_share"),
        ("llama2_70b_lora", {"sets": ("trained_weights=1",)}, "the benchmark brings its own trained_weights"),
        ("gpt3", {"sets": ("load=0.5",)}, "load does not change the time to train"),
    ],
)
def test_what_cannot_be_answered_is_refused(name: str, change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        estimate_time_to_train(name, replace(SYSTEM, **change))  # type: ignore[arg-type]
