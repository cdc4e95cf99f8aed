"""What is asked and of what: quantities with their units, grids, questions, and NumPy's plain evaluation of them."""

__all__ = ["comparisons", "dimensions", "evaluate", "grid", "kinds", "operations", "quantity", "questions", "units"]
