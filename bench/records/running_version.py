"""Which flopwatt runs, as plain data of the documents that it prints."""

from typing import Any

from ... import __version__
from .commit import UNKNOWN, this_commit


def flopwatt_entry() -> dict[str, Any]:
    """Name the version, the commit where flopwatt runs from a checkout, and whether files were changed since."""
    commit = this_commit()
    return {"version": __version__, "commit": None if commit.id == UNKNOWN else commit.id, "changed": bool(commit.dirty)}
