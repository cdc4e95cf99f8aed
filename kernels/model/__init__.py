"""What is asked and of what: quantities with their units, grids, questions, and NumPy's plain evaluation of them."""

__all__ = [
    "comparisons",
    "condition",
    "dimensions",
    "evaluate",
    "grid",
    "kinds",
    "operations",
    "promises",
    "quantity",
    "questions",
    "statistics",
    "units",
    "weights",
]
