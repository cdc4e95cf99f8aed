"""Each question on studies of different shape and size, on every engine and in both dtypes."""

from typing import Any

import pytest

from flopwatt.bench.suites import shapes
from flopwatt.bench.suites.timing import MAX_FOR_NUMPY, ask
from flopwatt.kernels.engines import Settings

QUICK = {
    "3 axes": lambda: shapes.shallow(3, 1e6),
    "6 axes": lambda: shapes.shallow(6, 1e7),
    "9 axes": lambda: shapes.shallow(9, 2e7),
    "12 axes": lambda: shapes.shallow(12, 2e7),
}
FULL = {
    "3 axes, 1e6": lambda: shapes.shallow(3, 1e6),
    "3 axes, 1e8": lambda: shapes.shallow(3, 1e8),
    "6 axes, 1e7": lambda: shapes.shallow(6, 1e7),
    "6 axes, 1e9": lambda: shapes.shallow(6, 1e9),
    "9 axes, 2e7": lambda: shapes.shallow(9, 2e7),
    "9 axes, 5e8": lambda: shapes.shallow(9, 5.4e8),
    "9 axes, 1e10": lambda: shapes.shallow(9, 1e10),
    "12 axes, 2e7": lambda: shapes.shallow(12, 2e7),
    "12 axes, 1e9": lambda: shapes.shallow(12, 1e9),
    "12 axes, 1e10": lambda: shapes.shallow(12, 1e10),
    "deep, 16 axes, 2e9": lambda: shapes.deep(2e9),
    "strategy, 14 axes, 1e8": lambda: shapes.deep(1e8, priced=False),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("shape", list(QUICK if metafunc.config.getoption("--quick") else FULL))


@pytest.mark.parametrize("question", shapes.TIMED)
def test_shape(benchmark: Any, request: pytest.FixtureRequest, shape: str, question: str, engine: str, dtype: str) -> None:
    """Time one question; the answer is NumPy's, checked in full or on a sample of whole groups."""
    study = (QUICK if request.config.getoption("--quick") else FULL)[shape]()
    if engine == "numpy" and study.points > MAX_FOR_NUMPY:
        pytest.skip(f"the numpy engine is timed on up to {MAX_FOR_NUMPY:.1e} points")
    ask(benchmark, study, question, engine, Settings(dtype, request.config.getoption("--threads")))
