"""``flopwatt estimate --benchmark``: minutes for a person and as JSON, and what goes with it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flopwatt.bench.cli import cli

SYSTEM = ("--chip", "h100", "--chips", "64")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["estimate", *arguments])


def test_minutes_are_printed() -> None:
    result = run("--benchmark", "llama31_8b", *SYSTEM, "--batch", "64", "--precision", "fp8")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("MLPerf Llama 3.1 8B on 64 H100-SXM-80GB, FP8: ")
    assert "is not stated" not in result.output


def test_what_takes_less_than_a_minute_is_in_seconds() -> None:
    result = run("--benchmark", "llama2_70b_lora", "--chip", "gb300", "--chips", "512", "--batch", "16")
    assert result.exit_code == 0, result.output
    first, second = result.output.replace("\n", " ").split(" until the target is met. ")
    assert first.endswith(" s")
    assert " ms, each of 16 sequences" in second


def test_a_model_that_does_not_say_its_tokens_is_a_benchmark_too() -> None:
    result = run("--benchmark", "gpt_oss_20b", "--chip", "b200", "--chips", "64", "--set", "batch_size=64")
    assert result.exit_code == 0, result.output
    assert "each of 64 sequences" in result.output
    assert "--batch is not stated" not in result.output


def test_json_is_one_document() -> None:
    document = json.loads(run("--benchmark", "llama2_70b_lora", *SYSTEM, "--json").stdout)
    assert document["benchmark"] == "llama2_70b_lora"
    assert document["time_to_train_min"]["p10"] < document["time_to_train_min"]["median"]


def test_a_chip_without_a_published_tdp_is_assumed_one() -> None:
    result = run("--benchmark", "gpt3", "--chip", "tpu-v5p", "--chips", "512")
    assert result.exit_code == 0, result.output
    assert "INT8" in result.output
    assert "The TDP of TPU v5p is not published" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--benchmark", "zzz", *SYSTEM), "Error: --benchmark: there is no benchmark 'zzz'; known are gpt3, "),
        (("--benchmark", "gpt3", "--chip", "h100"), "Error: --chips: say how many chips train the benchmark"),
        (("--benchmark", "gpt3", *SYSTEM, "--days", "3"), "Error: --days: does not change the time to train"),
        (("--benchmark", "gpt3", *SYSTEM, "--model", "gpt-3-175b"), "Error: --model: a benchmark brings its own model"),
        (("--benchmark", "gpt3", *SYSTEM, "--programme"), "Error: --programme: does not go with --benchmark; leave it out"),
        (("--benchmark", "gpt3", *SYSTEM, "--full"), "Error: --full: does not go with --benchmark; leave it out"),
        (("--benchmark", "gpt3", *SYSTEM, "--seq-len", "4096"), "Error: --seq-len: the benchmark's rules say it; leave it out"),
        (("--benchmark", "gpt3", *SYSTEM, "--set", "layers=9"), "Error: --set: the benchmark brings its own layers; leave it"),
        (("--benchmark", "gpt3", *SYSTEM, "--set", "pue=1.2"), "Error: --set: pue does not change the time to train of a"),
        (("--benchmark", "gpt3", "--chip", "h100,b200", "--chips", "64"), "Error: --chip: "),
        (("--benchmark", "gpt3", *SYSTEM, "--explain"), "Error: --explain: does not go with --benchmark; leave it out"),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


def test_a_file_is_refused(tmp_path: Path) -> None:
    result = run("--benchmark", "gpt3", *SYSTEM, "--out", str(tmp_path / "x.json"))
    assert result.stderr == "Error: --out: does not go with --benchmark; leave it out\n"
