"""The console that everything for people is printed to."""

from rich.console import Console

WIDTH = 120  # characters


def console() -> Console:
    """Return the console that tables go to: as wide as the terminal, or `WIDTH` at least where stdout is none."""
    stdout = Console()
    return stdout if stdout.is_terminal else Console(width=max(stdout.width, WIDTH))
