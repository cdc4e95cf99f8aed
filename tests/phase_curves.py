"""Phases as curves over quarters: quantities that add up over phases and over time, evaluated in plain NumPy."""

from typing import Any

import numpy as np

from flopwatt import configs
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.model.sums import with_sums
from flopwatt.kernels.quantities import MODEL

QUARTERS = np.arange(2026.0, 2051.0, 0.25)
STOCKS = ("built_power", "retired_power", "online_power", "added_power", "added_power_so_far", "mean_online_power")


def curves(phases: list[tuple[float, float]], names: tuple[str, ...] = STOCKS, **held: float) -> dict[str, Any]:
    """Quantities by quarter of phases of a date and gigawatts each."""
    defaults = {name: default.value for name, default in configs.defaults().items()}
    defaults |= configs.load("hardware").rows["gb200-nvl72"].values | configs.load("grids").rows["usa"].values
    dates, powers = (np.array(column) for column in zip(*phases, strict=True))
    columns = {"phase_date": dates, "phase_power": 1e9 * powers, "phase_generation": np.arange(len(phases)) + 1.0}
    grid = Grid((Axis("period", {"period_date": QUARTERS}), Axis("phase", columns)))
    given = {**defaults, "period_years": 0.25, **held}
    needed = {*MODEL.inputs(names, set(held)), *held} - {*columns}
    given = {name: value for name, value in given.items() if name in needed}
    problem = with_sums(Problem(MODEL, grid, given), names, ("phase",))
    return evaluate_at(problem, names, np.arange(len(QUARTERS)))
