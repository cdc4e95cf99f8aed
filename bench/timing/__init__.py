"""Timing calls: samples, energy and GPU events around them, and whole suites in sessions."""

__all__ = [
    "case",
    "energy",
    "gpu",
    "import_guard",
    "parameters",
    "plugin",
    "processes",
    "project",
    "pytest_settings",
    "report",
    "sampler",
    "serving",
    "session",
    "speeds",
    "worker",
]
