"""The flags of ``flopwatt estimate`` that ask for post-training in place of pre-training."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])
NAMES = (
    "sft",
    "lora",
    "lora_targets",
    "rl",
    "rl_apart",
    "examples",
    "example_tokens",
    "epochs",
)  # parameters that are of no quantity

_OPTIONS = (
    click.option("--sft", is_flag=True, help="Supervised fine-tuning, of --tokens or of --examples."),
    click.option("--lora", metavar="RANK", help="Train adapters of a rank, the weights frozen."),
    click.option(
        "--lora-targets", type=click.Choice(["attention", "all"]), help="What they stand beside.  [default: attention]"
    ),
    click.option("--examples", metavar="N", help="Examples of fine-tuning, each of --example-tokens."),
    click.option("--example-tokens", metavar="N", help="Tokens of an example, the mean."),
    click.option("--epochs", metavar="N", help="Times that the examples are gone through.  [default: 1]"),
    click.option("--rl", is_flag=True, help="Reinforcement learning: answers are written, scored and trained on."),
    click.option("--rl-apart", is_flag=True, help="Some chips write the next answers while others train on the last."),
    click.option(
        "--rollout-share", metavar="X", help="Share of the chips that write answers, with --rl-apart.  [default: 50%]"
    ),
    click.option("--rl-steps", metavar="N", help="Its steps, each a rollout and updates on it.  [default: 650]"),
    click.option("--rl-prompts", metavar="N", help="Prompts of a rollout.  [default: 512]"),
    click.option("--rl-group", metavar="N", help="Answers to each prompt.  [default: 16]"),
    click.option("--prompt-tokens", "serving_input_tokens", metavar="N", help="Tokens of a prompt.  [default: 200]"),
    click.option("--response-tokens", "serving_output_tokens", metavar="N", help="Tokens of an answer.  [default: 4000]"),
)


def post_training_options(command: _Command) -> _Command:
    """Add the flags to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
