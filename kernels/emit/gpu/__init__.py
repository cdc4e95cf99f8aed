"""Kernels for an NVIDIA GPU: the lanes are a block's threads."""

__all__ = ["bins", "cuda_math", "decide", "points", "threads"]
