"""The running command as text that a shell reads back as the same words."""

import shlex

import click
import pytest
from click.testing import CliRunner

from flopwatt.bench.commands.command_text import command_text


@click.command(name="try")
@click.argument("study", nargs=-1)
@click.option("-o", "--output")
@click.option("--set", "sets", multiple=True)
@click.option("--full", is_flag=True)
@click.option("--engine", default="auto")
@click.pass_context
def attempt(context: click.Context, **values: object) -> None:
    click.echo(command_text())
    click.echo(command_text("run", leave_out=("output",), add=("--out", "FILE.csv")))


@pytest.mark.parametrize(
    ("words", "again"),
    [
        (["quick"], ["quick"]),
        (["--full", "quick"], ["quick", "--full"]),
        (["--set", "site_power=600 MW", "quick", "--set", "a='b'"], ["quick", "--set", "site_power=600 MW", "--set", "a='b'"]),
        (["a b.toml", "--engine", "numpy"], ["a b.toml", "--engine", "numpy"]),
    ],
)
def test_what_was_given_is_written(words: list[str], again: list[str]) -> None:
    first, second = CliRunner().invoke(attempt, words).stdout.splitlines()
    assert shlex.split(first) == ["flopwatt", "try", *again]
    assert shlex.split(second) == ["flopwatt", "run", *again, "--out", "FILE.csv"]


def test_what_is_left_out_is_not_written() -> None:
    first, second = CliRunner().invoke(attempt, ["quick", "--output", "x.html"]).stdout.splitlines()
    assert first == "flopwatt try quick -o x.html"
    assert second == "flopwatt run quick --out FILE.csv"
