"""First studies: written for a planner from a few wishes, commented, and ready to run."""

__all__ = ["best_strategies", "headlines", "place_basis", "plan", "shipped_copies", "study_parts", "study_text", "wishes"]
