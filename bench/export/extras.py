"""Libraries that only some files need: a missing one is a line that says what to install."""

from importlib.util import find_spec

from ..errors import InputError, Parameter

_EXTRAS = {"xlsxwriter": "report", "netCDF4": "data", "zarr": "data"}


def check_installed(library: str, ending: str) -> None:
    """Check that a library is there which files of an ending need.

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
    if find_spec(library) is None:
        raise InputError(
            f"{ending} needs {library}, which is not installed; pip install 'flopwatt[{_EXTRAS[library]}]'",
            where=Parameter("out"),
        )
