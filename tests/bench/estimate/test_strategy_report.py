"""The best strategy of a run: ``flopwatt estimate --strategy auto`` and the options that fix a part of it."""

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
from flopwatt.bench.estimate.best_step import BestStep
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.scenario import evaluate
from flopwatt.bench.estimate.strategy_search import best_strategy
from flopwatt.bench.estimate.training_run import TrainingRun
from flopwatt.bench.prior.drawn_inputs import TARGETS
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


def run_with(**options: str) -> TrainingRun:
    stated = {"tokens": "1e12", "chip_count": "64", **{QUANTITY[f"--{name}"]: text for name, text in options.items()}}
    return run_of(Request(model="llama-3.1-8b", chip="h100", stated=stated, strategy="auto"), TARGETS)


def best_of(**options: str) -> BestStep:
    best = run_with(**options).best
    assert best is not None
    return best


def test_what_could_be_reached_is_that_of_the_best_strategy() -> None:
    answer = document(*small, "--strategy", "auto")
    row, chip = configs.load("models").find("llama-3.1-8b").values, configs.load("hardware").find("h100").values
    known = {name: value for name, value in row.items() if not name.startswith("published_")} | chip
    best = best_strategy({**known, "chip_count": 64.0, "batch_size": 256.0, "precision_bits": 16.0})
    reached, strategy, quantities = answer["best_strategy"], answer["strategy"], answer["quantities"]
    assert reached["mfu"] == pytest.approx(best.mfu, rel=1e-12)
    assert reached["quantities"]["mfu"]["median"] == pytest.approx(best.mfu, rel=1e-3)
    assert quantities["step_time"]["median"] == reached["step"]["step_time"]["median"] == pytest.approx(best.seconds, rel=1e-9)
    assert quantities["memory_per_chip"] == {"unit": "byte", "median": pytest.approx(best.memory), "low": None, "high": None}
    assert strategy == reached["strategy"]
    assert {name: strategy[name] for name in ("tried", "divide", "fit")} == {
        "tried": best.tried, "divide": best.divide, "fit": best.fit,
    }  # fmt: skip
    for name, value in best.inputs.items():
        assert name not in strategy or strategy[name] == value
    cuts = [strategy[f"{name}_parallel"] for name in ("tensor", "pipeline", "context", "data")]
    assert math.prod(cuts) == 64
    assert strategy["stated"] == ["batch_size"]


def test_the_interval_is_as_wide_as_step_times_are_off() -> None:
    best = best_of(batch="256")
    answer = document(*small, "--strategy", "auto")
    step, reached = answer["quantities"]["step_time"], answer["best_strategy"]["quantities"]
    factor = math.exp(1.2815515655446004 * best.spread)
    assert step["high"] / step["median"] == pytest.approx(factor, rel=1e-6)
    assert step["median"] / step["low"] == pytest.approx(factor, rel=1e-6)
    assert reached["mfu"]["high"] / reached["mfu"]["median"] == pytest.approx(factor, rel=2e-3)
    assert reached["run_time"]["high"] / reached["run_time"]["low"] > factor**2


def test_the_step_computes_what_the_search_found() -> None:
    """Step time, MFU and memory through the step's own scenario, at its medians, are those of the search."""
    best = best_of(batch="256")
    names = ("step_mfu", "step_time", "memory_per_chip", "divides")
    values = {name: float(np.ravel(value)[0]) for name, value in evaluate(best.scenario.medians(), names).items()}
    assert values["step_mfu"] == pytest.approx(best.strategy.mfu, rel=1e-12)
    assert values["step_time"] == pytest.approx(best.strategy.seconds, rel=1e-12)
    assert values["memory_per_chip"] == pytest.approx(best.strategy.memory, rel=1e-12)
    assert values["divides"] == 1


@pytest.fixture(scope="module")
def free_mfu() -> float:
    """The best strategy's MFU of the small case where no part of the strategy is stated."""
    mfu: float = document(*small, "--strategy", "auto")["best_strategy"]["mfu"]
    return mfu


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
    assert answer["best_strategy"]["mfu"] <= free_mfu * (1 + 1e-9)


def test_selective_recompute_does_attentions_core_again() -> None:
    none, selective = (best_of(recompute=how, tp="2", zero="1", microbatch="1") for how in ("none", "selective"))
    assert none.scenario.fixed["recomputed_attention"].value == 0
    assert selective.scenario.fixed["recomputed_attention"].value == 1
    assert selective.scenario.fixed["recomputed_layers"].value == 0
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
    answer = document(*large, "--strategy", "auto")
    assert answer["best_strategy"]["quantities"]["mfu"]["high"] > 0.41
    quantities = answer["quantities"]
    assert quantities["mfu"]["low"] < 0.41 < quantities["mfu"]["high"]
    assert quantities["chip_hours"]["low"] < 30.84e6 < quantities["chip_hours"]["high"]


def test_defaults_are_stated() -> None:
    fixed = best_of().scenario.fixed
    tokens = fixed["batch_size"].value * fixed["sequence_length"].value
    assert 0.7 <= tokens / 2**24 <= 1.43
    assert "16 million tokens" in fixed["batch_size"].source.text()
    output = " ".join(run(*large, "--tp", "8").output.split())
    assert "by default (--batch would change it)" in output
    assert "with NeMo of 2026 by default (--framework would change it)" in output
    assert "by default" not in run(*large, "--tp", "8", "--batch", "2048", "--framework", "nemo").output


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
    assert read["best_strategy"]["quantities"]["mfu"] == named["best_strategy"]["quantities"]["mfu"]
    short = document("--model", str(path), *small[2:], "--strategy", "auto")
    assert short["strategy"]["sequence_length"] == 4096
    assert "--seq-len" in run("--model", str(path), *small[2:], "--strategy", "auto").output


def test_the_table_and_the_explanation() -> None:
    output = run(*large, "--tp", "8", "--explain", "--full").output
    for text in (
        "Strategy of highest MFU: TP 8, ",
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
    for name in ("mfu", "run_time"):
        for end in ("low", "median", "high"):
            assert binned[name][end] == pytest.approx(exact[name][end], rel=RELATIVE_ERROR)


def test_without_being_asked_for_the_strategy_stands_beside_the_answer_alone() -> None:
    answer = document(*large)
    assert "strategy" not in answer
    assert "step_time" not in answer["quantities"]
    assert answer["best_strategy"]["strategy"]["data_parallel"] > 1
    assert answer["drawn"]["mfu"].startswith("fitted on")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([*small[:6], "--strategy", "auto"], "--chips: give the number of chips"),
        ([*small[:4], "--chip", "tpu-v5p", "--chips", "64", "--batch", "64"], "--strategy: needs facts of TPU v5p "),
        ([*small, "--strategy", "best"], "'best' is not 'auto'"),
        ([*small, "--recompute", "some"], "--recompute: must be none, selective, modules, full, or a share"),
        ([*small, "--recompute", "1.5"], "--recompute: must be none, selective, modules, full, or a share"),
        ([*small, "--zero", "4"], "--zero: zero_stage must be at most 3"),
        ([*small, "--tp", "2.5"], "--tp: tensor_parallel must be a whole number"),
        ([*small, "--dp", "0.5"], "--dp: must be a whole number of at least 1"),
        ([*small, "--strategy", "auto", "--set", "step_mfu=0.4"], "--set: step_mfu is computed anew"),
        ([*large, "--tp", "5"], "none divides (model, chips and batch); with --tp left open one would"),
        ([*small[:-2], "--tp", "8", "--dp", "8", "--batch", "9"], "with --dp or --batch left open one would"),
        ([*large[:-1], "16", "--strategy", "auto"], "--chips: Llama 3.1 405B needs at least 9"),
        ([*large[:-1], "100", "--strategy", "auto"], "gradients and optimizer alone, sharded over all chips, 73.05 GB)"),
        ([*small[:4], "--chip", "tpu-v5p", "--chips", "64", "--tp", "2"], "facts of TPU v5p that are not published: tdp"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_2(args: list[str], says: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("active", "total"), [("7e9", "7e9"), ("37e9", "671e9")])
def test_a_model_of_which_the_size_alone_is_known_is_cut_as_it_is_sketched(active: str, total: str) -> None:
    size = ["--params", total, "--active-params", active]
    answer = document(*size, *small[2:4], "--chip", "h100", "--chips", "512", "--strategy", "auto")
    assert answer["inputs"]["layers_sketched"]
    assert 0.05 < answer["best_strategy"]["mfu"] < 0.7
    text = " ".join(run(*size, *small[2:4], "--chip", "h100", "--chips", "512", "--strategy", "auto").output.split())
    assert "layers sketched" in text
    assert "Strategy of highest MFU, of a model sketched as " in text


def test_a_framework_that_shards_everything_is_held_to_it() -> None:
    own, sharded = (run_with(tp="1"), run_with(tp="1", zero="3"))
    request = Request(
        model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "64"}, framework="PyTorch FSDP"
    )
    fsdp = run_of(request, TARGETS).best
    assert fsdp is not None
    assert own.best is not None
    assert sharded.best is not None
    assert fsdp.strategy.inputs["zero_stage"] == 3
    assert fsdp.mfu <= own.best.mfu
    assert (fsdp.software.framework, fsdp.software.stated, own.best.software.stated) == ("fsdp", True, False)


def test_a_run_of_another_year_has_its_software() -> None:
    request = Request(
        model="llama-3.1-8b", chip="a100", stated={"tokens": "1e12", "chip_count": "64"}, sets=("year=2022",), strategy="auto"
    )
    best = run_of(request, TARGETS).best
    assert best is not None
    assert best.software.date == 2022.5
    assert best.scenario.fixed["fused_attention"].value == 0


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
