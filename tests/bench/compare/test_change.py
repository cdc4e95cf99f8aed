"""What two records tell of a benchmark: whose spread counts, and what other processes may have done."""

import dataclasses
import math

import pytest
from made_records import MACHINE, quiet_processes, record, timed

from flopwatt.bench.compare.change import (
    SPREAD_ALONE,
    SPREAD_ALONE_DIVIDED,
    SPREAD_DIVIDED,
    SPREAD_FEW,
    SPREAD_PROCESSES,
    RecordHistory,
    compare_levels,
    crowding,
    pool,
    prior_spread,
)
from flopwatt.bench.compare.result import Pair
from flopwatt.bench.compare.thresholds import MetricLimits
from flopwatt.bench.machine.noise import Noise
from flopwatt.bench.records.record import Reading


def pair_of(baseline, candidate):
    return Pair(baseline, candidate, MetricLimits(), records=(record(baseline), record(candidate)))


def history_of(*medians, **changes):
    return [record(timed("a", median, seed=f"h{i}"), **changes) for i, median in enumerate(medians)]


def test_a_restless_history_widens_what_two_records_tell():
    pair = pair_of(timed("a"), timed("a", 0.013, seed=1))
    (alone,) = compare_levels([pair], RecordHistory())
    (calm,) = compare_levels([pair], RecordHistory(history_of(*[0.01] * 12)))
    (restless,) = compare_levels([pair], RecordHistory(history_of(*[0.01, 0.02] * 6)))
    assert calm.change.variance < alone.change.variance < restless.change.variance
    assert alone.change.log == calm.change.log == restless.change.log
    assert restless.change.p_value() > 0.2 > 0.01 > calm.change.p_value()


def test_the_two_sides_and_other_hardware_are_no_history():
    pair = pair_of(timed("a"), timed("a", 0.013, seed=1))
    other = dataclasses.replace(MACHINE, cpu=dataclasses.replace(MACHINE.cpu, model="another"))
    history = RecordHistory([*pair.records, *history_of(*[0.01] * 9, machine=other), record(timed("b"))])
    assert history.of(pair.candidate, pair.records[1], pair.records) == []
    assert len(RecordHistory(history_of(0.01, 0.01)).of(pair.candidate, pair.records[1], pair.records)) == 2


def test_the_stated_spread_is_that_of_how_they_were_measured():
    whole, other = timed("a"), timed("a", seed=1)
    assert prior_spread(pair_of(whole, other), divided=True) == SPREAD_DIVIDED
    assert prior_spread(pair_of(whole, other), divided=False) == SPREAD_PROCESSES
    for one in (timed("a", count=5), dataclasses.replace(whole, reference=None), dataclasses.replace(whole, noise=None)):
        assert prior_spread(pair_of(one, other), divided=False) == SPREAD_ALONE
    assert prior_spread(pair_of(timed("a", count=5), other), divided=True) == SPREAD_ALONE_DIVIDED
    assert prior_spread(pair_of(timed("a", count=4), other), divided=False) == SPREAD_FEW


def test_loops_of_another_version_are_not_divided_out():
    slow = quiet_processes(20, speed=0.5)
    (divided,) = compare_levels([pair_of(timed("a"), timed("a", 0.02, **slow))], RecordHistory())
    assert (divided.divided, divided.speed) == (True, pytest.approx(2))
    assert divided.change.ratio == pytest.approx(1, rel=0.03)
    another = {**slow, "reference": dataclasses.replace(slow["reference"], version="2")}
    (plain,) = compare_levels([pair_of(timed("a"), timed("a", 0.02, **another))], RecordHistory())
    assert (plain.divided, plain.speed) == (False, None)
    assert plain.change.ratio == pytest.approx(2, rel=0.03)


def crowded(share, cpu):
    return timed("a", cpu_seconds=Reading(cpu), noise=Noise(other_cpu_share=share))


@pytest.mark.parametrize(
    ("before", "after", "cpu", "log", "bias"),
    [
        (0.0, 0.04, 0.01, 0.5, 0.0),  # hardly anybody
        (0.3, 0.3, 0.01, 0.5, 0.0),  # the same crowd
        (0.0, 0.4, 0.01, 0.5, 0.5),  # all of it may be waiting
        (0.0, 0.4, 0.01 * math.exp(0.5), 0.5, 0.0),  # all of it is work
        (0.0, 0.4, 0.01 * math.exp(0.2), 0.5, 0.3),
        (0.0, 0.1, 0.01, 0.5, -math.log(0.8)),  # no more than a tenth of the processor can do
        (0.4, 0.0, 0.01, -0.5, -0.5),  # the baseline waited, so the candidate seems faster
        (0.4, 0.0, 0.01, 0.5, 0.0),
    ],
)
def test_what_waiting_may_have_done(before, after, cpu, log, bias):
    assert crowding(pair_of(crowded(before, 0.01), crowded(after, cpu)), log) == pytest.approx(bias)


def test_all_together_need_two():
    changes = compare_levels([pair_of(timed(name), timed(name, 0.013, seed=1)) for name in "abc"], RecordHistory())
    assert pool(changes[:1]) is None
    assert pool(changes).ratio == pytest.approx(1.3, rel=0.02)
