"""LLVM IR as a language for kernels on the CPU, and the way it goes into Numba, which compiles and caches it."""

__all__ = ["functions", "instructions", "ir", "lowered", "module", "target"]
