"""Answers: labelled arrays with units and sources."""

__all__ = ["answer", "column", "decisions", "kinds", "parts"]
