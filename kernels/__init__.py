"""What is computed, and how fast: quantities, grids, plans and engines."""

__all__ = [
    "analysis",
    "cache_folder",
    "emit",
    "engines",
    "errors",
    "files",
    "graph",
    "host_memory",
    "llvm",
    "model",
    "ownership",
    "plan",
    "quantities",
    "reading",
    "reductions",
    "text",
    "validation",
]
