"""Predicting published cases, and how far off that is."""

__all__ = [
    "baselines",
    "cases",
    "fitting",
    "fleets",
    "gigawatts",
    "gigawatts_report",
    "plot",
    "report",
    "results",
    "rows",
    "run",
    "step_times",
    "training_runs",
]
