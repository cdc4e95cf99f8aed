"""Kernels are written from plans by the operations of a language."""

__all__ = [
    "arguments",
    "best_decisions",
    "code",
    "cpu",
    "gpu",
    "languages",
    "nest",
    "parts",
    "passes",
    "reducers",
    "source_text",
    "tallies",
]
