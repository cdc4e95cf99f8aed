"""Levels of records and their spread: how often two records of one commit differ, and what a real change looks like."""

import math

import numpy as np
import pytest

from flopwatt.bench.stats.levels import (
    LEVEL_VARIANCE,
    MIN_RECORDS,
    Change,
    Level,
    RecordSpread,
    change_between,
    level_of,
    moderate,
    pooled_change,
    spread_of,
)

BETWEEN, PROCESSES = 0.03, 0.04  # standard deviations of the logarithm: of records, and of a record's five processes


def made_level(random, shift=0.0, between=BETWEEN, processes=PROCESSES):
    return level_of(list(shift + random.normal(0, between) + random.normal(0, processes, 5)))


def test_a_level_is_the_lower_third_of_its_processes():
    level = level_of([0.1, 0.2, 0.9])
    assert (level.log, level.degrees) == (pytest.approx(0.1 + 0.2 / 3), 2)
    assert level_of([0.1] * 5 + [9.0] * 5).log == pytest.approx(0.1)  # half of them waited for a neighbour
    assert level.variance == pytest.approx(np.var([0.1, 0.2, 0.9], ddof=1) / 3 * LEVEL_VARIANCE)
    assert level_of([0.5]) == Level(0.5, 0.0, 0.0)


def compared(random, shift=0.0, history=0):
    """One comparison as two records make it, whose processes' variances are drawn towards what is typical."""
    past = [made_level(random) for _ in range(history)]
    typical = PROCESSES**2 * LEVEL_VARIANCE / 5
    baseline, candidate = (moderate(made_level(random, by), typical) for by in (0.0, shift))
    return change_between(baseline, candidate, spread_of(RecordSpread(BETWEEN**2), past))


@pytest.mark.parametrize("history", [0, 4, 5, 12])
def test_the_interval_of_a_change_covers_as_often_as_it_says(history):
    random = np.random.default_rng(history)
    changes = [compared(random, 0.2, history) for _ in range(1500)]
    inside = np.mean([low <= math.exp(0.2) <= high for low, high in (change.interval() for change in changes)])
    assert 0.93 <= inside <= 0.985
    false = np.mean([compared(random, 0.0, history).p_value() < 0.05 for _ in range(1500)])
    assert false <= 0.065


def test_the_smallest_detectable_change_is_found_four_times_out_of_five():
    random = np.random.default_rng(2)
    reach = np.median([compared(random).detectable(0.01) for _ in range(300)])
    power = np.mean([compared(random, math.log1p(reach)).p_value() < 0.01 for _ in range(1000)])
    assert 0.72 <= power <= 0.88


def test_a_history_tells_a_quiet_machine_from_a_restless_one():
    random = np.random.default_rng(3)
    prior = RecordSpread(0.05**2)
    quiet = spread_of(prior, [made_level(random, between=0.0, processes=0.005) for _ in range(20)])
    restless = spread_of(prior, [made_level(random, between=0.3) for _ in range(20)])
    assert quiet.variance < prior.variance < restless.variance
    assert quiet.degrees > prior.degrees
    assert quiet.records == 20


def test_few_records_say_nothing():
    prior = RecordSpread(0.05**2)
    assert spread_of(prior, [Level(float(i), 0.0, 4.0) for i in range(MIN_RECORDS - 1)]) is prior


def test_a_commit_that_made_it_slower_is_no_noise():
    random = np.random.default_rng(4)
    steady = [made_level(random) for _ in range(12)]
    stepped = [
        Level(level.log + (math.log(3) if i >= 6 else 0.0), level.variance, level.degrees) for i, level in enumerate(steady)
    ]
    prior = RecordSpread(BETWEEN**2)
    assert spread_of(prior, stepped).variance < 2 * spread_of(prior, steady).variance


def test_a_level_of_few_processes_is_drawn_towards_what_is_typical():
    assert moderate(Level(0.0, 0.0, 4.0), 0.01) == Level(0.0, 0.005, 8.0)
    assert moderate(Level(0.0, 0.0, 0.0), 0.0).variance > 0  # of which nothing is known: no certainty from nothing


def test_what_something_else_may_have_done_is_no_evidence():
    plain, biased = Change(0.5, 0.01, 20.0), Change(0.5, 0.01, 20.0, bias=0.4)
    assert plain.p_value() < 0.001 < biased.p_value()
    assert biased.interval()[0] < plain.interval()[0]
    assert biased.interval()[1] == plain.interval()[1]
    assert biased.detectable(0.05) > plain.detectable(0.05)
    assert Change(-0.5, 0.01, 20.0, bias=-0.5).p_value() == 1


def test_all_together_say_what_each_alone_cannot():
    random = np.random.default_rng(5)
    own = [Change(math.log(2) + random.normal(0, 0.3), 0.09, 20.0) for _ in range(12)]
    assert np.mean([change.p_value() < 0.05 / 12 for change in own]) < 0.5
    pooled = pooled_change(own, RecordSpread(0.03**2))
    assert pooled.p_value() < 1e-4
    assert pooled.interval()[0] < 2 < pooled.interval()[1]


def test_what_records_have_in_common_does_not_average_out():
    """A record whose machine was slower moves all its benchmarks; no number of them makes that a sure slow-down."""
    alike = [Change(0.1, 1e-4, 20.0)] * 50
    assert pooled_change(alike, RecordSpread(0.0)).p_value() < 1e-6
    assert pooled_change(alike, RecordSpread(0.1**2)).p_value() > 0.2


def test_one_wild_benchmark_does_not_decide_for_all():
    wild = [Change(0.0, 1e-4, 20.0)] * 5 + [Change(3.0, 1e-4, 20.0)]
    assert pooled_change(wild, RecordSpread(1e-4)).p_value() > 0.05
