"""The CPU that kernels are compiled for: this one, unless Numba's variables of the environment name another.

What it can do is asked of the system, which is quicker than to load LLVM; where the system does not tell, LLVM does.
"""

import functools
import os
import platform
import sys

_TELLING = ("vendor_id", "cpu family", "model", "stepping", "flags", "CPU implementer", "CPU variant", "CPU part", "Features")


def name() -> str:
    """Give the CPU's name in LLVM where the user sets one, else nothing."""
    return os.environ.get("NUMBA_CPU_NAME", "")


def features() -> str | None:
    """Give the CPU's features, as ``+avx2,-fma``, where the user sets them; None for all that it has."""
    return os.environ.get("NUMBA_CPU_FEATURES")


def fault() -> str:
    """Tell what in the environment keeps kernels from being compiled; nothing where nothing does."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return "NUMBA_DISABLE_JIT keeps the engine numba from compiling; unset it"
    wrong = [part for part in (features() or "").split(",") if part and part[0] not in "+-"]
    if wrong:  # which LLVM answers by ending the process
        return f"NUMBA_CPU_FEATURES is {features()!r}; write it as '+avx2,-fma', or unset it"
    return ""


def has(feature: str) -> bool:
    """Tell whether kernels may use a feature of it, by LLVM's name: ``avx512f``, ``avx2``.

    Parameters
    ----------
    feature
        One whose name is the system's too.
    """
    chosen = features()
    return feature in _features() if chosen is None else f"+{feature}" in chosen.split(",")


def identity() -> tuple[str, ...]:
    """Give all that what is compiled for it depends on."""
    return platform.machine(), sys.platform, name(), repr(features()), *_facts()


@functools.cache
def _facts() -> tuple[str, ...]:
    """List what the system says of the CPU, or LLVM where it says nothing."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            first = file.read(2**14).partition("\n\n")[0]  # of the first core: asking each takes a while where there are many
    except OSError:
        first = ""
    lines = tuple(line for line in first.splitlines() if line.partition(":")[0].strip() in _TELLING)
    if lines:
        return lines
    import llvmlite.binding as llvm

    present = " ".join(feature for feature, has_it in llvm.get_host_cpu_features().items() if has_it)
    return f"name: {llvm.get_host_cpu_name()}", f"flags: {present}"


@functools.cache
def _features() -> frozenset[str]:
    """List the features that the CPU has."""
    lines = (line for line in _facts() if line.startswith(("flags", "Features")))
    return frozenset(word for line in lines for word in line.partition(":")[2].split())
