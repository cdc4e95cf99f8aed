"""The time and the memory of a training step: published rows, prediction, fit."""

__all__ = ["fit", "predict", "rows"]
