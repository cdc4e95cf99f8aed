"""The console that everything for people is printed to."""

from rich.console import Console

WIDTH = 120


def console() -> Console:
    """The console that tables go to; where it is no terminal its lines may be longer than 80."""
    made = Console()
    return made if made.is_terminal else Console(width=max(made.width, WIDTH))
