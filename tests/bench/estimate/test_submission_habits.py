"""What submissions do where nothing is said."""

import pytest

from flopwatt import configs
from flopwatt.bench.estimate.convergence import benchmark
from flopwatt.bench.estimate.submission_habits import usual_batch, usual_precision


@pytest.mark.parametrize(
    ("name", "chips", "batch"),
    [("llama31_405b", 2432, 1216), ("llama31_405b", 2496, 1248), ("llama31_405b", 512, 1024), ("llama31_8b", 8, 16)],
)
def test_the_batch_is_near_the_references_smallest(name: str, chips: float, batch: float) -> None:
    assert usual_batch(benchmark(name), chips) == batch


@pytest.mark.parametrize(("chip", "precision"), [("h100", "FP8"), ("a100", "BF16"), ("tpu-v5p", "INT8"), ("tpu-v4", "BF16")])
def test_the_precision_is_the_faster_one(chip: str, precision: str) -> None:
    usual = usual_precision(configs.load("hardware").find(chip))
    assert usual.name == precision
    assert usual.peaks.get("peak_fp8", 688.5e12) == pytest.approx(688.5e12)  # a third of the products in BF16
