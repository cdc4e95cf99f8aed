"""Change points, by simulation: how often noise makes one, how often a step of 20% is found, and where."""

import itertools
import math

import numpy as np
import pytest

from flopwatt.bench.history import steps
from flopwatt.bench.history.steps import MAX_LEVELS, MAX_RECORDS, ChangePoint, Fit, fit_levels

TRIES = 300
LENGTHS = (6, 8, 12, 20, 50)


def noise(draw: np.random.Generator, count: int, carry: float = 0.0, spread: float = 0.05, kind: str = "normal"):
    """Noise of a given spread whose every value carries over a share of the one before."""
    burn_in = 60
    fresh = draw.standard_normal(count + burn_in) if kind == "normal" else draw.standard_t(3, count + burn_in) / math.sqrt(3)
    values = np.zeros(count + burn_in)
    for i in range(1, count + burn_in):
        values[i] = carry * values[i - 1] + math.sqrt(1 - carry**2) * fresh[i]
    return spread * values[burn_in:]


def false_alarms(make) -> float:
    return sum(bool(fit_levels(np.exp(make())).steps) for _ in range(TRIES)) / TRIES


# The bounds stand about three standard errors of a share of 300 above what was measured.
@pytest.mark.slow
@pytest.mark.parametrize("count", LENGTHS)
@pytest.mark.parametrize(
    ("carry", "spread", "kind", "bound"),
    [
        (0.0, 0.05, "normal", 0.04),
        (0.0, 0.05, "heavy tails", 0.04),
        (0.5, 0.05, "normal", 0.06),
        (0.8, 0.05, "normal", 0.08),
        (0.0, 0.01, "normal", 0.02),
        (0.5, 0.15, "normal", 0.10),
    ],
)
def test_noise_makes_few_steps(count: int, carry: float, spread: float, kind: str, bound: float) -> None:
    draw = np.random.default_rng([count, int(carry * 10), int(spread * 100)])
    assert false_alarms(lambda: noise(draw, count, carry, spread, kind)) <= bound


@pytest.mark.slow
@pytest.mark.parametrize("count", LENGTHS)
@pytest.mark.parametrize("pace", [0.01, 0.03])
def test_a_drift_like_a_random_walk_makes_few_steps(count: int, pace: float) -> None:
    draw = np.random.default_rng(count)
    assert false_alarms(lambda: np.cumsum(pace * draw.standard_normal(count))) <= 0.08


@pytest.mark.slow
@pytest.mark.parametrize(("count", "power"), [(6, 0.35), (10, 0.4), (15, 0.6), (20, 0.7), (30, 0.85), (60, 0.97)])
@pytest.mark.parametrize("ratio", [1.2, 1 / 1.2])
def test_a_step_of_20_percent_in_noise_of_5_is_found_where_it_is(count: int, power: float, ratio: float) -> None:
    draw = np.random.default_rng(count)
    found_steps = []
    for _ in range(TRIES):
        fit = fit_levels(np.exp(noise(draw, count) + (np.arange(count) >= count // 2) * math.log(ratio)))
        if len(fit.steps) == 1:
            found_steps.append(fit.steps[0])
    assert len(found_steps) >= power * TRIES
    near = [step for step in found_steps if abs(step.position - count // 2) <= 1]
    assert len(near) >= 0.95 * len(found_steps)
    assert np.median([step.ratio for step in found_steps]) == pytest.approx(ratio, rel=0.03)


@pytest.mark.slow
def test_a_step_of_50_percent_is_found_within_three_records() -> None:
    draw = np.random.default_rng(4)
    fits = [fit_levels(np.exp(noise(draw, 13) + (np.arange(13) >= 10) * math.log(1.5))) for _ in range(TRIES)]
    assert sum([step.position for step in fit.steps] == [10] for fit in fits) >= 0.9 * TRIES


def test_several_steps_are_found_with_their_sizes() -> None:
    draw = np.random.default_rng(3)
    logs = np.repeat([0.0, 0.4, -0.1, 0.3], [12, 9, 15, 8]) + noise(draw, 44, 0.3, 0.03)
    fit = fit_levels(np.exp(logs))
    assert [step.position for step in fit.steps] == [12, 21, 36]
    assert [step.ratio for step in fit.steps] == pytest.approx(np.exp([0.4, -0.5, 0.4]), rel=0.05)
    assert (fit.bounds[0], fit.bounds[-1]) == (0, 44)


def test_one_outlier_is_no_step() -> None:
    levels = np.exp(noise(np.random.default_rng(1), 20, spread=0.02))
    for place in (0, 7, 19):
        changed = levels.copy()
        changed[place] *= 3
        assert fit_levels(changed).steps == ()


def test_equal_times_are_one_level_and_a_clear_step_of_few_is_two() -> None:
    assert fit_levels([0.1] * 30).steps == ()
    assert fit_levels([0.1] * 3 + [0.1001] * 3).steps == ()
    assert fit_levels([0.1] * 3 + [0.2] * 3).steps == (ChangePoint(3, pytest.approx(2)),)


def test_a_step_below_two_percent_is_not_told() -> None:
    fit = fit_levels([1.0] * 200 + [1.015] * 200)
    assert len(fit.levels) == 2
    assert fit.steps == ()
    assert len(fit_levels([1.0] * 200 + [1.03] * 200).steps) == 1


@pytest.mark.parametrize("count", range(1, 7))
def test_a_few_records_are_one_level(count: int) -> None:
    fit = fit_levels([0.1, 0.9, 0.1, 0.9, 0.1, 0.9][:count])
    assert fit.bounds == (0, count)
    assert len(fit.levels) == 1


def test_what_is_less_sure_weighs_less() -> None:
    levels, errors = [1.0, 1.0, 1.0, 2.0, 2.0], [0.001, 0.001, 0.001, 1.0, 1.0]
    assert fit_levels(levels, errors).levels == (pytest.approx(0),)
    assert fit_levels([1.0, 2.0, 2.0], [0.001, 1.0, 1.0]).levels == (pytest.approx(0),)
    assert fit_levels([1.0, 2.0, 2.0], [None, None, None]).levels == (pytest.approx(math.log(2)),)


def test_the_best_cuts_are_the_best_of_all() -> None:
    """The dynamic program against every cut that there is."""
    draw = np.random.default_rng(5)
    for _ in range(20):
        logs, weights = draw.standard_normal(9), draw.uniform(0.5, 2, 9)

        def cost(bounds: tuple[int, ...], logs=logs, weights=weights) -> float:
            parts = itertools.pairwise(bounds)
            return sum(min(np.abs(logs[a:b] - level) @ weights[a:b] for level in logs) for a, b in parts)

        ways = {1: [(0, 9)], 2: [(0, a, 9) for a in range(2, 8)]}
        ways[3] = [(0, a, b, 9) for a in range(2, 6) for b in range(a + 2, 8)]
        cuts = steps._best_cuts(logs, weights)
        for levels, all_cuts in ways.items():
            assert cost(cuts[levels - 1]) == pytest.approx(min(map(cost, all_cuts)))


def test_a_long_history_is_cut_by_its_newest_records() -> None:
    draw = np.random.default_rng(6)
    count = MAX_RECORDS + 300
    logs = noise(draw, count) + (np.arange(count) >= count - 100) * 0.3
    fit = fit_levels(np.exp(logs))
    assert [step.position for step in fit.steps] == [pytest.approx(count - 100, abs=1)]
    assert len(fit.levels) <= MAX_LEVELS


def test_steps_are_those_of_the_levels() -> None:
    fit = Fit((0, 4, 9), (0.0, math.log(1.5)))
    assert fit.steps == (ChangePoint(4, pytest.approx(1.5)),)
    assert Fit((0, 4), (0.0,)).steps == ()
