"""What a record refuses to hold, and what it keeps of many values."""

import math

import pytest
from whole_records import make_benchmark

from flopwatt.bench.machine.noise import Noise
from flopwatt.bench.records.record import (
    MAX_VALUES,
    Reading,
    Values,
    sample_of,
)
from flopwatt.bench.records.reference import Reference


@pytest.mark.parametrize("samples", [(), (0.0,), (-1.0,), (math.nan,), (math.inf,)])
def test_samples_must_be_times(samples):
    with pytest.raises(ValueError, match="sample"):
        make_benchmark(samples=samples)


def test_blocks_must_add_up():
    with pytest.raises(ValueError, match="add up to the 20 samples"):
        make_benchmark(blocks=(10, 9))


def test_cpu_time_is_not_negative():
    with pytest.raises(ValueError, match="cpu_seconds must be seconds, 0 or more"):
        make_benchmark(cpu_seconds=Reading(-1.0))


@pytest.mark.parametrize("share", [-0.1, 1.1, 5.0])
def test_others_use_no_more_than_the_whole_processor(share):
    with pytest.raises(ValueError, match="other_cpu_share must be a share"):
        Noise(other_cpu_share=share)


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf, 1e300, 1e-300])
def test_times_of_reference_loops_are_such_as_can_be(seconds):
    with pytest.raises(ValueError, match="every time of a reference loop must be"):
        Reference("1", {"integer": (0.001, seconds)})


@pytest.mark.parametrize(("data", "size", "index"), [((1.0,), 2, None), ((1.0, 2.0), 5, (0,))])
def test_values_must_fill_their_places(data, size, index):
    with pytest.raises(ValueError, match=r"data has \d values for \d places"):
        Values("s", data, size, index)


def test_many_values_are_sampled_at_fixed_places():
    values = sample_of([float(i) for i in range(10_001)], "s")
    assert values.size == 10_001
    assert len(values.data) == len(set(values.index)) == MAX_VALUES
    assert (values.index[0], values.index[-1]) == (0, 10_000)
    assert values.data == tuple(float(i) for i in values.index)
    assert sample_of([1.0], "s").index is None
