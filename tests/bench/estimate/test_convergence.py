"""Where the target is met: reference points, between and outside them, and at the evaluations of the rules."""

import math
import re

import pytest

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate import convergence
from flopwatt.bench.estimate.convergence import benchmark, names, train_time


@pytest.mark.parametrize("row", configs.load("convergence").rows.values(), ids=lambda row: row.key)
def test_a_reference_point_is_what_its_runs_give(row: configs.FactRow) -> None:
    runs = sorted(map(int, re.findall(r"\d+", row.notes.partition("Runs: ")[2].partition(".")[0])))
    kept = runs[1:-1]
    logs = [math.log(run) for run in runs]
    mean = sum(logs) / len(logs)
    assert row.values["reference_runs"] == len(runs)
    assert row.values["reference_samples"] == pytest.approx(sum(kept) / len(kept), abs=0.6)
    spread = math.sqrt(sum((log - mean) ** 2 for log in logs) / (len(logs) - 1))
    assert row.values["reference_spread"] == pytest.approx(spread, abs=1e-4)
    assert {run % row.values["reference_interval"] for run in runs} == {0}


def test_every_benchmark_has_points_and_rules() -> None:
    for name in names():
        rules = benchmark(name)
        assert train_time(rules, convergence.least_batch(rules), 1.0).seconds > 0


@pytest.mark.parametrize("name", [name for name in names() if name not in ("llama31_405b",)])
def test_at_a_reference_batch_sequences_are_the_references(name: str) -> None:
    """But for what submissions train less, and for evaluations that the rules set further apart."""
    rules = benchmark(name)
    for row in configs.load("convergence").rows.values():
        if row.key.startswith(f"{name}-"):
            found = convergence.convergence(rules, row.values["reference_batch"])
            assert found.samples / row.values["reference_samples"] == pytest.approx(rules.values["submission_share"], abs=0.025)


def test_between_points_lie_points_and_below_the_smallest_is_the_smallest() -> None:
    rules = benchmark("llama31_8b")
    samples = [convergence.convergence(rules, batch).samples for batch in (8, 16, 24, 32, 48, 64, 128, 192)]
    assert samples == sorted(samples)
    assert samples[0] == pytest.approx(samples[1], rel=0.002)
    assert "below the reference's smallest batch, 16" in convergence.convergence(rules, 8).note
    assert "above the reference's largest batch, 128" in convergence.convergence(rules, 192).note
    assert not convergence.convergence(rules, 48).note


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Llama 3.1 405B", "llama31_405b"), ("llama3.1-8b", "llama31_8b"), ("Llama2-70B-LoRA", "llama2_70b_lora"),
        ("GPT-3 175B", "gpt3"), ("DeepSeek-V3", "deepseekv3_671b"), ("MLPerf gpt-oss 20B", "gpt_oss_20b"),
    ],
)  # fmt: skip
def test_a_benchmark_as_people_write_it(text: str, key: str) -> None:
    assert benchmark(text).key == key


def test_a_round_has_its_own_rules() -> None:
    assert benchmark("llama31_405b", "v5.0").values["evaluation_interval"] == 46080
    assert benchmark("llama31_405b", "v5.1").values["evaluation_interval"] == 18432
    samples = [convergence.convergence(benchmark("llama31_405b", "v5.0"), batch).samples for batch in (896, 1280)]
    assert samples == pytest.approx([279552, 322560], rel=0.01)  # of its own references, as its scaling.json has them
    assert benchmark("gpt3", "v3.1").key == benchmark("GPT-3-175B").key == "gpt3"


@pytest.mark.parametrize(
    ("name", "mlperf_round", "batch", "step", "minutes"),
    [
        ("gpt3", "v3.0", 2048, 13.3851, 64.264),
        ("llama31_405b", "v5.0", 1152, 14.2222, 60.167),
        ("llama31_405b", "v5.0", 1248, 5.8232, 26.990),
        ("llama31_405b", "v5.1", 960, 3.1906, 18.794),
        ("llama31_8b", "v5.1", 64, 0.7205, 45.445),
    ],
)
def test_times_that_were_published(name: str, mlperf_round: str, batch: float, step: float, minutes: float) -> None:
    time = train_time(benchmark(name, mlperf_round), batch, step)
    assert time.seconds / 60 == pytest.approx(minutes, rel=0.03)
    assert 0.03 < time.spread < 0.08


def test_the_steps_spread_widens_the_times() -> None:
    rules = benchmark("gpt3")
    alone, both = (train_time(rules, 2048, 10.0, spread).spread for spread in (0.0, 0.1))
    assert both == pytest.approx(math.hypot(alone, 0.1))


def test_an_unknown_benchmark_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"there is no benchmark 'lama31_8b'; known are gpt3, .*; did you mean 'llama31_8b'"):
        benchmark("lama31_8b")
