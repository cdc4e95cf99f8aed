"""Comparing records: pairs, verdicts, and two commits timed in turn."""

__all__ = ["against", "answers", "interleave", "match", "options", "report", "result", "thresholds", "verdict", "worktree"]
