"""Kernels for the CPU: an outer point at a time, a loop over the lanes innermost."""

__all__ = ["ahead", "bin_steps", "bins", "cpu_code", "decide", "lanes", "locate", "pairs", "quantile", "reduce", "table"]
