"""What the library says, in the command line's words: its parameters as flags, its errors as one line and an exit code."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import click

from ...kernels import reading
from ...kernels.errors import FlopwattError
from ...kernels.text import visible
from ..errors import DisagreementError, InputError, MessageError, Parameter, Spelling, cause, named, one_line
from ..terminal import interrupts
from .option_types import WholeNumber

_Command = TypeVar("_Command", bound=Callable[..., Any])


class RefusalError(click.ClickException):
    """An error of the library as the command prints it: one line on stderr, exit code 2."""

    exit_code = 2


class DisagreementRefusalError(RefusalError):
    """An engine disagrees with NumPy: one line on stderr, exit code 1."""

    exit_code = 1


class InterruptionError(click.ClickException):
    """A signal that ended the command: one line on stderr, and the exit code that shells give the signal."""

    def __init__(self, message: str):
        super().__init__(message)
        vars(self)["exit_code"] = interrupts.exit_code()  # of the class in click

    def show(self, file: Any = None) -> None:
        """Print the line on stderr: it is no error of the user's."""
        click.echo(self.message, err=True)


def spelling(command: click.Command | None) -> Spelling:
    """Return what spells parameters as a command's flags.

    A parameter of the library has the name of the command's own parameter, or of its flag. One that the command has no flag
    for is spelt as Python has it.

    Parameters
    ----------
    command
        The command, or None before one is known: every parameter is spelt as Python has it then.
    """
    options = [option for option in command.params if isinstance(option, click.Option)] if command is not None else []

    def spell(parameter: Parameter) -> str:
        flag = f"--{parameter.name.replace('_', '-')}"
        own = [option for option in options if option.name == parameter.name]
        option = next(iter(own or [option for option in options if flag in option.opts]), None)
        if option is None:
            return named(parameter)
        first = option.opts[0]
        return first if parameter.value is None else f"{first} {_value(option, parameter.value)}"

    return spell


def _value(option: click.Option, value: object) -> str:
    """Write a value of the library as the flag takes it; a type that converts says how."""
    return option.type.spell(value) if isinstance(option.type, SpeltType) else str(value)


@runtime_checkable
class SpeltType(Protocol):
    """An option's type whose values are written in another way than the library has them."""

    def spell(self, value: Any) -> str:
        """Write a value of the library as the flag takes it."""


class Megabytes(WholeNumber):
    """A whole number of megabytes (MB) on the command line, which the library has in bytes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read megabytes as bytes.

        Parameters
        ----------
        value
            Megabytes, as text or as the default.
        param, ctx
            What click is reading, for its errors.
        """
        size = super().convert(value, param, ctx)
        if size < 1:
            self.fail(f"{size} is below 1, the least", param, ctx)
        return size * 10**6

    def spell(self, value: Any) -> str:
        """Write bytes as megabytes, rounded up."""
        return str(-(-int(value) // 10**6))


def max_size(default: str) -> Callable[[_Command], _Command]:
    """Return the option ``--max-size``, up to which a command reads files; ``default`` says what it is without it."""

    def limit(context: click.Context, option: click.Parameter, value: int | None) -> None:
        context.with_resource(reading.limited(value))

    return click.option(
        "--max-size",
        "largest_bytes",
        type=Megabytes(),
        metavar="MB",
        expose_value=False,
        callback=limit,
        help=f"The largest file read.  [default: {default}]",
    )


def max_record_size(command: _Command) -> _Command:
    """Add the option ``--max-size`` of a command that reads records, which it takes as ``largest_bytes``."""
    option = click.option(
        "--max-size",
        "largest_bytes",
        type=Megabytes(),
        default=100,
        show_default=True,
        metavar="MB",
        help="The largest record read.",
    )
    return option(command)


def say(line: str) -> None:
    """Print a line on stderr; escape codes in it, which may come from a file, are written out."""
    click.echo(visible(line), err=True)


def check_range(name: str, value: int | None, low: int, high: int | None = None) -> None:
    """Check that a parameter's value is in its range; None, which stands for its default, is.

    Parameters
    ----------
    name
        The parameter's name.
    value
        What was given.
    low, high
        The least and the greatest; no ``high`` is no limit.

    Raises
    ------
    InputError
        Where it is not.
    """
    if value is None or (low <= value and (high is None or value <= high)):
        return
    limits = f"at least {low}" if high is None else f"from {low} to {high:,}"
    raise InputError(f"must be {limits}, not {value}", where=Parameter(name))


def check_label(label: str | None, folder: Path | None) -> str:
    """Check a record's label before the work; nothing where none was given.

    Parameters
    ----------
    label
        What was given.
    folder
        Where the record is stored, None where it is not.

    Raises
    ------
    InputError
        Where the label will not do, or no record is stored.
    """
    if label is None:
        return ""
    if folder is None:
        raise InputError("labels a record, and none is stored without ", Parameter("save"), where=Parameter("label"))
    from ..records.label import check_label as check

    return check(label)


def running() -> Spelling:
    """Return what spells parameters as flags of the command that is running."""
    context = click.get_current_context(silent=True)
    return spelling(context.command if context is not None else None)


def failure(error: OSError | MemoryError | ImportError | SystemError) -> RefusalError:
    """Put what the system lacked, and no room expected, into one line.

    Parameters
    ----------
    error
        Of memory, of a file, or of a library that could not be loaded. One of the output itself is none of these, nor is a
        module that is not there: those are raised again.
    """
    if isinstance(error, MemoryError):
        return RefusalError(cause(error))
    if isinstance(error, SystemError):  # an allocation that failed inside Python shows as one
        return RefusalError(one_line(f"Python could not go on ({error}); is there too little memory?"))
    if isinstance(error, ImportError):
        if not (error.path or "").endswith((".so", ".pyd", ".dylib")):
            raise error
        return RefusalError(one_line(f"a library could not be loaded: {error}"))
    if not _has_working_folder():
        return RefusalError("the working folder is gone; change to one that is there")
    if error.filename is None and error.errno is not None:
        raise error
    return RefusalError(f"{error.filename}: {cause(error)}" if error.filename else cause(error))


def _has_working_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def refusal(error: FlopwattError, command: click.Command | None) -> RefusalError:
    """Put an error of the library into the words of the command that met it.

    Parameters
    ----------
    error
        Any error that the library raises on purpose.
    command
        The command, or None before one is known.

    Returns
    -------
    RefusalError
        One line, with exit code 1 for an engine that disagrees with NumPy and 2 for everything else.
    """
    spell = spelling(command)
    text = error.text(spell) if isinstance(error, MessageError) else str(error)
    too_large = next((cause for cause in _causes(error) if isinstance(cause, reading.TooLargeError)), None)
    if too_large is not None and (flag := spell(Parameter("largest_bytes", too_large.size))).startswith("--"):
        text += f"; {flag} would allow it"
    line = one_line(text)
    return DisagreementRefusalError(line) if isinstance(error, DisagreementError) else RefusalError(line)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """List an error and what it was raised for, one after the other."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def check_not_read(out: Path, *read: object) -> None:
    """Refuse to write over a file that the command reads. Raises InputError.

    Parameters
    ----------
    out
        Where is to be written to.
    *read
        What is read: paths, and names that may be one; None for none.
    """
    for path in read:
        name = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
        with contextlib.suppress(OSError, ValueError):  # what is no path is no file
            if name and os.path.isfile(name) and os.path.samefile(name, out):
                raise InputError(f"{str(out)!r} is a file that is read; name another", where=Parameter("out"))
