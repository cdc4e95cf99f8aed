"""Kernels are written from plans by the operations of a language."""

__all__ = [
    "arguments",
    "best_decisions",
    "code",
    "cpu",
    "gpu",
    "joined",
    "languages",
    "nest",
    "passes",
    "reducers",
    "source_text",
    "tallies",
]
