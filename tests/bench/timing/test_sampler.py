"""Sampling: what is timed and what is not, when it stops, what else is taken down."""

import gc
import statistics
import time

import pytest

from flopwatt.bench.stats.inference import MedianInterval, interval_of
from flopwatt.bench.timing.sampler import MIN_SAMPLES, Policy, Sampler, Timed

pytestmark = pytest.mark.alone


class Machine:
    """A clock that only calls move: each takes the next of ``seconds`` (the last one again and again)."""

    def __init__(self, *seconds, cores=1.0):
        self.seconds = list(seconds)
        self.now = 0.0
        self.cpu = 0.0
        self.calls = 0
        self.cores = cores
        self.collecting = []

    def call(self):
        spent = self.seconds[min(self.calls, len(self.seconds) - 1)]
        self.now += spent
        self.cpu += spent * self.cores
        self.calls += 1
        self.collecting.append(gc.isenabled())
        return self.calls

    def sampler(self, **policy):
        return Sampler(Policy(**policy), clock=lambda: self.now, cpu_clock=lambda: self.cpu)


def test_the_first_call_is_kept_apart():
    """Compilation in the first call must not count, nor decide how many calls make a sample."""
    machine = Machine(0.4, 1e-5)
    sampler = machine.sampler(passes=1, budget_seconds=1)
    sampler.take_pass(Timed(machine.call))
    assert sampler.first_call == pytest.approx(0.4)
    assert sampler.samples == pytest.approx([1e-5] * len(sampler.samples))
    assert len(sampler.samples) >= MIN_SAMPLES


def test_no_long_call_is_wasted():
    """After the first call every one of a long function's is a sample."""
    machine = Machine(2.0)
    sampler = machine.sampler(budget_seconds=10, passes=5)
    sampler.warm_up(Timed(machine.call))
    for _ in range(5):
        sampler.take_pass(Timed(machine.call))
    assert machine.calls == 1 + len(sampler.samples) == 6
    assert sampler.result == 6


def test_short_calls_are_repeated_within_a_sample():
    machine = Machine(1e-6)
    sampler = machine.sampler(passes=1)
    sampler.take_pass(Timed(machine.call))
    assert 100 <= sampler.iterations <= 200
    assert sampler.samples[0] == pytest.approx(1e-6)
    assert sampler.cpu[0] == pytest.approx(1e-6)


def test_a_steady_call_stops_early_by_its_precision():
    machine = Machine(0.01)
    sampler = machine.sampler(precision=0.01, budget_seconds=100, passes=1)
    sampler.take_pass(Timed(machine.call))
    stop = sampler.stop()
    assert (stop.why, stop.precision, stop.budget_seconds) == ("precision", 0.01, 100)
    assert len(sampler.samples) == 13  # ten, and a quarter more
    assert (stop.interval.low, stop.interval.median, stop.interval.high) == pytest.approx((0.01, 0.01, 0.01))


def test_a_noisy_call_ends_with_its_budget():
    draw = random.Random(1)
    machine = Machine(*(draw.uniform(0.005, 0.02) for _ in range(1000)))
    sampler = machine.sampler(precision=0.001, budget_seconds=1, passes=1)
    sampler.take_pass(Timed(machine.call))
    assert sampler.stop().why == "budget"
    assert 1 <= sum(sampler.samples) <= 1.02


def test_a_noisier_call_takes_more_samples():
    counts = []
    for spread in (0.01, 0.05, 0.2):
        draw = random.Random(2)
        machine = Machine(*(0.01 * draw.uniform(1 - spread, 1 + spread) for _ in range(5000)))
        sampler = machine.sampler(precision=0.01, budget_seconds=1e4, passes=1, most=5000)
        sampler.take_pass(Timed(machine.call))
        assert sampler.stop().why == "precision"
        counts.append(len(sampler.samples))
    assert counts == sorted(counts)
    assert counts[0] < counts[1] / 2 < counts[2] / 4


def test_a_call_longer_than_the_budget_has_a_sample_a_pass():
    machine = Machine(30.0)
    sampler = machine.sampler(budget_seconds=1, passes=3)
    for _ in range(3):
        sampler.take_pass(Timed(machine.call))
    assert (sampler.blocks, len(sampler.samples), sampler.stop().why) == ([1, 1, 1], 3, "budget")
    assert sampler.stop().interval.low is None


def test_passes_are_kept():
    machine = Machine(0.01)
    sampler = machine.sampler(budget_seconds=10, passes=5)
    for _ in range(5):
        sampler.take_pass(Timed(machine.call))
    assert sampler.blocks[0] >= 2
    assert sum(sampler.blocks) == len(sampler.samples)
    assert [len(one) for one in sampler.passes(sampler.samples)] == sampler.blocks
    assert sampler.result == machine.calls  # what the last call gave


def test_at_most_so_many_samples():
    draw = random.Random(3)
    machine = Machine(*(draw.uniform(0.001, 0.1) for _ in range(200)))
    sampler = machine.sampler(precision=0.0001, budget_seconds=1e9, passes=1, most=40)
    sampler.take_pass(Timed(machine.call))
    assert len(sampler.samples) == 40


def test_garbage_is_not_collected_during_a_sample():
    machine = Machine(0.06)
    sampler = machine.sampler(passes=1)
    assert gc.isenabled()
    sampler.take_pass(Timed(machine.call))
    assert gc.isenabled()
    assert not any(machine.collecting[-len(sampler.samples) :])


def test_an_error_leaves_collection_as_it_was():
    def fails():
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        Machine(1.0).sampler()._sample(Timed(fails), None)
    assert gc.isenabled()


def test_process_time_counts_every_core():
    machine = Machine(0.02, cores=2.0)
    sampler = machine.sampler(passes=1)
    sampler.take_pass(Timed(machine.call))
    assert sampler.cpu == pytest.approx([0.04] * len(sampler.samples))


def test_the_real_clocks():
    """Busy for 2 ms: both clocks see it. Asleep for 2 ms: the process's clock does not."""

    def busy():
        end = time.perf_counter() + 0.002
        while time.perf_counter() < end:
            pass

    both = {}
    for name, call in (("busy", busy), ("asleep", lambda: time.sleep(0.002))):
        sampler = Sampler(Policy(precision=0.05, budget_seconds=0.2, passes=1))
        sampler.take_pass(Timed(call))
        both[name] = sampler
        assert statistics.median(sampler.samples) >= 0.002
    assert statistics.median(both["asleep"].cpu) < 0.5 * statistics.median(both["asleep"].samples)
    assert statistics.median(both["busy"].cpu) > 3 * statistics.median(both["asleep"].cpu)


def test_setup_and_teardown_are_not_timed():
    machine = Machine(0.01)
    made, ended = [], []

    def setup():
        machine.now += 5
        made.append(1)
        return machine.call

    def teardown():
        machine.now += 7
        ended.append(1)

    sampler = machine.sampler(budget_seconds=1000, passes=1)
    sampler.take_pass(Timed(machine.call, setup, teardown))
    assert sampler.samples == pytest.approx([0.01] * len(sampler.samples))
    assert len(made) == len(ended) == machine.calls
    assert sampler.iterations == 1


def test_a_probe_is_asked_around_every_sample():
    said = []

    class Probe:
        def before(self):
            said.append("before")

        def start(self):
            said.append("start")

        def stop(self):
            said.append("stop")

        def after(self, calls):
            said.append(calls)

    machine = Machine(0.06)
    sampler = machine.sampler(passes=1)
    sampler.take_pass(Timed(machine.call), Probe())
    assert said == ["before", "start", "stop", 1] * len(sampler.samples)


def test_an_interval_has_a_width():
    assert MedianInterval(2.0, 1.9, 2.2).width == pytest.approx(0.075)
    assert interval_of([1.0, 2.0]).width is None
