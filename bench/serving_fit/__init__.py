"""Measured serving: rows of throughput, latency, power and energy, what the model predicts of them, and its fit."""

__all__ = [
    "__main__",
    "measured",
    "row_parallelism",
    "row_strategy",
    "served_model",
    "serving_constants",
    "serving_intervals",
    "serving_left_out",
    "serving_predict",
    "serving_rows",
    "unseen_generation",
]
