"""The bound on a plan's time, of loads made by hand."""

import pytest

from flopwatt.kernels.analysis.roofline import Load, MachineLimits, bound, estimate


def test_the_bound_is_the_slowest_part_of_each_pass():
    limits = MachineLimits(operations=100.0, divides=10.0, cache_bytes=1000.0, memory_bytes=50.0, counts=5.0)
    arithmetic = Load("a", {}, slots=50.0, divides=1.0, cache_bytes=100.0, memory_bytes=5.0, loops=0.0)
    counting = Load("c", {}, slots=50.0, divides=1.0, cache_bytes=100.0, memory_bytes=5.0, loops=0.0, counted=4.0)
    assert arithmetic.seconds(limits) == {"arithmetic": 0.5, "division": 0.1, "cache": 0.1, "memory": 0.1, "counting": 0.0}
    found = bound([arithmetic, counting], 1000, limits)
    assert (found.seconds, found.by) == (pytest.approx(1000 * (0.5 + 0.8)), "counting")
    assert estimate([arithmetic, counting], 1000, limits) >= found.seconds
