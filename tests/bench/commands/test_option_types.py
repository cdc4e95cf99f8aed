"""What options refuse before anything is done: empty texts, homes that are not there, numbers that are not finite."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import COMMANDS, cli
from flopwatt.bench.commands import option_types

ESTIMATE = ["estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--chips", "64"]
NEEDED = {"run": ["quick"], "plan": ["quick"], "kernels": ["quick"], "compare": ["a", "b"], "estimate": ESTIMATE[1:]}


def parameters() -> list[tuple[str, click.Parameter]]:
    commands = {name: cli.get_command(click.Context(cli), name) for name in COMMANDS}
    return [(name, parameter) for name, command in commands.items() if command for parameter in command.params]


def refused(arguments: list[str], text: str) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert text in result.stderr


def test_no_option_takes_clicks_own_paths_or_floats() -> None:
    plain = [
        (command, parameter.name)
        for command, parameter in parameters()
        if isinstance(parameter.type, click.Path | click.File | click.types.FloatParamType)
        and not isinstance(parameter.type, option_types.FiniteRange)
    ]
    assert plain == []


PATHS = [
    (command, parameter.opts[0])
    for command, parameter in parameters()
    if isinstance(parameter, click.Option) and isinstance(parameter.type, option_types.FilePath | option_types.Text)
]


@pytest.mark.parametrize(("command", "flag"), PATHS)
def test_an_empty_text_is_one_line(command: str, flag: str) -> None:
    refused([command, *NEEDED.get(command, []), flag, ""], flag)


@pytest.mark.parametrize("command", ["run", "plan", "kernels", "compare", "bench", "validate"])
def test_an_empty_argument_is_one_line(command: str) -> None:
    refused([command, ""] + ["b"] * (command == "compare"), "name a file" if command == "validate" else "it is empty")


@pytest.mark.parametrize("number", ["nan", "NaN", "inf", "-inf", "1e400", "infinity", "", "x"])
def test_a_number_that_is_not_finite_is_one_line(number: str) -> None:
    refused(["bench", "--quick", f"--budget={number}"], "--budget")


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e400", ""])
@pytest.mark.parametrize("flag", ["--mfu", "--pue", "--tokens", "--tp", "--carbon-intensity", "--batch", "--recompute"])
def test_a_quantity_that_is_not_finite_is_one_line(flag: str, number: str) -> None:
    refused([*ESTIMATE, f"{flag}={number}"], flag)


def test_a_home_is_found_as_a_shell_finds_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert option_types.FILE_PATH("~/x.csv") == tmp_path / "x.csv"
    assert option_types.FILE_PATH("./~/x.csv") == Path("~/x.csv")
    assert option_types.FILE_PATH("a~b") == Path("a~b")
    refused(["run", "quick", "--save", "~nosuchuser/x"], "there is no home of '~nosuchuser'; write './~nosuchuser/x'")
