"""Predicting published cases, and how far off that is."""

__all__ = [
    "baselines",
    "cases",
    "energy_scopes",
    "fitting",
    "fleets",
    "known_runs",
    "plot",
    "report",
    "results",
    "rows",
    "run",
    "step_times",
    "training_runs",
]
