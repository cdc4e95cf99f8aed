"""One quantity of a training step, from defaults, a model's and a chip's facts, and what a test states."""

from typing import Any

from flopwatt import configs
from flopwatt.kernels.quantities import MODEL


def scenario(model: str = "gpt-3-175b", chip: str = "h100-sxm-80gb", **stated: Any) -> dict[str, Any]:
    """Every input: the defaults, a model's and a chip's facts, a plain strategy on 64 chips, and what is stated."""
    values: dict[str, Any] = {name: default.value for name, default in configs.defaults().items()}
    values |= configs.load("models").find(model).values
    values |= configs.load("hardware").find(chip).values
    return values | {"chip_count": 64.0, "batch_size": 64.0, "step_overhead": 0.0, "straggling": 0.0} | stated


def compute(name: str, **values: Any) -> Any:
    """One quantity from a scenario's inputs, or from quantities stated in place of their formulas."""
    return MODEL.compute([name], scenario(**values))[name]
