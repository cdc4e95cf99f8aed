"""What a step recomputes that says nothing of it: modules, where it would not fit its chips otherwise."""

from collections.abc import Mapping

from ... import configs
from ...kernels.quantities import MODEL
from .habits import can_recompute_modules

_MARGIN = "memory_margin"


def recomputed(framework: str, inputs: Mapping[str, float]) -> dict[str, float]:
    """Recompute modules where a step does not fit without, as recipes of Megatron Core do.

    NVIDIA-NeMo/Megatron-Bridge, scripts/performance: ``recompute_modules`` of the recipes whose chips are small.

    Parameters
    ----------
    framework
        A row of configs/frameworks.toml.
    inputs
        The step's inputs, in base units, nothing recomputed.

    Returns
    -------
    dict
        ``recomputed_modules``, or nothing where the step fits or its software cannot.
    """
    able = can_recompute_modules(framework, inputs["software_date"], inputs["zero_stage"])
    return {"recomputed_modules": 1.0} if able and _margin(inputs) < 0 else {}


def _margin(inputs: Mapping[str, float]) -> float:
    """Return the bytes that are left on the fullest chip."""
    values = {name: default.value for name, default in configs.defaults().items()} | dict(inputs)
    return float(MODEL.compute([_MARGIN], values)[_MARGIN])
