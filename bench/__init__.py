"""The driver: how flopwatt is asked, measured, recorded and compared."""

__all__ = [
    "answers",
    "calibration",
    "cli",
    "commands",
    "compare",
    "errors",
    "estimate",
    "facts",
    "history",
    "machine",
    "plans",
    "records",
    "runner",
    "stats",
    "step_time",
    "study",
    "terminal",
    "timing",
    "validate",
    "verify",
]
