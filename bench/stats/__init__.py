"""Statistics: intervals, tests, distributions to draw from, Bayesian linear regression."""

__all__ = ["array_cache", "bayes_linear", "distributions", "inference", "levels", "sequential", "sobol"]
