"""What is kept of scenarios, and how it becomes an answer: partial states, bins, Pareto fronts, and each kind's answer."""

__all__ = ["bins", "decisions", "draws", "kinds", "pareto", "states"]
