"""The run that the MFU's regression is centred on, and quantities of it or of runs that differ from it."""

from collections.abc import Callable
from typing import Any

import numpy as np

Evaluate = Callable[..., dict[str, Any]]
NAN = np.float64("nan")
REFERENCE = {
    "active_parameters": 1e10,
    "parameters": 1e10,
    "peak_bf16": 200e12,
    "peak_flops": 200e12,
    "precision_bits": 16.0,
    "memory_bandwidth": 1e12,
    "year": 2024.0,
}


def predicted(evaluate: Evaluate, *targets: str, **held: float) -> list[float]:
    """Compute quantities of the reference run, but for what is held."""
    with np.errstate(all="ignore"):
        values = evaluate(*targets, **{name: np.float64(value) for name, value in (REFERENCE | held).items()})
    return [float(values[name]) for name in targets]
