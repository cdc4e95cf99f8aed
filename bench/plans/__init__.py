"""A study's plan and its cost, for ``flopwatt plan``."""

__all__ = ["kinds", "report", "study_plan"]
