"""Arrays that are slow to make, kept in the user's cache folder. Losing the folder loses nothing but time."""

import contextlib
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...kernels.cache_folder import folder
from ...kernels.files import write_whole

Floats = NDArray[np.float64]
MAX_BYTES = 64 * 2**20  # a larger array is made anew: the folder is to stay small


def cached_array(key: tuple[object, ...], make: Callable[[], Floats]) -> Floats:
    """Return the array of a key from the user's cache folder, computed and kept there where it is not.

    A cache that cannot be read or written is passed over. SciPy's and NumPy's versions are part of every key.

    Parameters
    ----------
    key
        What the array depends on.
    make
        Computes the array.
    """
    from importlib.metadata import version

    text = repr((*key, version("scipy"), version("numpy")))
    path = folder() / "arrays" / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.npy"
    try:
        array: Floats = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        array = make()
        _store(path, array)
    return array


def _store(path: Path, array: Floats) -> None:
    if array.nbytes > MAX_BYTES:
        return
    data = io.BytesIO()
    np.save(data, array)
    with contextlib.suppress(OSError):
        write_whole(path, data.getvalue())
