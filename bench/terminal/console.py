"""The console that everything for people is printed to."""

from rich.console import Console

WIDTH = 120  # characters
MAX_WIDTH = 1000  # whatever COLUMNS says: padding a table to a width takes time


class _Console(Console):
    """A console that leaves it to the command what becomes of a pipe that nobody reads."""

    def on_broken_pipe(self) -> None:
        """Raise what was raised, where rich would end the program with the code of a failure."""
        raise BrokenPipeError


def console() -> Console:
    """Return the console that tables go to: as wide as the terminal, or `WIDTH` at least where stdout is none."""
    stdout = _Console()
    width = min(stdout.width, MAX_WIDTH)
    return _Console(width=width if stdout.is_terminal else max(width, WIDTH))
