"""A benchmark's level: the lower third of its processes, the machine's own speed divided out block by block."""

import dataclasses
import math

import pytest
from made_records import quiet_processes, timed

from flopwatt.bench.machine.reference_loops import LOOPS
from flopwatt.bench.records.level import DIVIDED_OUT, block_logs, level, speed_logs, work_of
from flopwatt.bench.records.reference import Reference
from flopwatt.bench.records.summary import SampleSummary

SAMPLES = (1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0)


def test_blocks_have_their_own_medians():
    benchmark = timed("a", samples=SAMPLES, blocks=(3, 3, 3))
    assert block_logs(benchmark) == (0.0, math.log(2), 0.0)
    assert level(benchmark).log == 0.0  # the lower third: what disturbed the second process is passed over
    assert level(benchmark).degrees == 2


def test_a_machine_that_was_slow_for_a_while_is_divided_out():
    """The second process ran while everything took twice as long, its loops too."""
    seconds = dict.fromkeys(LOOPS, (0.001, 0.002, 0.001))
    benchmark = timed("a", samples=SAMPLES, blocks=(3, 3, 3), reference=Reference("1", seconds))
    divided = level(benchmark, divided=True)
    assert divided.log == pytest.approx(math.log(1000))
    assert divided.variance < 1e-20 < level(benchmark).variance


def test_the_memory_loop_is_recorded_and_not_divided_out():
    assert set(DIVIDED_OUT) == set(LOOPS) - {"memory"}
    slow = {name: (0.009,) if name == "memory" else (0.001,) for name in LOOPS}
    assert speed_logs(timed("a", samples=(1.0,), reference=Reference("1", slow))) == pytest.approx((math.log(0.001),))


def test_there_is_no_speed_without_loops_beside_every_block_nor_of_a_gpu():
    fields = quiet_processes(20)
    assert speed_logs(timed("a")) is not None
    assert speed_logs(timed("a", reference=None)) is None
    assert speed_logs(timed("a", engine="cupy")) is None
    short = dataclasses.replace(fields["reference"], seconds=dict.fromkeys(LOOPS, (0.001,)))
    assert speed_logs(timed("a", reference=short)) is None


def test_one_process_has_the_variance_of_its_samples():
    calm, wild = (level(timed("a", samples=tuple(1 + spread * i for i in range(9)))) for spread in (0.001, 0.1))
    assert 0 < calm.variance < wild.variance
    assert calm.degrees == 8
    assert level(timed("a", samples=(2.0,))) == level(timed("b", samples=(2.0,)))
    outlier = level(timed("a", samples=(1.0, 1.001, 0.999, 1.002, 0.998, 1.0, 1.001, 90.0)))
    assert outlier.variance < 1e-5  # what one sample waited for says nothing of the median


def test_a_summary_is_all_that_some_files_have():
    benchmark = dataclasses.replace(
        timed("a"), samples=(), blocks=(), reference=None, summary=SampleSummary("median", 0.02, 0.002, 25)
    )
    known = level(benchmark)
    assert known.log == pytest.approx(math.log(0.02))
    assert known.variance == pytest.approx(math.pi / 2 * 0.01 / 25)
    bare = dataclasses.replace(benchmark, summary=SampleSummary("mean", 0.02))
    assert (level(bare).variance, level(bare).degrees) == (0.0, 0.0)


def test_levels_compare_where_a_call_does_the_same_work():
    assert work_of(timed("a")) == work_of(timed("a", 0.02, seed=1))
    for change in ({"points": 2}, {"threads": 1}, {"dtype": "float32"}, {"extra": {"first_pass_of": ["x", "y"]}}):
        assert work_of(timed("a", **change)) != work_of(timed("a"))
