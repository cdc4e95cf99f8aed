"""The one error that a user sees: a line that names the file, the key or the flag, what was wrong and what would be right."""

import click


class InputError(click.ClickException):
    """Bad input: printed as one line on stderr, exit code 2."""

    exit_code = 2

    def __init__(self, message: str, *, where: str = ""):
        super().__init__(" ".join(f"{where}: {message}".split()) if where else " ".join(message.split()))


class DisagreementError(click.ClickException):
    """An engine does not agree with the NumPy engine: nothing is saved, exit code 1."""

    exit_code = 1
