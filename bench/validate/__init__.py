"""Predicting published cases, and how far off that is."""

__all__ = [
    "baselines",
    "case_labels",
    "cases",
    "energy_scopes",
    "fitting",
    "fleets",
    "gigawatts",
    "gigawatts_report",
    "hours_basis",
    "known_runs",
    "plot",
    "report",
    "results",
    "row_checks",
    "rows",
    "run",
    "step_times",
    "training_runs",
]
