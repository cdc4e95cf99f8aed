"""Kernels for the CPU as LLVM IR, handed to Numba, which compiles and caches them."""

__all__ = ["functions", "ir", "lowered", "lowering"]
