"""Libraries that only some files need: a missing one is a line that says what to install."""

import importlib
from typing import Any

from ..errors import InputError, Parameter

_EXTRAS = {"xlsxwriter": "report", "netCDF4": "data", "zarr": "data"}


def needed(library: str, ending: str) -> Any:
    """Import a library that files of an ending need.

    Parameters
    ----------
    library
        Its name in Python.
    ending
        Of the files, for the message.

    Raises
    ------
    InputError
        Where it is not installed.
    """
    try:
        return importlib.import_module(library)
    except ModuleNotFoundError:
        extra = _EXTRAS[library]
        raise InputError(
            f"{ending} needs {library}, which is not installed; pip install 'flopwatt[{extra}]'", where=Parameter("out")
        ) from None
