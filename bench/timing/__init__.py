"""Timing calls: samples, energy and GPU events around them, and whole suites in sessions."""

__all__ = [
    "case",
    "energy",
    "gpu",
    "plugin",
    "processes",
    "report",
    "sampler",
    "serving",
    "session",
    "speeds",
    "worker",
]
