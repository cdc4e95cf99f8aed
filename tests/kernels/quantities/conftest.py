"""Evaluating the model in plain Python: what the tests of single quantities need."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from flopwatt import configs
from flopwatt.bench.step_time import predict
from flopwatt.kernels.model.units import factor
from flopwatt.kernels.quantities import MODEL

Values = dict[str, Any]


def _evaluate(targets: Iterable[str], held: Mapping[str, Any]) -> Values:
    values = dict(held)
    for item in MODEL.order(targets, values):
        if item.name not in values:
            values[item.name] = item(*(values[name] for name in item.parameters))
    return values


@pytest.fixture
def evaluate() -> Callable[..., Values]:
    """``evaluate("cost", model=..., chip=..., tokens=1e12)``: every quantity on the way to the targets, in base units.

    Inputs come from the defaults, then from the rows of the facts tables, then from the keywords (in base units).
    """

    def run(*targets: str, model: str | None = None, chip: str | None = None, grid: str | None = None, **held: float) -> Values:
        values: Values = {name: default.value for name, default in configs.defaults().items()}
        for table, row in (("models", model), ("hardware", chip), ("grids", grid)):
            if row is not None:
                values |= configs.load(table).find(row).values
        return _evaluate(targets, values | held)

    return run


@pytest.fixture
def unit_of() -> Callable[[str], float]:
    """How many base units one unit is."""
    return factor


STEP_TARGETS = ("step_time", "memory_per_chip", "tensor_divides", "step_mfu", "mixer_forward_time", "shared_activation_bytes")
STRATEGY = {
    "chip_count": 64.0, "tensor_parallel": 1.0, "pipeline_parallel": 1.0, "context_parallel": 1.0, "expert_parallel": 1.0,
    "interleave": 1.0, "batch_size": 64.0, "microbatch_size": 1.0, "sequence_length": 8192.0,
}  # fmt: skip


@pytest.fixture(scope="session")
def step() -> Callable[..., dict[str, float]]:
    """``step("llama-3.1-8b", layer_passes=2.0)``: a step of a model on 64 chips of a published case, with what is changed."""
    (case, *_), _ = predict.cases([row for row in predict.published_rows() if "LLAMA3_8B" in str(row["model"])])
    known = predict.inputs([case], STEP_TARGETS)

    def run(model: str = "llama-3.1-8b", **changed: float) -> dict[str, float]:
        row = {name: value for name, value in configs.load("models").find(model).values.items() if name in MODEL}
        values = predict.evaluate({**known, **row, **STRATEGY, **changed}, STEP_TARGETS)
        return {name: float(values[name].reshape(-1)[0]) for name in STEP_TARGETS}

    return run
