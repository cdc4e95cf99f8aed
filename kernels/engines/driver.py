"""Whether this machine has NVIDIA's driver, found out without importing a GPU package, which takes a while."""

import ctypes
import functools
import sys

LIBRARY = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
ABSENT = f"no NVIDIA driver is installed (there is no {LIBRARY})"


@functools.cache
def present() -> bool:
    """Tell whether the driver's library can be loaded."""
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


def first_line(error: BaseException) -> str:
    """Shorten an error to its first line, or to its type where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
