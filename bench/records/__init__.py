"""Records: what was measured, as data and as JSON files, found and merged."""

__all__ = [
    "benchmark_names",
    "commit",
    "find",
    "foreign",
    "format",
    "gpu_state",
    "identity",
    "label",
    "layout",
    "level",
    "merge",
    "past",
    "record",
    "reference",
    "running_version",
    "store",
    "summary",
]
