"""Shares of drawn columns against closed forms: how near they are, that their errors say so, and what has no influence."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm, qmc

from flopwatt.kernels.model.grid import Floats
from flopwatt.kernels.reductions import column_shares as module
from flopwatt.kernels.reductions.column_shares import ColumnShares, column_shares

SEEDS = range(30)
DRAWN = ["sobol", "random"]
PRODUCT = (1 / 12) / ((1 + 1 / 12) ** 3 - 1)  # of each of three factors that are uniform from 0.5 to 1.5


def points(kind: str, length: int, seed: int) -> Floats:
    """Four columns, uniform in 0 to 1."""
    if kind == "sobol":
        return np.asarray(qmc.Sobol(4, scramble=True, seed=seed).random(length))
    return np.random.default_rng(seed).random((length, 4))


def shares_of(columns: Floats, output: Floats) -> ColumnShares:
    return column_shares(list(columns.T), output[None], np.ones((1, len(output))), np.array([output.var()]))


def repeated(kind: str, length: int, output: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    split = [shares_of(u, output(u)) for u in (points(kind, length, seed) for seed in SEEDS)]
    return np.array([part.shares[0] for part in split]), np.array([part.errors[0] for part in split])


def product(u: Floats) -> Floats:
    """The fourth column does nothing."""
    return np.asarray((u[:, 0] + 0.5) * (u[:, 1] + 0.5) * (u[:, 2] + 0.5))


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("length", [256, 1024])
def test_shares_of_a_sum_are_those_of_its_variances_and_add_up(kind: str, length: int) -> None:
    for seed in SEEDS:
        u = points(kind, length, seed)
        split = shares_of(norm.ppf(u), norm.ppf(u) @ [3.0, 2.0, 1.0, 0.0])
        assert split.shares[0] == pytest.approx(np.array([9, 4, 1, 0]) / 14, abs=0.011 if kind == "sobol" else 0.12)
        assert split.shares.sum() == pytest.approx(1, abs=1e-6)
        assert split.error_of_sum[0] < 1e-6


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("length", [256, 1024])
def test_errors_are_those_of_repeated_draws_or_a_little_more(kind: str, length: int) -> None:
    shares, errors = repeated(kind, length, product)
    off = np.sqrt(((shares[:, :3] - PRODUCT) ** 2).mean(axis=0))
    assert (off < 1.3 * errors[:, :3].mean(axis=0)).all()
    assert (errors[:, :3].mean(axis=0) < 0.035 * np.sqrt(256 / length)).all()


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("length", [256, 1024])
def test_a_column_without_influence_stays_below_its_error(kind: str, length: int) -> None:
    shares, errors = repeated(kind, length, product)
    assert (shares[:, 3] > errors[:, 3]).mean() <= 0.1
    assert shares[:, 3].max() < 0.015


def test_a_column_of_a_few_values_is_told_by_its_values() -> None:
    u = points("sobol", 256, 3)
    columns = np.stack([np.floor(3 * u[:, 0]), (u[:, 1] > 0.3).astype(float), u[:, 2]], axis=1)
    output = np.array([1.0, 5.0, 2.0])[columns[:, 0].astype(int)] + 2 * columns[:, 1] + 3 * columns[:, 2]
    variances = np.array([np.array([1.0, 5, 2]).var(), 4 * 0.3 * 0.7, 9 / 12])
    split = shares_of(columns, output)
    assert split.shares[0] == pytest.approx(variances / variances.sum(), abs=0.012)
    assert split.shares.sum() == pytest.approx(1, abs=1e-6)


def test_a_jump_is_seen_as_far_as_bins_tell() -> None:
    u = points("sobol", 4096, 1)
    split = shares_of(u, (u[:, 0] > 0.33) + u[:, 1])
    jump = 0.33 * 0.67
    assert split.shares[0, 0] == pytest.approx(jump / (jump + 1 / 12), abs=0.01)


def test_one_column_explains_all_that_the_means_do() -> None:
    u = points("sobol", 256, 0)
    means = np.floor(7 * u[:, 0]) % 3
    split = column_shares([u[:, 0]], means[None], np.ones((1, 256)), np.array([2 * means.var()]))
    assert split.shares[0, 0] == pytest.approx(0.5, rel=1e-12)
    assert 0 < split.errors[0, 0] < 0.03


def test_a_part_of_the_whole_variance_is_the_others() -> None:
    """What other axes do at one draw is in the variance and not in the means."""
    u = points("sobol", 1024, 5)
    means = u @ [3.0, 2.0, 1.0, 0.0]
    split = column_shares(list(u.T), means[None], np.ones((1, 1024)), np.array([4 * means.var()]))
    np.testing.assert_allclose(split.shares, shares_of(u, means).shares / 4, atol=1e-9)


def test_a_draw_without_weight_does_not_count() -> None:
    u = points("random", 256, 1)
    output, weights = product(u), np.ones(256)
    weights[u[:, 0] > 0.7] = 0
    variance = output[weights > 0].var()[None]
    unknown, other = output.copy(), output.copy()
    unknown[weights == 0], other[weights == 0] = np.nan, 1e9
    columns = u.copy()
    columns[weights == 0, 1] = np.nan
    a = column_shares(list(u.T), unknown[None], weights[None], variance)
    b = column_shares(list(u.T), other[None], 5 * weights[None], variance)
    np.testing.assert_allclose(a.shares, b.shares, atol=1e-12)
    np.testing.assert_allclose(a.errors, b.errors, atol=1e-12)
    assert np.isfinite(column_shares(list(columns.T), unknown[None], weights[None], variance).shares).all()
    few = output[weights > 0]
    whole = column_shares(list(u[weights > 0].T), few[None], np.ones((1, len(few))), variance)
    np.testing.assert_allclose(a.shares, whole.shares, atol=0.03)


def test_a_group_is_answered_as_if_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    u, random = points("sobol", 64, 2), np.random.default_rng(0)
    means, weights = random.random((9, 64)) + u @ [3.0, 2.0, 1.0, 0.0], random.integers(0, 4, (9, 64)).astype(float)
    weights[4], weights[5] = 3, 0
    variance = means.var(axis=1)
    variance[5:7] = np.nan
    whole = column_shares(list(u.T), means, weights, variance)
    monkeypatch.setattr(module, "_SLAB", 64)
    for i in range(9):
        alone = column_shares(list(u.T), means[i : i + 1], weights[i : i + 1], variance[i : i + 1])
        np.testing.assert_allclose(alone.shares, whole.shares[i : i + 1], atol=1e-10)
        np.testing.assert_allclose(alone.errors, whole.errors[i : i + 1], atol=1e-10)
    np.testing.assert_allclose(column_shares(list(u.T), means, weights, variance).shares, whole.shares, atol=1e-10)
    assert np.isnan(whole.shares[5:7]).all()


@pytest.mark.parametrize("length", [1, 2, 5, 17])
def test_a_few_draws_do_not_break_it(length: int) -> None:
    u = points("random", length, 0)
    u[:, 2] = 4.0  # a column of one value
    variance = product(u).var() if length > 1 else np.nan
    split = column_shares(list(u.T), product(u)[None], np.ones((1, length)), np.array([variance]))
    assert split.shares.shape == (1, 4)
    assert (split.shares >= 0).all() == (length > 1)
