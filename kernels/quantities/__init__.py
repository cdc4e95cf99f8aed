"""The model itself: pure functions, one file per subject. Importing this package fills the registry."""

from ..model.quantity import Model, registry
from . import (
    activations,
    capacity,
    collectives,
    economics,
    environment,
    fleet,
    gemm,
    hardware,
    layer,
    memory,
    parallelism,
    power,
    programme,
    state_space,
    strategy,
    training,
    transformer,
    utilisation,
)

MODEL = Model(registry)

__all__ = [
    "MODEL",
    "activations",
    "capacity",
    "collectives",
    "economics",
    "environment",
    "fleet",
    "gemm",
    "hardware",
    "layer",
    "memory",
    "parallelism",
    "power",
    "programme",
    "state_space",
    "strategy",
    "training",
    "transformer",
    "utilisation",
]
