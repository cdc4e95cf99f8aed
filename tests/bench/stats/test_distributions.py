"""Joint draws have the distributions they are named for, and are the same for the same seed."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from flopwatt.bench.stats import distributions
from flopwatt.bench.stats.sobol import sobol_points

N = 4096
CASES = [
    ("uniform", [2.0, 5.0], stats.uniform(2, 3)),
    ("normal", [3.0, 0.5], stats.norm(3, 0.5)),
    ("lognormal", [2.0, 0.4], stats.lognorm(0.4, scale=2)),
    ("triangular", [1.0, 2.0, 5.0], stats.triang(0.25, 1, 4)),
    ("triangular", [1.0, 1.0, 5.0], stats.triang(0, 1, 4)),
    ("triangular", [1.0, 5.0, 5.0], stats.triang(1, 1, 4)),
]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path))


@pytest.mark.parametrize(("name", "parameters", "expected"), CASES)
def test_distribution(name: str, parameters: list[float], expected: object) -> None:
    u = distributions.sobol(N, 1, 3)[:, 0]
    made = distributions.inverse(name, parameters, u)
    np.testing.assert_allclose(made, expected.ppf(u), rtol=1e-9)  # type: ignore[attr-defined]
    assert stats.kstest(made, expected.cdf).statistic < 2 / N  # a Sobol sequence is far more even than chance


def test_many_draws_take_the_other_normal() -> None:
    u = (np.arange(60_000) + 0.5) / 60_000
    np.testing.assert_allclose(distributions.inverse("normal", [0.0, 1.0], u), stats.norm.ppf(u), atol=1e-12)


def test_the_same_seed_gives_the_same_draws_with_and_without_the_cache(tmp_path: Path) -> None:
    first = distributions.sobol(1000, 3, 7)
    assert list(tmp_path.glob("array_*"))
    np.testing.assert_array_equal(first, distributions.sobol(1000, 3, 7))
    np.testing.assert_array_equal(first, sobol_points(1000, 3, 7) + 2.0**-31)
    assert not np.array_equal(first, distributions.sobol(1000, 3, 8))
    assert (first > 0).all()
    assert (first < 1).all()


def test_a_broken_cache_is_passed_over(tmp_path: Path) -> None:
    first = distributions.sobol(100, 2, 1)
    for path in tmp_path.glob("array_*"):
        path.write_bytes(path.read_bytes()[:50])
    np.testing.assert_array_equal(first, distributions.sobol(100, 2, 1))


def test_columns_are_independent() -> None:
    u = distributions.sobol(N, 4, 0)
    correlation = np.corrcoef(u.T) - np.eye(4)
    assert np.abs(correlation).max() < 0.01


def test_choose_gives_each_value_its_share() -> None:
    made = distributions.choose(np.array([1.0, 5.0, 9.0]), distributions.sobol(3072, 1, 0)[:, 0])
    values, counts = np.unique(made, return_counts=True)
    assert values.tolist() == [1, 5, 9]
    assert np.abs(counts - 1024).max() <= 2


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("uniform", [1.0]), ("uniform", [2.0, 1.0]), ("uniform", [1.0, 1.0]), ("normal", [1.0, 0.0]),
        ("normal", [1.0, -1.0]), ("lognormal", [-1.0, 1.0]), ("lognormal", [0.0, 1.0]), ("triangular", [1.0, 3.0, 2.0]),
        ("triangular", [1.0, 2.0]),
    ],
)  # fmt: skip
def test_bad_parameters(name: str, parameters: list[float]) -> None:
    with pytest.raises(distributions.DrawError):
        distributions.check(name, parameters)


def test_a_lognormal_interval_holds_80_percent() -> None:
    assert distributions.lognormal_interval(2.0, 0.4) == pytest.approx(stats.lognorm(0.4, scale=2).ppf([0.1, 0.9]))
    assert distributions.lognormal_interval(2.0, 0.0) == (2.0, 2.0)
