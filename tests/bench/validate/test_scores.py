"""Scores by group, peers on the same cases, the best flat MFU in hindsight, and how sure a coverage is."""

import math
from dataclasses import replace

import numpy as np
import pytest
from made_findings import case, flat, two_generations

from flopwatt.bench.validate.baselines import HINDSIGHT
from flopwatt.bench.validate.results import Findings, summaries
from flopwatt.bench.validate.scores import (
    CHANCE,
    UNLABELLED,
    calibration,
    deviates,
    extremes,
    grouped,
    hindsight_mfu,
    rivalries,
    with_hindsight,
)


def test_groups_are_scored_by_themselves() -> None:
    groups = grouped(two_generations().predicted, "generation")
    assert set(groups) == {"step_time"}  # the energy has no generation
    hopper, ampere = groups["step_time"]["Hopper"], groups["step_time"]["Ampere"]
    assert (hopper.n, hopper.bias) == (6, pytest.approx(math.log(1.1)))
    assert (ampere.mean_absolute_relative_error, ampere.bias) == (pytest.approx(0.2), pytest.approx(math.log(0.8)))
    assert (hopper.coverage, ampere.coverage) == (1.0, 0.0)


def test_the_largest_group_is_first_and_what_has_no_label_last() -> None:
    cases = [case(1.0, labels={}), case(1.1), case(1.2, labels={"generation": "Ampere"}), case(1.3)]
    assert list(grouped(cases, "generation")["step_time"]) == ["Hopper", "Ampere", UNLABELLED]


def test_a_peer_is_held_against_flopwatt_on_its_own_cases() -> None:
    rivalry = rivalries(two_generations().predicted)["step_time"]["peer"]
    assert not rivalry.whole
    assert (rivalry.theirs.n, rivalry.ours.n) == (6, 6)
    assert rivalry.theirs.mean_absolute_relative_error == pytest.approx(0.5)
    assert rivalry.ours.mean_absolute_relative_error == pytest.approx(0.2)


def test_best_and_worst_are_of_groups_that_are_not_small() -> None:
    found = extremes([*two_generations().predicted, case(9.0, labels={"generation": "Volta"})], ("generation", "source"))
    (item,) = found
    assert (item.quantity, item.label, item.best[0], item.worst[0]) == ("step_time", "generation", "Hopper", "Ampere")
    assert item.least_inside is not None
    assert item.least_inside[0] == "Ampere"


def test_groups_that_differ_by_chance_are_not_said_to_differ() -> None:
    """Against scipy.stats.kruskal, with ties."""
    from scipy.stats import kruskal

    rng = np.random.default_rng(3)
    for shift, differ in ((0.0, False), (0.3, True)):
        errors = [np.round(rng.uniform(0.0, 0.4, 12), 2), np.round(rng.uniform(shift, 0.4 + shift, 12), 2)]
        assert (kruskal(*errors).pvalue < CHANCE) == differ
        names = ("Hopper", "Ampere")
        cases = [case(1 + x, labels={"generation": name}) for name, own in zip(names, errors, strict=True) for x in own]
        assert bool([item for item in extremes(cases, ("generation",)) if item.best]) == differ
    assert not extremes([case(1.1, labels={"generation": name}) for name in "ab" for _ in range(6)], ("generation",))


def test_intervals_that_hold_enough_by_chance_are_not_said_to_hold_too_little() -> None:
    labels = [{"generation": "Hopper"}] * 6 + [{"generation": "Ampere"}] * 6
    cases = [case(1.1 if i % 3 else 1.5, labels=own) for i, own in enumerate(labels)]  # 4 of 6
    assert not extremes(cases, ("generation",))


def test_best_and_worst_are_by_developer_rather_than_by_source() -> None:
    labels = [{"source": f"paper {i % 2}", "developer": f"lab {i % 2}"} for i in range(10)]
    cases = [case(1.0 + 0.1 * (i % 2) + 0.001 * i, labels=own) for i, own in enumerate(labels)]
    assert [item.label for item in extremes(cases, ("source", "developer"))] == ["developer"]


def test_the_best_flat_mfu_in_hindsight_has_the_least_mean_of_logarithms() -> None:
    findings = Findings([flat(hours, 50.0) for hours in (50, 100, 190, 230, 400)])
    scored = with_hindsight(findings)
    assert hindsight_mfu(scored.predicted) == pytest.approx(50 / 190)
    errors = {name: own.theirs.mean_absolute_log_error for name, own in rivalries(scored.predicted)["step_time"].items()}
    assert min(errors, key=errors.__getitem__) == HINDSIGHT
    assert summaries(scored.predicted) == summaries(findings.predicted)


def test_of_few_runs_nothing_is_best_in_hindsight() -> None:
    findings = Findings([flat(100, 40)])
    assert with_hindsight(findings) == findings
    assert math.isnan(hindsight_mfu(findings.predicted))


def test_a_coverage_is_as_sure_as_its_cases_are_many() -> None:
    """Against Wilson's interval as statistics books have it: 8 of 10, 90%."""
    few, many = calibration(0.8, 10), calibration(0.8, 1000)
    assert (few.low, few.high) == (pytest.approx(0.5406, abs=5e-4), pytest.approx(0.9314, abs=5e-4))
    assert few.low < many.low < 0.8 < many.high < few.high
    assert many.holds
    assert not calibration(0.5, 1000).holds
    assert calibration(1.0, 3).high == 1.0


def test_deviates_are_in_deviations_of_each_half() -> None:
    inside = case(1.0, 100.0)  # its own P50
    at_p90 = replace(inside, published=120.0)
    at_p10 = replace(inside, published=100 / 1.2)
    without = replace(inside, low=None)
    assert deviates([inside, at_p90, at_p10, without]) == pytest.approx([0.0, 1.2816, -1.2816], abs=1e-3)
