"""The limits that a roofline reads: each measured, finite, in its order, by loops that do their work."""

import math

import numpy as np
import pytest

from flopwatt.bench.machine import ceilings


@pytest.mark.alone
def test_the_machine_has_limits() -> None:
    limits = ceilings.cpu("float64", 1)
    assert limits.cores == 1
    assert limits.operations > limits.divides > 1e7
    assert limits.cache_bytes > limits.memory_bytes > 1e8
    assert limits.counts > 1e7
    assert all(math.isfinite(value) for value in vars(limits).values())


def test_the_loops_that_are_timed_do_their_work() -> None:
    values, bins = np.full(8, 2.0), np.zeros(4, np.uint32)
    ceilings._loop(ceilings._shift, "float64", "real*", "real*")(3, values, np.ones(1))
    assert values.tolist() == [5.0] * 8
    ceilings._loop(ceilings._divide, "float64", "real*", "real*")(1, values, np.full(1, 10.0))
    assert values.tolist() == [2.0] * 8
    ceilings._loop(ceilings._count, "float64", "count*", "count*")(2, np.array([1, 3, 3], np.uint32), bins)
    assert bins.tolist() == [0, 2, 0, 4]
