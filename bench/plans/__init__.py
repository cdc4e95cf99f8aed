"""A study's plan and its cost, for ``flopwatt plan``."""

__all__ = ["report", "study_plan"]
