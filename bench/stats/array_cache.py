"""Arrays that are slow to make, kept in the user's cache folder. Losing the folder loses nothing but time."""

import contextlib
import functools
import hashlib
import importlib.util
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...kernels import cache_folder

Floats = NDArray[np.float64]
MAX_BYTES = 64 * 2**20  # a larger array is made anew: the folder is to stay small


@functools.cache
def _versions() -> tuple[str, str]:
    """Tell SciPy's version, which is not imported for that, and NumPy's; packages' metadata take 10 ms to read."""
    spec = importlib.util.find_spec("scipy")
    if spec is not None and spec.origin is not None:
        with contextlib.suppress(OSError):
            return hashlib.sha256((Path(spec.origin).parent / "version.py").read_bytes()).hexdigest(), np.__version__
    from importlib.metadata import version

    return version("scipy"), np.__version__


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
    text = repr((*key, *_versions()))
    name = f"array_{hashlib.sha256(text.encode()).hexdigest()[:24]}.bin"
    kept = cache_folder.read(name)
    if kept is not None:
        with contextlib.suppress(ValueError):  # whole, and yet no array
            array: Floats = np.load(io.BytesIO(kept), allow_pickle=False)
            return array
    array = make()
    if array.nbytes <= MAX_BYTES:
        data = io.BytesIO()
        np.save(data, array, allow_pickle=False)
        cache_folder.write(name, data.getvalue())
    return array
