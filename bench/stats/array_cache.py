"""Arrays that are slow to make, kept in the user's cache folder. Losing the folder loses nothing but time."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...kernels.cache_folder import folder

Floats = NDArray[np.float64]


def cached_array(key: tuple[object, ...], make: Callable[[], Floats]) -> Floats:
    """The array of that key, made once. A cache that cannot be read or written is passed over."""
    from importlib.metadata import version

    text = repr((*key, version("scipy"), version("numpy")))
    path = folder() / "arrays" / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.npy"
    try:
        found: Floats = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        found = make()
        _store(path, found)
    return found


def _store(path: Path, array: Floats) -> None:
    import contextlib
    import tempfile

    if array.nbytes > 64 * 2**20:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                np.save(file, array)
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)
