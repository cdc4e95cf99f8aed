"""What is asked and of what: quantities with their units, grids, questions, and NumPy's plain evaluation of them."""

__all__ = [
    "comparisons",
    "condition",
    "dimensions",
    "evaluate",
    "grid",
    "kinds",
    "named_number",
    "number_text",
    "of_decisions",
    "operations",
    "promises",
    "quantity",
    "questions",
    "said_range",
    "statistic_quantity",
    "statistics",
    "sums",
    "unit_spellings",
    "units",
    "weights",
]
