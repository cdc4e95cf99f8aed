"""The machine: what it is, what it can do at most, and what else it is doing."""

__all__ = ["c_loop", "ceilings", "info", "noise", "nvml", "peak_memory", "peaks", "reference_loops", "streams"]
