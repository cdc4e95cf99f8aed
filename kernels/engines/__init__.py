"""The engines: what runs a question on a grid, which of them this machine has, and why not the others."""

from .engine import Availability, Engine, Prepared, Settings
from .registry import FASTEST_FIRST, NAMES, REFERENCE, Collapsing, availability, available, count_devices, get

__all__ = [
    "FASTEST_FIRST",
    "NAMES",
    "REFERENCE",
    "Availability",
    "Collapsing",
    "Engine",
    "Prepared",
    "Settings",
    "availability",
    "available",
    "count_devices",
    "get",
]
