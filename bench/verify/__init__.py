"""Whether an engine's result equals NumPy's, for each kind of question."""

__all__ = [
    "agreement",
    "best",
    "bins",
    "decided",
    "decision_agreement",
    "fronts",
    "groups",
    "scenarios",
    "subgrid",
    "summary",
    "tolerance",
]
