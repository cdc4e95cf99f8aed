"""Where what is slow to make is kept: compiled kernels, draws. Losing it loses nothing but time."""

import functools
import os
import tempfile
from pathlib import Path


@functools.cache
def _usable(base: Path) -> bool:
    """Whether files can be made there."""
    try:
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=base):
            return True
    except OSError:
        return False


@functools.cache
def _temporary() -> Path:
    """A folder of this user's under the system's temporary one; code is loaded from it, so nobody else may own it."""
    user = os.getuid() if hasattr(os, "getuid") else None
    base = Path(tempfile.gettempdir()) / f"flopwatt-{user if user is not None else 'cache'}"
    try:
        base.mkdir(mode=0o700, exist_ok=True)
        found = base.stat()
        if user is None or (found.st_uid == user and not found.st_mode & 0o022 and not base.is_symlink()):
            return base
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="flopwatt-"))


def folder() -> Path:
    """``$FLOPWATT_CACHE``, else ``flopwatt`` under ``$XDG_CACHE_HOME`` or ``~/.cache``, else a temporary folder."""
    named = os.environ.get("FLOPWATT_CACHE")
    if named:
        base = Path(named).expanduser()
    else:
        try:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "flopwatt"
        except RuntimeError:  # a user without a home
            return _temporary()
    return base if _usable(base) else _temporary()
