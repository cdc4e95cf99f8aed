"""Drivers: which inputs move an answer, and how far, where one is varied at a time."""

__all__ = ["alternatives", "assumption_lines", "mover", "movers", "representative_point", "study_inputs", "trials"]
