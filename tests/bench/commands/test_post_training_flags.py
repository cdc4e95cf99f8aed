"""The flags of post-training, as they are typed."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import cli

ON = ("--model", "llama-3.1-8b", "--chip", "h100", "--chips", "8")


def estimated(*args: str) -> Any:
    """Run the command and return its result."""
    return CliRunner().invoke(cli, ["estimate", *args])


def test_adapters_and_what_they_train() -> None:
    result = estimated(*ON, "--lora", "16", "--tokens", "1e8")
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "Adapters of rank 16 beside attention's projections: 13.6 million weights are trained" in said
    assert "Fine-tuning Llama 3.1 8B on 8 H100 takes" in said
    assert "memory of the states trained" in said


def test_reinforcement_learning_and_its_parts() -> None:
    result = estimated(*ON, "--rl", "--rl-steps", "10", "--response-tokens", "500", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    assert {"rollout_time", "rollout_wait", "scoring_time", "update_time"} <= document["quantities"].keys()


def test_chips_side_by_side_are_tuned_not_trained() -> None:
    result = estimated("--model", "llama-3.1-8b", "--chip", "h100,b200", "--chips", "8", "--sft", "--tokens", "1e9")
    assert result.exit_code == 0, result.output
    assert "Fine-tuning Llama 3.1 8B, by the medians" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--sft",), "Error: --tokens: say how many tokens are trained on: this, or --examples and --example-tokens"),
        (("--rl", "--examples", "5"), "Error: --examples: goes with fine-tuning, and not with --rl"),
        (("--rl-steps", "5"), "Error: --rl-steps: goes with --rl"),
        (("--rl-apart", "--tokens", "1e8"), "Error: --rl-apart: goes with --rl"),
        (("--rl", "--rollout-share", "30%"), "Error: --rollout-share: goes with --rl-apart"),
        (("--lora", "x", "--tokens", "1e8"), "Error: --lora: 'x' is not a number"),
        (("--lora", "4", "--lora-targets", "mlp"), "'mlp' is not one of"),
    ],
)
def test_bad_input_is_one_line_that_names_the_flag(args: tuple[str, ...], says: str) -> None:
    result = estimated(*ON, *args)
    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output


def test_a_benchmark_goes_without_them() -> None:
    result = estimated("--benchmark", "llama31_405b", "--chip", "gb200", "--chips", "512", "--rl")
    assert result.exit_code == 2
    assert "Error: --rl: does not go with --benchmark" in result.output
