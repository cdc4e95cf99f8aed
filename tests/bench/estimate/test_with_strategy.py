"""``flopwatt estimate --strategy auto`` and the options that fix a part of the strategy."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.commands.estimate import command
from flopwatt.bench.estimate.request import Request, scenario_of
from flopwatt.bench.estimate.scenario import Scenario, evaluate
from flopwatt.bench.estimate.strategy_search import best_strategy
from flopwatt.bench.estimate.with_strategy import STEP_TARGETS
from flopwatt.bench.prior.drawn_inputs import STEP_DEVIATION
from flopwatt.bench.step_time.predict import P90
from flopwatt.kernels.reductions.bins import RELATIVE_ERROR

QUANTITY = {option.opts[0]: str(option.name) for option in command.params}
small = ["--model", "llama-3.1-8b", "--tokens", "1e12", "--chip", "h100", "--chips", "64", "--batch", "256"]
large = ["--model", "llama-3.1-405b", "--tokens", "15.6e12", "--chip", "h100-sxm-80gb", "--chips", "16384"]


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, ["estimate", *args])


def document(*args: str) -> dict[str, Any]:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def scenario(**options: str) -> Scenario:
    stated = {"tokens": "1e12", "chip_count": "64", **{QUANTITY[f"--{name}"]: text for name, text in options.items()}}
    return scenario_of(Request(model="llama-3.1-8b", chip="h100", stated=stated, strategy="auto"), STEP_TARGETS)


def test_the_mfu_is_that_of_the_best_strategy() -> None:
    answer = document(*small, "--strategy", "auto")
    row, chip = configs.load("models").find("llama-3.1-8b").values, configs.load("hardware").find("h100").values
    known = {name: value for name, value in row.items() if not name.startswith("published_")} | chip
    best = best_strategy({**known, "chip_count": 64.0, "batch_size": 256.0, "precision_bits": 16.0})
    quantities, strategy = answer["quantities"], answer["strategy"]
    assert quantities["mfu"]["median"] == pytest.approx(best.mfu, rel=1e-3)
    assert quantities["step_time"]["median"] == pytest.approx(best.seconds, rel=1e-3)
    assert quantities["memory_per_chip"] == {"unit": "byte", "median": pytest.approx(best.memory), "low": None, "high": None}
    assert {name: strategy[name] for name in ("tried", "divide", "fit")} == {
        "tried": best.tried, "divide": best.divide, "fit": best.fit,
    }  # fmt: skip
    for name, value in best.inputs.items():
        assert name not in strategy or strategy[name] == value
    cuts = [strategy[f"{name}_parallel"] for name in ("tensor", "pipeline", "context", "data")]
    assert math.prod(cuts) == 64
    assert strategy["stated"] == ["batch_size"]


def test_the_interval_is_as_wide_as_the_spread_of_the_step() -> None:
    spread = float(evaluate(scenario(batch="256").medians(), ("step_time_spread",))["step_time_spread"][0])
    quantities = document(*small, "--strategy", "auto")["quantities"]
    time, mfu = quantities["step_time"], quantities["mfu"]
    factor = math.exp(P90 * spread)
    assert time["median"] / time["low"] == pytest.approx(factor, rel=2e-3)
    assert time["high"] / time["median"] == pytest.approx(factor, rel=2e-3)
    assert mfu["median"] / mfu["low"] == pytest.approx(factor, rel=2e-3)
    assert mfu["high"] / mfu["median"] == pytest.approx(factor, rel=2e-3)
    run_time = quantities["run_time"]
    assert run_time["high"] / run_time["low"] > factor**2


def test_mixtures_of_experts_are_less_sure() -> None:
    spreads = []
    for model, chip, chips in (("deepseek-v3", "h800-sxm", "2048"), ("llama-3.1-70b", "h100-sxm-80gb", "2048")):
        given = {"chip_count": chips, "tokens": "14.8e12"}
        run_of = scenario_of(Request(model=model, chip=chip, stated=given, strategy="auto"), STEP_TARGETS)
        assert STEP_DEVIATION in run_of.drawn
        spreads.append(float(evaluate(run_of.medians(), ("step_time_spread",))["step_time_spread"][0]))
    assert spreads[0] > spreads[1]


def test_the_scenario_computes_what_the_search_found() -> None:
    """Step time, MFU and memory through the scenario's own model, at an error of 1, are those of the search."""
    searched = scenario(batch="256")
    best = searched.strategy
    assert best is not None
    names = ("mfu", "step_time", "memory_per_chip", "divides")
    values = {name: float(value[0]) for name, value in evaluate(searched.medians(), names).items()}
    assert values["mfu"] == pytest.approx(best.mfu, rel=1e-12)
    assert values["step_time"] == pytest.approx(best.seconds, rel=1e-12)
    assert values["memory_per_chip"] == pytest.approx(best.memory, rel=1e-12)
    assert values["divides"] == 1


def test_time_and_mfu_go_together_in_every_draw() -> None:
    values = evaluate(scenario().problem(64), ["mfu", "step_time", "step_flops", "chip_count", "peak_flops"])
    assert np.ptp(values["mfu"]) > 0
    work = values["mfu"] * values["step_time"] * values["chip_count"] * values["peak_flops"]
    assert work == pytest.approx(values["step_flops"], rel=1e-12)


@pytest.fixture(scope="module")
def free_mfu() -> float:
    """The median MFU of the small case where no part of the strategy is stated."""
    median: float = document(*small, "--strategy", "auto")["quantities"]["mfu"]["median"]
    return median


@pytest.mark.parametrize(
    ("option", "text", "value"),
    [
        ("tp", "2", 2), ("pp", "4", 4), ("vpp", "2", 2), ("dp", "16", 16), ("cp", "2", 2), ("ep", "1", 1),
        ("microbatch", "2", 2), ("zero", "2", 2), ("recompute", "full", 1), ("recompute", "0.3", 0.3),
    ],
)  # fmt: skip
def test_a_fixed_part_stays_and_asks_for_a_strategy(option: str, text: str, value: float, free_mfu: float) -> None:
    answer = document(*small, f"--{option}", text)
    name = QUANTITY[f"--{option}"]
    assert answer["strategy"][name] == value
    assert name in answer["strategy"]["stated"]
    assert answer["quantities"]["mfu"]["median"] <= free_mfu * (1 + 1e-9)


def test_selective_recompute_does_attentions_core_again() -> None:
    none, selective = (scenario(recompute=how, tp="2", zero="1", microbatch="1") for how in ("none", "selective"))
    assert none.fixed["recomputed_attention"].value == 0
    assert selective.fixed["recomputed_attention"].value == 1
    assert selective.fixed["recomputed_layers"].value == 0
    assert selective.strategy is not None
    assert none.strategy is not None
    assert selective.strategy.seconds > none.strategy.seconds


def test_the_whole_strategy_can_be_stated() -> None:
    parts = {"tp": 8, "pp": 16, "dp": 128, "cp": 1, "ep": 1, "vpp": 8, "microbatch": 1, "recompute": 0.4, "zero": 1}
    result = document(*large, *(text for name, value in parts.items() for text in (f"--{name}", f"{value:g}")))
    assert result["strategy"]["tried"] == 1
    assert {name: result["strategy"][QUANTITY[f"--{name}"]] for name in parts} == parts
    assert set(result["strategy"]["stated"]) == {QUANTITY[f"--{name}"] for name in parts} | {"recomputed_attention"}


def test_set_fixes_a_part_too() -> None:
    option, held = document(*small, "--tp", "4"), document(*small, "--strategy", "auto", "--set", "tensor_parallel=4")
    for printed in (option, held):
        for entry in printed["held"]:
            entry["source"] = entry["source"].replace("stated with --tp", "stated with --set")
    assert option == held


def test_llama_3_405b_without_its_published_mfu() -> None:
    """38 to 43% MFU and 30.84 million chip-hours are published (Llama Team 2024, arXiv:2407.21783); neither is used."""
    quantities = document(*large, "--strategy", "auto")["quantities"]
    assert quantities["mfu"]["low"] < 0.41 < quantities["mfu"]["high"]
    assert quantities["chip_hours"]["low"] < 30.84e6 < quantities["chip_hours"]["high"]


def test_defaults_are_stated() -> None:
    defaulted = scenario()
    tokens = defaulted.fixed["batch_size"].value * defaulted.fixed["sequence_length"].value
    assert 0.7 <= tokens / 2**24 <= 1.43
    assert "16 million tokens" in defaulted.fixed["batch_size"].source.text()
    output = " ".join(run(*large, "--tp", "8").output.split())
    assert "by default (--batch would change it)" in output
    assert "by default" not in run(*large, "--tp", "8", "--batch", "2048").output


def test_a_config_file_brings_its_architecture_and_the_length_is_a_default(tmp_path: Path) -> None:
    config = {
        "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
        "num_key_value_heads": 8, "num_hidden_layers": 32, "vocab_size": 128256, "tie_word_embeddings": False,
    }  # fmt: skip
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    named, read = (
        document("--model", model, *small[2:], "--strategy", "auto", "--seq-len", "8192") for model in (small[1], str(path))
    )
    assert read["quantities"]["mfu"] == named["quantities"]["mfu"]
    short = document("--model", str(path), *small[2:], "--strategy", "auto")
    assert short["strategy"]["sequence_length"] == 4096
    assert "--seq-len" in run("--model", str(path), *small[2:], "--strategy", "auto").output


def test_fp4_carries_block_scales() -> None:
    request = Request(
        model="llama-3.1-8b", chip="b200-sxm", precision="fp4", stated={"tokens": "1e12", "chip_count": "64"}, strategy="auto"
    )
    assert scenario_of(request, STEP_TARGETS).fixed["block_scaling"].value == 1


def test_the_table_and_the_explanation() -> None:
    output = run(*large, "--tp", "8", "--explain", "--full").output
    for text in (
        "Strategy of highest MFU: TP 8, PP 16",
        "2,048 sequences of 8,192 tokens",
        "Searched: ",
        "fit into 81.9 GB a chip",
    ):
        assert text in " ".join(output.split())
    for text in (
        " GB",
        " s",
        "stated with --tp",
        "= predicted_step_time * exp(step_time_spread * step_time_deviation)",
        "pipeline_time + exposed_sync_time",
    ):
        assert text in output
    assert max(map(len, output.partition("What moves the result most")[0].splitlines())) <= 120


def test_an_engine_evaluates_the_step_too() -> None:
    exact = document(*small, "--strategy", "auto")["quantities"]
    binned = json.loads(run(*small, "--strategy", "auto", "--engine", "numpy", "--json").stdout)["quantities"]
    for name in ("mfu", "step_time", "run_time"):
        for end in ("low", "median", "high"):
            assert binned[name][end] == pytest.approx(exact[name][end], rel=RELATIVE_ERROR)


def test_without_a_strategy_there_is_none() -> None:
    answer = document(*large)
    assert "strategy" not in answer
    assert "step_time" not in answer["quantities"]
    assert answer["drawn"]["mfu"].startswith("fitted on")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([*small, "--tp", "2", "--mfu", "0.4"], "--mfu: follows from the strategy"),
        ([*small, "--tp", "2", "--set", "mfu=0.4"], "--mfu: follows from the strategy"),
        ([*small[:6], "--days", "9", "--strategy", "auto"], "--days: a strategy needs the number of chips"),
        ([*small[:6], "--strategy", "auto"], "--chips: give the number of chips"),
        (["--params", "7e9", *small[2:], "--strategy", "auto"], "--params: tells no architecture"),
        ([*small], "--batch: goes with --strategy auto"),
        ([*small, "--strategy", "best"], "'best' is not 'auto'"),
        ([*small, "--recompute", "some"], "--recompute: must be none, selective, full, or a share"),
        ([*small, "--recompute", "1.5"], "--recompute: must be none, selective, full, or a share"),
        ([*small, "--zero", "4"], "--zero: zero_stage must be at most 3"),
        ([*small, "--tp", "2.5"], "--tp: tensor_parallel must be a whole number"),
        ([*small, "--dp", "0.5"], "--dp: must be a whole number of at least 1"),
        ([*small, "--strategy", "auto", "--set", "step_mfu=0.4"], "--set: step_mfu is computed anew"),
        ([*large, "--tp", "5"], "none divides (model, chips and batch); with --tp left open one would"),
        ([*small[:-2], "--tp", "8", "--dp", "8", "--batch", "9"], "with --dp or --batch left open one would"),
        ([*large[:-1], "16", "--strategy", "auto"], "--chips: Llama 3.1 405B needs at least 9"),
        ([*large[:-1], "100", "--strategy", "auto"], "gradients and optimizer alone, sharded over all chips, 73.05 GB)"),
        ([*small[:4], "--chip", "h20", "--chips", "64", "--tp", "2"], "facts of H20 that are not published: compute_units;"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_2(args: list[str], says: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


def test_a_fact_that_is_stated_is_not_missing() -> None:
    answer = document(
        *small[:4],
        "--chip",
        "h20",
        "--chips",
        "64",
        "--tp",
        "2",
        "--set",
        "architecture_date=2023.9",
        "--set",
        "compute_units=78",
    )
    assert 0 < answer["quantities"]["mfu"]["median"] < 1
