"""The study of serving that is timed: its size, and that engines answer it alike."""

from dataclasses import replace

import numpy as np
import pytest

from flopwatt.bench.suites.serving_shapes import serving
from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.questions import Problem


def small() -> Problem:
    """The study with every axis cut to two points, but for batches."""
    problem = serving(1e8).problem
    cut = tuple(
        replace(axis, columns={name: values[:: max(len(values) // 2, 1)][:2] for name, values in axis.columns.items()})
        if axis.name != "batch"
        else axis
        for axis in problem.grid.axes
    )
    return replace(problem, grid=replace(problem.grid, axes=cut))


@pytest.mark.parametrize("points", [2e7, 1e9])
def test_it_has_about_as_many_points_as_are_asked_for(points: float) -> None:
    assert serving(points).points == pytest.approx(points, rel=0.35)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("question", serving(1e8).questions)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_engines_answer_alike(engine: str, question: str, dtype: str) -> None:
    problem, asked = small(), serving(1e8).questions[question]
    result = engines.get(engine).prepare(problem, asked, Settings(dtype)).run()
    expected = engines.get("reference").prepare(problem, asked, Settings(dtype)).run()
    assert not agreement(problem, asked, result, expected, dtype).wrong
    assert all(np.isfinite(np.asarray(values)).any() for values in result.values.values())
