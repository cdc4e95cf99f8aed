"""What the library says, in the command line's words: its parameters as flags, its errors as one line and an exit code."""

from typing import Any, Protocol, runtime_checkable

import click

from ...kernels.errors import FlopwattError
from ..errors import DisagreementError, InputError, MessageError, Parameter, Spelling, named, one_line
from ..terminal import interrupts


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


def running() -> Spelling:
    """Return what spells parameters as flags of the command that is running."""
    context = click.get_current_context(silent=True)
    return spelling(context.command if context is not None else None)


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
    line = one_line(error.text(spelling(command)) if isinstance(error, MessageError) else str(error))
    return DisagreementRefusalError(line) if isinstance(error, DisagreementError) else RefusalError(line)
