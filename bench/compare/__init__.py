"""Comparing records: pairs, verdicts, and two commits timed in turn."""

__all__ = [
    "against",
    "answers",
    "change",
    "interleave",
    "match",
    "options",
    "report",
    "result",
    "screen",
    "sides",
    "thresholds",
    "verdict",
    "worktree",
]
