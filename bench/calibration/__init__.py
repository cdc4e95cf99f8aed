"""Measuring a GPU machine for the step-time model."""

__all__ = ["cublaslt", "fit", "gpu", "measure", "measured_device", "operands", "record", "render"]
