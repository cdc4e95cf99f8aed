"""A table's folder: whose table it is, the mark that it is unfinished, and whether anybody writes to it."""

import contextlib
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...kernels.files import write_first, write_whole

MARK = ".unfinished.json"  # in a folder of which something is to be written
KEY = "table_key"  # among what every file and the store say of the whole
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)  # of disks that give a file one name alone
_TRIES = 5  # of marking a folder whose mark others set and take away


def mark_unfinished(folder: Path, key: str) -> bool:
    """Mark a folder as a table's of which something is to be written; tell whether it is, and not another table's.

    A mark that is there stays as it is, since others may hold it.

    Parameters
    ----------
    folder, key
        The folder, and the table's key.

    Raises
    ------
    OSError
        Where it could not be written.
    """
    for _ in range(_TRIES):
        known = unfinished_key(folder)
        if known is not None:
            return known == key
        data = json.dumps({KEY: key}).encode()
        try:
            if write_first(folder / MARK, data):
                return True
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            write_whole(folder / MARK, data)
            return True
    return False


def unfinished_key(folder: Path) -> str | None:
    """Read the key of the table that a folder is marked for: an empty one where it cannot be read, None without a mark.

    Parameters
    ----------
    folder
        The folder.
    """
    return _read(lambda: json.loads((folder / MARK).read_text(encoding="utf-8"))[KEY]) if (folder / MARK).is_file() else None


def written_key(folder: Path) -> str | None:
    """Read the key of the table that a folder holds: an empty one where it cannot be read, None where there is none.

    Parameters
    ----------
    folder
        A folder of Parquet files, or a zarr store.
    """
    about = folder / "zarr.json"
    if about.is_file():
        return _read(lambda: json.loads(about.read_text(encoding="utf-8"))["attributes"][KEY])
    first = min(folder.glob("part-*.parquet"), default=None)
    if first is None:
        return None
    import pyarrow.parquet

    def key() -> str:
        with first.open("rb") as file:
            text: bytes = pyarrow.parquet.read_schema(file).metadata[KEY.encode()]
            return text.decode()

    return _read(key)


def _read(key: Callable[[], Any]) -> str:
    with contextlib.suppress(ValueError, KeyError, TypeError, OSError):
        return str(key())
    return ""


def hold(folder: Path, key: str) -> Any:
    """Let others know, as long as what is returned is open, that a process writes into the folder.

    Parameters
    ----------
    folder, key
        A folder that was marked as unfinished, and the table's key: another process may have taken the mark away since.

    Raises
    ------
    OSError
        Where it cannot be marked.
    """
    for _ in range(_TRIES):
        with contextlib.suppress(FileNotFoundError):
            handle = (folder / MARK).open("rb")
            _lock(handle, exclusive=False)
            return handle
        mark_unfinished(folder, key)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder / MARK))


def alone(folder: Path) -> bool:
    """Tell whether no other process writes into a folder, so far as the system tells.

    Parameters
    ----------
    folder
        The folder.
    """
    try:
        with (folder / MARK).open("rb") as handle:
            return _lock(handle, exclusive=True)
    except OSError:
        return False


def _lock(handle: Any, *, exclusive: bool) -> bool:
    """Lock a file with others or alone, without waiting; tell whether that was done."""
    try:
        import fcntl

        fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except (ImportError, OSError):  # Windows; a disk without locks; another holds it
        return False
    return True
