"""What the CPU that kernels are compiled for can do."""

import functools
from typing import Any

import llvmlite.binding as llvm
import numba


@functools.cache
def masks() -> bool:
    """Tell whether it adds to some lanes of a vector under a mask: one instruction, where others take two."""
    settings: Any = numba.config
    if settings.CPU_FEATURES is not None:
        return "+avx512f" in settings.CPU_FEATURES.split(",")
    return bool(llvm.get_host_cpu_features().get("avx512f"))
