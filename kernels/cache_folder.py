"""The folder that keeps what is slow to make: compiled kernels, draws. Losing it loses nothing but time."""

import functools
import os
import tempfile
from pathlib import Path

import platformdirs


@functools.cache
def _usable(base: Path) -> bool:
    """Tell whether files can be made in a folder, which is made where it is missing."""
    try:
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=base):
            return True
    except OSError:
        return False


@functools.cache
def _temporary() -> Path:
    """Make a folder of this user's under the system's temporary one; code is loaded from it, so nobody else may own it."""
    user = os.getuid() if hasattr(os, "getuid") else None
    base = Path(tempfile.gettempdir()) / f"flopwatt-{user if user is not None else 'cache'}"
    try:
        base.mkdir(mode=0o700, exist_ok=True)
        status = base.stat()
        if user is None or (status.st_uid == user and not status.st_mode & 0o022 and not base.is_symlink()):
            return base
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="flopwatt-"))


def _wanted() -> Path | None:
    """Find the folder that the user or the system names; None for a user without a home."""
    variable = os.environ.get("FLOPWATT_CACHE")
    try:
        base = Path(variable).expanduser() if variable else Path(platformdirs.user_cache_dir("flopwatt", appauthor=False))
    except RuntimeError:
        return None
    return None if base.parts[:1] == ("~",) else base  # platformdirs before 4.14 leaves the tilde where there is no home


def folder() -> Path:
    """Find the folder for what flopwatt keeps between runs, and make it.

    Returns
    -------
    Path
        ``$FLOPWATT_CACHE``, else the system's place for this user's caches (``flopwatt`` under ``$XDG_CACHE_HOME`` or
        ``~/.cache`` on Linux), else, where no file can be made there, a temporary folder.
    """
    base = _wanted()
    return base if base is not None and _usable(base) else _temporary()
