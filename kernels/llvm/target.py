"""What the CPU that kernels are compiled for can do."""

import functools
import platform
from typing import Any

import llvmlite.binding as llvm
import numba


@functools.cache
def fuses() -> bool:
    """Tell whether it multiplies and adds in one instruction: else LLVM calls a function for each."""
    settings: Any = numba.config
    if settings.CPU_FEATURES is not None:
        return "+fma" in settings.CPU_FEATURES.split(",")
    return bool(llvm.get_host_cpu_features().get("fma")) or platform.machine().lower() in ("arm64", "aarch64")
