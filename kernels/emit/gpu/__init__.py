"""Kernels for an NVIDIA GPU: the lanes are a block's threads."""

__all__ = ["bins", "cuda_math", "decide", "gates", "held_back", "points", "threads"]
