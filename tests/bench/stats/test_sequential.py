"""A test that looks often is wrong as seldom as it says, and stops early where the answer is plain."""

import math

import numpy as np
import pytest

from flopwatt.bench.stats.sequential import Finding, SequentialTest, change_of

LOOKS = (3, 4, 5, 6, 8, 10, 12, 16)


def run(test, rounds, threshold=0.1):
    """Look until it is decided: the decision and after how many rounds."""
    for look in test.looks:
        decision = test.decide(rounds[:look], threshold, 0.02)
        if decision is not Finding.OPEN:
            break
    return decision, look


def outcomes(change, noise, threshold, tests=1, count=400):
    random = np.random.default_rng(1)
    test = SequentialTest(LOOKS, 0.02, 0.05, tests)
    return [run(test, list(random.normal(math.log1p(change), noise, LOOKS[-1])), threshold) for _ in range(count)]


@pytest.mark.parametrize("noise", [0.005, 0.02, 0.1])
def test_equal_versions_are_seldom_called_different(noise):
    decisions = [decision for decision, _ in outcomes(0.0, noise, 0.1)]
    assert sum(decision in (Finding.SLOWER, Finding.FASTER) for decision in decisions) <= 0.02 * 400 + 4


@pytest.mark.parametrize("noise", [0.005, 0.02, 0.1])
def test_a_change_as_large_as_the_threshold_is_seldom_called_the_same(noise):
    decisions = [decision for decision, _ in outcomes(0.1, noise, 0.1)]
    assert decisions.count(Finding.SAME) <= 0.05 * 400 + 8


@pytest.mark.parametrize(("change", "threshold", "rounds"), [(0.2, 0.1, 4.5), (0.1, 0.1, 5), (0.05, 0.05, 6), (0.0, 0.1, 3.5)])
def test_with_a_noise_of_1_percent_few_rounds_are_enough(change, threshold, rounds):
    ended = outcomes(change, 0.01, threshold, tests=12)
    wanted = Finding.SLOWER if change else Finding.SAME
    assert sum(decision is wanted for decision, _ in ended) >= 0.99 * 400
    assert np.mean([look for _, look in ended]) <= rounds


def test_faster_and_slower_are_told_apart():
    test = SequentialTest(LOOKS, 0.02, 0.05)
    rounds = [0.3, 0.301, 0.299]
    assert test.decide(rounds, 0.1, 0.02) is Finding.SLOWER
    assert test.decide([-value for value in rounds], 0.1, 0.02) is Finding.FASTER


def test_a_sure_change_below_the_margin_is_the_same():
    assert SequentialTest(LOOKS, 0.02, 0.05).decide([0.0100, 0.0101, 0.0099, 0.0100], 0.1, 0.02) is Finding.SAME


def test_rounds_that_agree_to_a_hair_decide_nothing_alone():
    assert change_of([0.1]) is None
    assert SequentialTest(LOOKS, 0.02, 0.05).decide([0.3], 0.1, 0.02) is Finding.OPEN
    change = change_of([0.05, 0.05, 0.05])
    assert change.variance > 0
