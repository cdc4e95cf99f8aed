"""Strategies of serving on every engine and in both dtypes: throughput alone, the best under goals, and the front."""

from typing import Any

import pytest

from flopwatt.bench.suites.serving_shapes import serving
from flopwatt.bench.suites.timing import MAX_FOR_NUMPY, ask
from flopwatt.kernels.engines import Settings

SCENARIOS = {True: 2e7, False: 1e9}  # quick or not
QUESTIONS = ("throughput", "best strategy", "throughput against interactivity")


@pytest.mark.parametrize("question", QUESTIONS)
def test_serving(benchmark: Any, request: pytest.FixtureRequest, question: str, engine: str, dtype: str) -> None:
    """Time one question; the answer is NumPy's, checked in full or on a sample of whole groups."""
    shape = serving(SCENARIOS[request.config.getoption("--quick")])
    if engine == "numpy" and shape.points > MAX_FOR_NUMPY:
        pytest.skip(f"the numpy engine is timed on up to {MAX_FOR_NUMPY:.1e} points")
    ask(benchmark, shape, question, engine, Settings(dtype, request.config.getoption("--threads")))
