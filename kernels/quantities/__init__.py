"""The model itself: pure functions, one file per subject. Importing this package fills the registry."""

from ..quantity import Model, registry
from . import economics, environment, fleet, hardware, power, programme, training, transformer

MODEL = Model(registry)

__all__ = ["MODEL", "economics", "environment", "fleet", "hardware", "power", "programme", "training", "transformer"]
