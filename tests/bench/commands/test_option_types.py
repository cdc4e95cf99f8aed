"""What options refuse before anything is done: empty texts, homes that are not there, numbers that are not finite."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import COMMANDS, cli
from flopwatt.bench.commands import option_types

ESTIMATE = ["estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--chips", "64"]
NEEDED = {name: ["quick"] for name in ("run", "plan", "kernels", "report")} | {
    "compare": ["a", "b"],
    "estimate": ESTIMATE[1:],
    "serve": ["--model", "llama-3.1-8b", "--chip", "h100", "--chips", "8"],
    "diff": ["quick", "frontier-run"],
}


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


WHOLE = [
    (command, parameter.opts[0])
    for command, parameter in parameters()
    if isinstance(parameter, click.Option) and isinstance(parameter.type, option_types.WholeNumber | option_types.WholeRange)
]


def test_no_option_takes_clicks_own_whole_numbers() -> None:
    plain = [
        (command, parameter.name)
        for command, parameter in parameters()
        if isinstance(parameter.type, click.types.IntParamType) and not isinstance(parameter.type, option_types.WholeRange)
    ]
    assert plain == []
    assert {flag for _, flag in WHOLE} >= {"--draws", "--seed", "--threads", "--device", "--passes"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16384", 16384),
        ("16_384", 16384),
        ("16,384", 16384),
        ("1e4", 10_000),
        ("16k", 16_000),
        ("0" * 5000 + "7", 7),
        ("-3", -3),
        ("9" * 19, int("9" * 19)),
    ],
)
def test_a_whole_number_is_written_as_numbers_are(text: str, value: int) -> None:
    assert option_types.WHOLE.convert(text, None, None) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1.5", "must be a whole number, not 1.5"),
        ("0,5", "'0,5' has a decimal comma; write 0.5"),
        ("1e400", "the number is too large"),
        ("inf", "must be a whole number, not inf"),
        ("3 days", "'3 days' is not a whole number"),
        ("x", "'x' is not a number"),
    ],
)
@pytest.mark.parametrize("flag", ["--draws", "--seed"])
def test_what_is_no_whole_number_is_one_line(flag: str, text: str, says: str) -> None:
    refused([*ESTIMATE, flag, text], f"Error: Invalid value for '{flag}': {says}")


@pytest.mark.parametrize(("command", "flag"), WHOLE)
def test_a_decimal_comma_in_a_whole_number_is_one_line(command: str, flag: str) -> None:
    refused([command, *NEEDED.get(command, []), flag, "7,5e9"], "'7,5e9' has a decimal comma; write 7.5e9")
