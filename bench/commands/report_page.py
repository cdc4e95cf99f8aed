"""The page of a study's run that ``flopwatt report`` and ``flopwatt run --report`` write."""

from pathlib import Path

from ..errors import Parameter
from ..reports.computed_shown import Remake
from ..reports.report_file import check_report, write_report
from ..reports.study_report import study_report
from ..runner.outcome import Run
from .command_text import command_text

# What decides nothing of the answers, and is not written where the answers are to be had again.
_NOT_OF_THE_ANSWERS = (
    "output",
    "results",
    "report",
    "out",
    "plot",
    "save",
    "machine",
    "label",
    "as_json",
    "full",
    "assumptions",
)


def check_page(path: Path | None, parameter: str) -> None:
    """Check that a page can be made and written, before the work. Raises InputError.

    Parameters
    ----------
    path
        The file; None where the page is printed.
    parameter
        What gave the path.
    """
    check_report(path, Parameter(parameter))


def page(run: Run) -> str:
    """Write the page of a run, which says the running command as what makes it again."""
    whole = command_text("run", leave_out=(*_NOT_OF_THE_ANSWERS, "verbose"), add=("--out", "FILE.parquet"))
    return study_report(run, Remake(command_text(), whole))


def write_page(run: Run, path: Path, parameter: str) -> str:
    """Write the page of a run into a file, and return what was written, in words.

    Parameters
    ----------
    run
        What running a study gave.
    path
        The file.
    parameter
        What gave the path.

    Raises
    ------
    InputError
        Where the file could not be written.
    """
    return write_report(page(run), path, Parameter(parameter))
