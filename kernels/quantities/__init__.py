"""The model itself: pure functions, one file per subject. Importing this package fills the registry."""

from ..model.quantity import Model, registry
from . import (
    activations,
    attention,
    capacity,
    collectives,
    economics,
    environment,
    fleet,
    gemm,
    hardware,
    layer,
    linear_attention,
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
    "attention",
    "capacity",
    "collectives",
    "economics",
    "environment",
    "fleet",
    "gemm",
    "hardware",
    "layer",
    "linear_attention",
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
