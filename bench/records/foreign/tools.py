"""Which tool wrote a document, and the record that it holds."""

from types import ModuleType
from typing import Any

from ....kernels.validation.validator import DataError
from ..record import Record
from . import asv, github_action, google_benchmark, hyperfine, nvbench, pyperf, pytest_benchmark, unread_tools
from .errors import ForeignError

# Each has `TOOL`, `HELP` (what writes a file that is read), `recognises` and `read`; more particular forms stand first.
TOOLS: tuple[ModuleType, ...] = (nvbench, pyperf, google_benchmark, pytest_benchmark, asv, hyperfine, github_action)


def names() -> str:
    """List the tools whose files are read."""
    return ", ".join(tool.TOOL for tool in TOOLS)


def json_part(text: str) -> str | None:
    """Take the JSON out of a script of github-action-benchmark's, which assigns it; None where a text is no such script."""
    bare = text.strip().removesuffix(";")
    if not bare.startswith(github_action.JAVASCRIPT):
        return None
    return bare.removeprefix(github_action.JAVASCRIPT).lstrip().removeprefix("=")


def read(document: Any) -> Record:
    """Read a document of a tool's.

    Parameters
    ----------
    document
        The parsed JSON.

    Raises
    ------
    ForeignError
        Where no tool is known to write it, or it does not fit what the tool writes.
    """
    fault = unread_tools.fault_of_json(document)
    if fault:
        raise ForeignError(fault)
    tool = next((tool for tool in TOOLS if tool.recognises(document)), None)
    if tool is None:
        raise ForeignError(f"neither a record of flopwatt's nor JSON of {names()}")
    try:
        record: Record = tool.read(document)
    except DataError as error:
        raise ForeignError(f"not a valid file of {tool.TOOL}: {error}; {tool.HELP}") from None
    return record


def fault_of_text(text: str) -> str:
    """Say whose output a text is that is no JSON, and what would be read; empty where that is not known."""
    return unread_tools.fault_of_text(text)
