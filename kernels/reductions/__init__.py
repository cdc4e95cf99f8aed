"""How scenarios become an answer: bins for quantiles and histograms, and Pareto fronts."""

__all__ = ["bins", "pareto"]
