"""Differences: two sets of answers side by side, what their inputs differ in, and how far the answers moved."""

__all__ = [
    "answer_cells",
    "answer_differences",
    "attribution",
    "common_draws",
    "difference",
    "difference_entry",
    "difference_words",
    "document_forms",
    "document_side",
    "input_differences",
    "input_values",
    "report",
]
