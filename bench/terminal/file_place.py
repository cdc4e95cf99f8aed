"""Whether a file can be written where a user wants it: said before the work, not after it."""

import os
from pathlib import Path

from ...kernels.files import obstacle, target
from ..errors import InputError, Place


def check_file_place(path: Path, where: Place) -> None:
    """Check that a file can be written, whatever is in it.

    Parameters
    ----------
    path
        The file, which need not exist; one that does is replaced.
    where
        What errors name: the parameter that gave the path.

    Raises
    ------
    InputError
        Where it is a folder or a device, its folder is not there, or it may not be written.
    """
    if os.path.isdir(path):  # unlike Path.is_dir, it answers for a name of any length
        raise InputError(f"{str(path)!r} is a folder; name a file", where=where)
    try:
        folder = target(path).parent
    except FileNotFoundError:  # of the working folder, without which no path means anything
        raise
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written ({error.strerror}); name a file", where=where) from None
    check_folder_takes(folder, where)


def check_folder_takes(folder: Path, where: Place) -> None:
    """Check that a folder is there and takes a new file.

    Parameters
    ----------
    folder
        The folder.
    where
        What errors name: the parameter that gave the path.

    Raises
    ------
    InputError
        Where it is not there, or nothing may be written into it.
    """
    if not os.path.isdir(folder):
        raise InputError(f"there is no folder {str(folder)!r}; make it first", where=where)
    why = obstacle(folder)
    if why:
        raise InputError(why, where=where)
