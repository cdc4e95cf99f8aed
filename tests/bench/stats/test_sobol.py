"""Sobol points without SciPy's import are SciPy's, bit for bit."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flopwatt.bench.stats import sobol


@pytest.mark.parametrize(
    ("draws", "dimensions", "seed"),
    [(1, 1, 0), (2, 3, 1), (3, 2, 7), (256, 40, 2**40), (1000, 7, 3), (5, 1111, 4), (4096, 21, 5)],
)
def test_the_points_are_scipy_s(draws: int, dimensions: int, seed: int) -> None:
    points = sobol.sobol_points(draws, dimensions, seed)
    assert points.shape == (draws, dimensions)
    assert points.dtype == np.float64
    np.testing.assert_array_equal(points, sobol._scipy_points(draws, dimensions, seed))


@pytest.mark.parametrize("content", [None, b"no numbers", b"PK\x03\x04"])
def test_without_its_file_scipy_draws_the_points(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    expected = sobol.sobol_points(64, 5, 9)
    if content is not None:
        (tmp_path / "numbers.npz").write_bytes(content)
    monkeypatch.setattr(sobol, "_NUMBERS", str(tmp_path / "numbers.npz"))
    assert sobol._direction_numbers(5) is None
    np.testing.assert_array_equal(sobol.sobol_points(64, 5, 9), expected)


def test_scipy_is_not_imported_for_points() -> None:
    code = (
        "import sys; from flopwatt.bench.stats.sobol import sobol_points; sobol_points(8, 2, 0); "
        "assert not any(name.split('.')[0] == 'scipy' for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
