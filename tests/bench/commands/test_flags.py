"""The library's parameters become the running command's flags, and its errors one line and an exit code."""

import errno
import os
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import COMMANDS, cli
from flopwatt.bench.commands import flags
from flopwatt.bench.errors import DisagreementError, InputError, Parameter, StudyError
from flopwatt.configs import FactError
from flopwatt.kernels.errors import EngineError, FlopwattError
from flopwatt.kernels.model.grid import GridError
from flopwatt.kernels.model.quantity import ModelError
from flopwatt.kernels.model.units import UnitError


def command_of(name: str) -> click.Command | None:
    return cli.get_command(click.Context(cli), name)


def test_a_message_is_spelt_in_python_and_by_a_command() -> None:
    error = InputError("at most ", Parameter("threads", 2), ", not 3", where=Parameter("only"))
    assert str(error) == error.message == "only: at most the argument threads 2, not 3"
    assert error.text(flags.spelling(command_of("run"))) == "--question: at most --threads 2, not 3"
    assert error.text(flags.spelling(command_of("doctor"))) == "only: at most threads 2, not 3"  # which has no such flags


@pytest.mark.parametrize(
    ("command", "parameter", "flag"),
    [
        ("run", Parameter("engine"), "--engine"),
        ("bench", Parameter("engine"), "--engine"),  # its own parameter is called engines
        ("run", Parameter("sets", "chip=h100"), "--set chip=h100"),
        ("estimate", Parameter("run_time"), "--days"),
        ("estimate", Parameter("sequence_length"), "--seq-len"),
        ("compare", Parameter("largest_bytes", 119_500_000), "--max-size 120"),
        ("calibrate", Parameter("machine"), "--machine"),
        ("bench", Parameter("ref"), "--against"),
    ],
)
def test_a_flag_comes_from_the_commands_own_parameters(command: str, parameter: Parameter, flag: str) -> None:
    assert flags.spelling(command_of(command))(parameter) == flag


FAMILY = [EngineError, ModelError, GridError, UnitError, FactError, StudyError, InputError, DisagreementError]


@pytest.mark.parametrize("kind", FAMILY)
def test_whatever_the_library_raises_is_one_line_of_the_command(
    kind: type[FlopwattError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise kind("what is\nwrong")

    monkeypatch.setattr("flopwatt.bench.machine.info.this_machine", broken)
    done = CliRunner().invoke(cli, ["doctor"])
    assert done.stderr == "Error: what is wrong\n"
    assert done.exit_code == (1 if kind is DisagreementError else 2)
    assert isinstance(done.exception, SystemExit)


@pytest.mark.parametrize(("value", "low", "high"), [(None, 1, None), (1, 1, None), (10**9, 1, None), (100, 100, 100)])
def test_a_value_in_its_range(value: int | None, low: int, high: int | None) -> None:
    flags.check_range("threads", value, low, high)


@pytest.mark.parametrize(
    ("value", "high", "message"),
    [
        (0, None, "threads: must be at least 1, not 0"),
        (0, 10**6, "threads: must be from 1 to 1,000,000, not 0"),
        (10**6 + 1, 10**6, "threads: must be from 1 to 1,000,000, not 1000001"),
    ],
)
def test_a_value_beyond_its_range(value: int, high: int | None, message: str) -> None:
    with pytest.raises(InputError) as caught:
        flags.check_range("threads", value, 1, high)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (MemoryError(), "not enough memory"),
        (MemoryError("Unable to allocate 8 GiB"), "not enough memory: Unable to allocate 8 GiB"),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "a.toml"), "a.toml: Permission denied"),
        (OSError(errno.EROFS, os.strerror(errno.EROFS), "a"), "a: Read-only file system"),
        (OSError("libllvm.so: cannot map"), "libllvm.so: cannot map"),
        (ImportError("cannot map", path="/lib/numpy.so"), "a library could not be loaded: cannot map"),
        (SystemError("no exception set"), "Python could not go on (no exception set); is there too little memory?"),
    ],
)
def test_what_the_system_lacks_is_one_line(error, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("flopwatt.bench.study.loader.load_study", lambda *_, **__: fail())
    result = CliRunner().invoke(cli, ["run", "quick"])
    assert (result.exit_code, result.stderr) == (2, f"Error: {line}\n")


def test_a_module_that_is_not_there_is_no_such_error() -> None:
    with pytest.raises(ImportError):
        flags.failure(ImportError("no module"))


def test_a_file_that_is_too_large_names_the_option_that_allows_it(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_text(f'title = "t"\n# {"x" * 2_500_000}\n')
    for arguments in (
        ["run", str(path)],
        ["plan", str(path)],
        ["validate", str(path)],
        ["run", "quick", "--system", str(path)],
    ):
        result = CliRunner().invoke(cli, [*arguments, "--max-size", "2"])
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
        assert "larger than the 2 MB that are read (2.5 MB); --max-size 3 would allow it" in result.stderr
    result = CliRunner().invoke(cli, ["run", str(path), "--max-size", "3"])
    assert "questions is missing" in result.stderr or "questions" in result.stderr


def test_escape_codes_in_a_line_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    flags.say("a\x1b[2Jb")
    assert capsys.readouterr() == ("", "a\\x1b[2Jb\n")
    error = flags.refusal(InputError("no quantity 'x\x1b[2J\u202e'"), None)
    assert error.message == r"no quantity 'x\x1b[2J\u202e'"
    result = CliRunner().invoke(cli, ["run", "quick", "--thr\x1beads"])
    assert (result.exit_code, "\x1b" in result.stderr) == (2, False)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_eighty_columns_and_calls_a_kind_of_value_by_one_word(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "--help"], terminal_width=80)
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert not re.search(r"^  -\S.* (PATH|INTEGER|FLOAT|RANGE)\b", result.stdout, re.MULTILINE)
    assert "Exit code:" not in result.stdout
    assert not re.search(r"--max-size MB [^-]*x>=", result.stdout)
