"""Kernels are written from plans by the operations of a language."""

__all__ = ["code", "cpu", "gpu", "languages", "nest", "passes", "reducers", "source_text"]
