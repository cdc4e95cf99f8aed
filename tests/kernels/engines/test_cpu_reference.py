"""The reference engine against plain NumPy on the whole grid at once, whatever blocks it walks the grid in."""

import numpy as np
import pytest
from small_problems import BOTH, LIMIT, asked, problem_of

from flopwatt.kernels.engines import Settings, cpu_reference
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Result, Table

BLOCKS = pytest.mark.parametrize("points", [1, 7, 40, 2**17])
PROBLEM = problem_of(4, 6, 5, nan=True, low=-1.0)


@BLOCKS
@pytest.mark.parametrize("shape", [(), (1,), (13,), (4, 6, 5), (3, 1, 2, 2)])
def test_blocks_cover_the_grid_once_in_order(points: int, shape: tuple[int, ...]) -> None:
    grid = problem_of(*shape).grid if shape else Grid(())
    flat = np.arange(grid.size).reshape(grid.shape)
    parts = [flat[slices].reshape(-1) for slices in cpu_reference.blocks(grid, points)]
    np.testing.assert_array_equal(np.concatenate(parts), np.arange(grid.size))
    assert all(len(part) <= points for part in parts)


def answer(kind: str, dtype: str) -> Result:
    return cpu_reference.ENGINE.prepare(PROBLEM, asked(kind, ("b",), LIMIT), Settings(dtype)).run()


def everything(dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, which of them count, and flat indices: (b, the rest)."""
    flat = np.arange(PROBLEM.grid.size)
    values = evaluate_at(PROBLEM, ["x", "y", "z"], flat, dtype)
    counts = (values["y"] <= 14.0) & (values["z"] != 1.0) & ~np.isnan(values["x"] + values["y"] + values["z"])
    by = [np.moveaxis(array.reshape(4, 6, 5), 1, 0).reshape(6, 20) for array in (values["x"], counts, flat)]
    return by[0], by[1], by[2]


@BOTH
@BLOCKS
def test_bests_summaries_and_extremes(dtype: str, points: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu_reference, "BLOCK_POINTS", points)
    x, counts, flat = everything(dtype)
    for kind, worst, pick in (("least", np.inf, np.argmin), ("greatest", -np.inf, np.argmax)):
        result, place = answer(kind, dtype).values, pick(np.where(counts, x, worst), axis=1)
        some = counts.any(axis=1)
        np.testing.assert_array_equal(result["index"], np.where(some, flat[range(6), place], -1))
        np.testing.assert_array_equal(result["objective"], np.where(some, x[range(6), place], np.nan))
    result = answer("summary", dtype).values
    np.testing.assert_array_equal(result["feasible"], counts.sum(axis=1))
    np.testing.assert_array_equal(result["count"], 20)
    mean = np.array([np.mean(row[met], dtype=np.float64) if met.any() else np.nan for row, met in zip(x, counts, strict=True)])
    np.testing.assert_allclose(result["mean"], mean, rtol=1e-14)
    spread = answer("quantiles", dtype).values["quantiles"]
    np.testing.assert_array_equal(spread[:, 0], result["min"])
    np.testing.assert_array_equal(spread[:, -1], result["max"])


@BOTH
@BLOCKS
def test_histograms_count_every_point_once(dtype: str, points: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu_reference, "BLOCK_POINTS", points)
    x, counts, _ = everything(dtype)
    result = answer("histogram", dtype).values
    for row, met, numbers in zip(x, counts, result["counts"], strict=True):
        expected = np.histogram(row[met], result["edges"])[0]
        np.testing.assert_array_equal(numbers, expected)


def test_a_front_is_beaten_by_no_point_by_more_than_a_bin() -> None:
    values = answer("pareto", "float64").values
    x, counts, _ = everything("float64")
    z = evaluate_at(PROBLEM, ["z"], np.arange(PROBLEM.grid.size))["z"].reshape(4, 6, 5)
    seconds = np.moveaxis(z, 1, 0).reshape(6, 20)
    for front, row, second, met in zip(values["front"], x, seconds, counts, strict=True):
        for a, b in front[~np.isnan(front).any(axis=1)]:
            assert not ((row[met] < a - abs(a) / 64) & (second[met] <= b)).any()
            assert not ((row[met] <= a) & (second[met] < b)).any()


def test_a_table_is_handed_over_and_not_answered() -> None:
    with pytest.raises(EngineError, match="handed over in chunks"):
        cpu_reference.ENGINE.prepare(PROBLEM, Table(name="t", quantities=("x",)), Settings()).run()


def test_progress_ends_at_one() -> None:
    said = list[float]()
    cpu_reference.ENGINE.prepare(PROBLEM, asked("pareto"), Settings(progress=said.append)).run()
    assert said == sorted(said)
    assert said[-1] == pytest.approx(1.0)
