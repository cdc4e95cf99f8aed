"""Grids of 1e12 points on real GPUs: right where the CPU can look, in launches that end, the same bits twice."""

import time

import numpy as np
import pytest
from gpu_targets import ON_GPUS, GpuTarget, WatchedDevice

from flopwatt.bench.suites.large import checked
from flopwatt.bench.suites.shapes import shallow
from flopwatt.kernels.engines import Settings

pytestmark = pytest.mark.slow


@ON_GPUS
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", ["best", "summary", "quantiles"])
def test_a_large_grid(target: GpuTarget, kind: str, dtype: str) -> None:
    shape, shares = shallow(9, 1e12), list[float]()
    question, device = shape.questions[kind], WatchedDevice(target.make())
    prepared = target.prepare(shape.problem, question, Settings(dtype, progress=shares.append), device)
    start = time.perf_counter()
    result = prepared.run()
    seconds = time.perf_counter() - start
    print(f"{kind}, {dtype}, {target.name}: {shape.points / seconds:.3g} points/s, {len(device.launches)} launches")
    checked(shape, question, result, target.name, dtype)
    assert shares[-1] == pytest.approx(1.0)
    assert shares == sorted(shares)
    again = prepared.run()
    for name, values in result.values.items():
        np.testing.assert_array_equal(again.values[name], values, err_msg=name)
