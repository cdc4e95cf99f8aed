"""Whether an engine's result equals NumPy's, for each kind of question."""

__all__ = ["agreement", "best", "bins", "decided", "decisions", "fronts", "scenarios", "subgrid", "summary", "tolerance"]
