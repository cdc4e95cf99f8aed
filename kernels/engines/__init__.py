"""The engines: what runs a question on a grid, which of them this machine has, and why not the others."""

from .engine import Availability, Engine, Prepared, Settings
from .registry import FASTEST_FIRST, NAMES, Collapsing, availability, available, get

__all__ = [
    "FASTEST_FIRST",
    "NAMES",
    "Availability",
    "Collapsing",
    "Engine",
    "Prepared",
    "Settings",
    "availability",
    "available",
    "get",
]
