"""Files written whole or not at all, whatever kills the process and however many write at once."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_ROOM = 1 << 16  # bytes, for which a disk with less room is full
_ANONYMOUS = getattr(os, "O_TMPFILE", 0)
_UNSUPPORTED = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL, errno.EPERM, errno.ENOTSUP)


def obstacle(folder: Path) -> str | None:
    """Say why files could not be made in a folder, which may have to be made first.

    Returns
    -------
    str or None
        What is in the way, as a message; None where nothing seems to be.
    """
    nearest = next((path for path in (folder, *folder.absolute().parents) if os.path.lexists(path)), folder)
    if not nearest.is_dir():
        return f"{nearest} is not a folder"
    return None if os.access(nearest, os.W_OK | os.X_OK) else f"{nearest} may not be written to"


def lack_of_space(folder: Path) -> str | None:
    """Say that a folder's disk is full, as the system says it; None where room is left."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(bytes(_ROOM))
            file.flush()
    except OSError as error:
        return error.strerror or str(error)
    return None


def write_new(folder: Path, stem: str, suffix: str, data: bytes) -> Path:
    """Write a file that was not there: ``stem + suffix``, or ``stem-2``, ``stem-3``, ... where that name is taken.

    The file gets its name only when all of it is on disk, and never another's.

    Parameters
    ----------
    folder
        Where; it is made where it is missing.
    stem, suffix
        The two parts of the name, between which the number comes.
    data
        All of the file.

    Raises
    ------
    OSError
        Then nothing was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    with _unnamed(folder, data) as publish:
        while True:
            path = folder / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}"
            try:
                publish(path)
            except FileExistsError:
                number += 1
            else:
                break
    _sync(folder)
    return path


def write_first(path: Path, data: bytes) -> bool:
    """Write a file unless one of its name is there; tell whether it was written.

    Parameters
    ----------
    path
        The file, in a folder that exists.
    data
        All of the file.

    Raises
    ------
    OSError
        Then nothing was written.
    """
    with _unnamed(path.parent, data) as publish:
        try:
            publish(path)
        except FileExistsError:
            return False
    _sync(path.parent)
    return True


def target(path: Path) -> Path:
    """Follow links to the file that is to be written, which may not exist yet.

    Raises
    ------
    OSError
        Where the links go round in a circle, or what is there is a device, a pipe or a folder: those are not replaced.
    """
    real = Path(os.path.realpath(path))
    if os.path.islink(real):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if os.path.isdir(real):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if os.path.exists(real) and not os.path.isfile(real):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a file", str(path))
    return real


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, in place of the one of that name if there is one. Raises OSError; then the old one is still there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with named_when_whole(path) as temporary:
        temporary.write_bytes(data)


def write_own(path: Path, data: bytes) -> None:
    """Write a file that only this user may read, in place of whatever has its name but a folder with files in it.

    It is whole or not there; it may be lost with the machine's power, for it is no more than a copy.

    Raises
    ------
    OSError
        Then nothing was written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def named_when_whole(path: Path) -> Iterator[Path]:
    """Write a file under another name and rename it once it is whole, in place of the one of that name if there is one.

    Parameters
    ----------
    path
        The name that it gets at the end, in a folder that exists. Of a link it is that of the link's target.

    Yields
    ------
    Path
        An empty file beside it, for whatever writes to a path. It is removed where the end is not reached.

    Raises
    ------
    OSError
        Then the old file, if there was one, is still there.
    """
    path = target(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
        _finish(name)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    _sync(path.parent)


class _Publish:
    """Giving the written bytes a name; FileExistsError where the name is taken."""

    def __init__(self, source: str, folder: int | None):
        self.source, self.folder = source, folder

    def __call__(self, path: Path) -> None:
        if self.folder is None:
            os.link(self.source, path)
        else:  # naming the folder by its handle makes Python follow the link /proc/self/fd/N to the file itself
            os.link(self.source, path.name, dst_dir_fd=self.folder, follow_symlinks=True)


@contextlib.contextmanager
def _unnamed(folder: Path, data: bytes) -> Iterator[_Publish]:
    """Put bytes on disk without a name, so that a killed process leaves nothing behind; else under a hidden name."""
    handle = _open_anonymous(folder)
    if handle is None:
        with _hidden(folder, data) as publish:
            yield publish
        return
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        directory = os.open(folder, os.O_RDONLY)
        try:
            yield _Publish(f"/proc/self/fd/{file.fileno()}", directory)
        finally:
            os.close(directory)


def _open_anonymous(folder: Path) -> int | None:
    """Open a file without a name in a folder; None where the system or the file system has no such files."""
    if not _ANONYMOUS or not os.path.isdir("/proc/self/fd"):
        return None
    try:
        return os.open(folder, _ANONYMOUS | os.O_WRONLY, 0o666)
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return None
        raise


@contextlib.contextmanager
def _hidden(folder: Path, data: bytes) -> Iterator[_Publish]:
    """Put bytes on disk under a hidden name, which is removed at the end."""
    _remove_left(folder)
    handle, name = tempfile.mkstemp(prefix=f".{os.getpid()}.", suffix=".tmp", dir=folder)
    try:
        os.close(handle)
        Path(name).write_bytes(data)
        _finish(name)
        yield _Publish(name, None)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)


def _remove_left(folder: Path) -> None:
    """Remove the hidden files of processes that were killed while they wrote here."""
    for left in folder.glob(".*.tmp"):
        owner = left.name.split(".")[1]
        if owner.isdigit() and not _alive(int(owner)):
            with contextlib.suppress(OSError):
                left.unlink()


def _alive(process: int) -> bool:
    """Tell whether a process of this number runs."""
    if os.name == "nt":  # where no signal asks, and this one would be Ctrl+C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _finish(name: str) -> None:
    """Put what was written on disk, and let all read the file that mkstemp made for this user alone."""
    with open(name, "rb+") as file:  # Windows flushes only what may be written to
        os.fsync(file.fileno())
    os.chmod(name, 0o666 & ~_umask())


def _umask() -> int:
    """Read the umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync(folder: Path) -> None:
    """Put a folder's names on disk, so far as the file system can."""
    with contextlib.suppress(OSError):  # not every file system lets a folder be synced
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
