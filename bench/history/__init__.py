"""Histories: a benchmark's level over all records of a folder, and where it changed."""

__all__ = ["printing", "report", "series", "spark", "steps"]
