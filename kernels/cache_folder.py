"""What is slow to make, kept between runs: compiled kernels, draws. Losing it loses nothing but time.

Compiled kernels are code, so a file that another user owns or could have written is not read, nor one in a folder where others
could put it. Each file begins with a digest of its name and of what it holds: one that is cut off, damaged or another's is as
good as none.
"""

import functools
import hashlib
import os
import stat
import tempfile
from pathlib import Path

import platformdirs

from . import files, ownership

MAX_BYTES = 2**28  # of a file that is read: more than any that is written
_DIGEST = hashlib.sha256().digest_size
_warned: list[str] = []


def folder() -> Path | None:
    """Find the folder for what flopwatt keeps between runs, and make it.

    Returns
    -------
    Path or None
        ``$FLOPWATT_CACHE``, else the system's place for this user's caches (``flopwatt`` under ``$XDG_CACHE_HOME`` or
        ``~/.cache`` on Linux), else, where that will not do, ``flopwatt-UID`` in the system's temporary folder; None where
        neither can be written by this user and by nobody else. Links are followed.
    """
    return _folder(os.environ.get("FLOPWATT_CACHE", ""))


def read(name: str) -> bytes | None:
    """Read what was kept under a name.

    Parameters
    ----------
    name
        The file's name, which says all that its content depends on.

    Returns
    -------
    bytes or None
        What `write` was given; None where there is no such file, or one that will not do.
    """
    place = folder()
    data = _read_own(place / name) if place is not None else None
    if data is None or data[:_DIGEST] != _digest(name, data[_DIGEST:]):
        return None
    return data[_DIGEST:]


def holds(name: str) -> bool:
    """Tell whether something is kept under a name, without reading it."""
    place = folder()
    return place is not None and (place / name).is_file()


def write(name: str, data: bytes) -> None:
    """Keep data under a name, in place of what is there. Where that fails a warning says so, once in a process."""
    place = folder()
    if place is None:
        return
    try:
        files.write_own(place / name, _digest(name, data) + data)
    except OSError as error:
        _warn(f"nothing can be kept in the cache folder {place}: {error.strerror or error}")


@functools.cache
def _folder(variable: str) -> Path | None:
    """Find the folder, given what FLOPWATT_CACHE says."""
    wanted, why = _wanted(variable)
    if wanted is not None:
        place, why = _own_folder(wanted)
        if place is not None:
            return place
    other, _ = _own_folder(_temporary())
    if why:
        _warn(f"the cache folder {wanted or variable} is not used: {why}; " + (f"{other} is" if other else "nothing is kept"))
    return other


def _wanted(variable: str) -> tuple[Path | None, str]:
    """Find the folder that the user or the system names; None for a user without a home, and why where that is a fault."""
    try:
        if variable:
            return Path(variable).expanduser(), ""
        base = Path(platformdirs.user_cache_dir("flopwatt", appauthor=False))
    except (RuntimeError, OSError):  # no home, or no folder to be in
        return None, "there is no such user, or no home" if variable else ""
    return (None if base.parts[:1] == ("~",) else base), ""  # platformdirs before 4.14 leaves the tilde where there is no home


def _temporary() -> Path | None:
    """Name the folder for a user who has no other: the same for every process, so that none are left over."""
    try:
        return Path(tempfile.gettempdir()) / f"flopwatt-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
    except OSError:  # no temporary folder can be written
        return None


def _own_folder(base: Path | None) -> tuple[Path | None, str]:
    """Make a folder where it is missing; None and why where it cannot be written, or others can write it."""
    if base is None:
        return None, ""
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = base.resolve(strict=True)
        why = ownership.fault_of_folder(place)
    except FileExistsError:
        return None, "it is not a folder"
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links is a RuntimeError, a zero byte a ValueError
        return None, getattr(error, "strerror", None) or str(error)
    if why:
        return None, why
    return (place, "") if os.access(place, os.W_OK | os.X_OK) else (None, "it may not be written")


def _read_own(path: Path) -> bytes | None:
    """Read a file of this user's; None for any other, for what is no file, and for a link.

    The file is opened first and looked at then, so that it cannot be exchanged in between; a pipe is not waited for.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            return None
        if why := ownership.fault(status):
            _warn(f"{path} in the cache is not read: {why}")
            return None
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read()
    except OSError:
        return None
    finally:
        os.close(handle)


def _digest(name: str, data: bytes) -> bytes:
    """Digest a name and what is kept under it: a file that was renamed is not taken for another."""
    return hashlib.sha256(name.encode() + b"\0" + data).digest()


def _warn(text: str) -> None:
    """Say once in a process that the cache does not do its work; what comes after it is of the same cause."""
    if not _warned:
        import logging

        _warned.append(text)
        logging.getLogger("flopwatt").warning("warning: %s", text)  # on stderr unless the program that uses flopwatt logs
