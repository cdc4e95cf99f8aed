"""The console that everything for people is printed to; text from files is shown there and never obeyed."""

import os
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment

from ...kernels.text import visible

WIDTH = 120  # characters
MIN_WIDTH, MAX_WIDTH = 20, 1000  # whatever COLUMNS says: padding a table to a width takes time


class _Console(Console):
    """A console that leaves it to the command what becomes of a pipe that nobody reads."""

    def on_broken_pipe(self) -> None:
        """Raise what was raised, where rich would end the program with the code of a failure."""
        raise BrokenPipeError


def console(width: int = WIDTH) -> Console:
    """Return the console that tables go to.

    Parameters
    ----------
    width
        Characters that it is wide at least where stdout is no terminal and COLUMNS does not say how wide it is; as wide as the
        terminal where it is one.
    """
    stdout = _Console()
    own = min(max(stdout.width, MIN_WIDTH), MAX_WIDTH)
    said = stdout.is_terminal or os.environ.get("COLUMNS", "").isdigit()
    result = _Console(width=own if said else max(own, width))
    result.push_render_hook(_Showing())
    return result


class _Showing(RenderHook):
    """Writes out the escape codes in whatever is printed."""

    def process_renderables(self, renderables: Iterable[ConsoleRenderable]) -> list[ConsoleRenderable]:  # type: ignore[override]
        """Put each of what is printed into what shows its text."""
        return [_Shown(renderable) for renderable in renderables]


class _Shown:
    """Something printed, its text as `visible` writes it; the codes of its style are rich's own and stay."""

    def __init__(self, renderable: ConsoleRenderable):
        self.renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self.renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)
