"""Records: what was measured, as data and as JSON files, found and merged."""

__all__ = [
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
    "names",
    "past",
    "record",
    "reference",
    "running_version",
    "store",
    "summary",
]
