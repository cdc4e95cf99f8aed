"""What is kept of scenarios, and how it becomes an answer: partial states, bins, Pareto fronts, and each kind's answer."""

__all__ = [
    "bins",
    "column_shares",
    "decisions",
    "draws",
    "exact_sums",
    "kinds",
    "merged_passes",
    "more_is_better",
    "over_draws",
    "pareto",
    "partials",
    "states",
]
