"""Answers: labelled arrays with units and sources."""

__all__ = ["answer", "column", "decision_parts", "frame", "kinds", "parts"]
