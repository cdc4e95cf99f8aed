"""Pictures that a command writes beside what it prints."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError
from ..terminal import interrupts
from .drawing import PLOT, write_picture
from .picture import Picture

if TYPE_CHECKING:
    from ..estimate.chip_comparison import ChipComparison
    from ..estimate.estimate_result import EstimateResult
    from ..runner.outcome import Run


def plot_run(run: "Run", path: Path) -> list[Path]:
    """Draw the main picture of a run into a file, and list what was written.

    Raises
    ------
    InputError
        Where no answer can be drawn, or the file cannot be written.
    """
    from .kinds import main_picture

    return _plot(main_picture(run), path, "no answer has a picture; ask for a question whose answer has values")


def plot_estimate(result: "EstimateResult | ChipComparison", path: Path) -> list[Path]:
    """Draw what a training run takes into a file, and list what was written.

    Raises
    ------
    InputError
        Where nothing of it can be drawn, or the file cannot be written.
    """
    from .estimates import estimate_picture

    return _plot(estimate_picture(result), path, "nothing of this run is uncertain or differs, so a picture would say nothing")


def _plot(picture: Picture | None, path: Path, why_not: str) -> list[Path]:
    if picture is None:
        raise InputError(why_not, where=PLOT)
    write_picture(picture, path)
    interrupts.note_written(path)
    return [path]
