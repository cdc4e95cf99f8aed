"""Records: what was measured, as data and as JSON files, found and merged."""

__all__ = ["commit", "find", "format", "label", "layout", "level", "merge", "names", "record", "store"]
