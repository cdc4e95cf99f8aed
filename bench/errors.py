"""The one error that a user sees: a line that names the file, the key or the flag, what was wrong and what would be right."""

import click

MAX_LINE = 1200  # characters: a line that quotes a whole file helps nobody


class InputError(click.ClickException):
    """Bad input: printed as one line on stderr, exit code 2."""

    exit_code = 2

    def __init__(self, message: str, *, where: str = ""):
        line = " ".join(f"{where}: {message}".split()) if where else " ".join(message.split())
        super().__init__(
            line if len(line) <= MAX_LINE else f"{line[: MAX_LINE * 2 // 3]} ... {line[-MAX_LINE // 3 :]}"
        )


class UserCodeError(ValueError):
    """A user's file of quantities will not do; the message names the file, and the line where that is known."""


class DisagreementError(click.ClickException):
    """An engine does not agree with the NumPy engine: nothing is saved, exit code 1."""

    exit_code = 1
