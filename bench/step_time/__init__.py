"""The time and the memory of a training step: published rows, prediction, fit."""

__all__ = ["__main__", "adapters", "fit", "habits", "left_out", "memory_fit", "predict", "row_software", "rows", "spread_fit"]
