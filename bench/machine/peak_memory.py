"""The peak memory of this process, measured anew for each engine where the system allows it."""

import sys
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_PROC = Path("/proc/self")


def reset_peak() -> bool:
    """Start a new peak; False where the system has none but that of the whole process."""
    try:
        (_PROC / "clear_refs").write_text("5", encoding="utf-8")
    except OSError:
        return False
    return True


def peak_bytes() -> int | None:
    """Read the most memory (resident set, bytes) that the process has held since the last reset; None where it is not known.

    Without Linux's /proc it is that of the process's whole life; Windows does not tell through Python.
    """
    try:
        for line in (_PROC / "status").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # KiB but on macOS: getrusage(2) of each
