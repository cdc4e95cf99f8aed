"""The fit of what software adds to reinforcement learning finds what steps were made from."""

import itertools
from typing import Any

import numpy as np
import pytest

from flopwatt import estimate
from flopwatt.bench.validate.rl_pace import MeasuredStep, RlPace, fit_pace, measured_step

RL: dict[str, Any] = {"model": "qwen2.5-7b", "chip": "h100", "chips": 16, "rl": True, "rl_steps": 10, "response_tokens": 500}


def test_three_constants_are_found_again() -> None:
    steps = [
        MeasuredStep(phases * 1.5 * (1.2 if turns else 1) + sent / 30e9, phases, sent, turns)
        for phases, sent, turns in itertools.product((10.0, 100.0), (1e10, 1e12), (True, False))
    ]
    fit = fit_pace(steps * 20)  # so many that the belief in the rate does not matter
    assert fit.overhead == pytest.approx(1.5, rel=0.01)
    assert fit.turns == pytest.approx(1.2, rel=0.01)
    assert fit.rate == pytest.approx(30e9, rel=0.02)


def test_a_rate_that_steps_say_nothing_of_is_as_believed() -> None:
    steps = [MeasuredStep(20.0, 10.0, 0.0, turns=False), MeasuredStep(40.0, 10.0, 0.0, turns=True)]
    assert fit_pace(steps).rate == pytest.approx(50e9, rel=0.01)


def test_a_step_is_its_phases_and_what_is_sent() -> None:
    run = estimate(**RL, draws=64)
    together = measured_step(run.scenario, 1.0, apart=False)
    spreads = {name: spread.median or 0.0 for name, spread in run.estimate.spreads.items()}
    assert together.sent == pytest.approx(10 * 2 * 7.616e9 / spreads["goodput"], rel=0.01)
    assert together.turns
    assert measured_step(run.scenario, 1.0, apart=True).phases < together.phases


def test_a_pace_takes_the_place_of_what_is_drawn() -> None:
    scenario = estimate(**RL, draws=64).scenario
    own = RlPace(2.0, 3.0, 1e9).of(scenario)
    assert own.drawn["rl_overhead"].at(np.array([0.5]))[0] == pytest.approx(2.0)
    assert own.drawn["weight_transfer_rate"].at(np.array([0.5]))[0] == pytest.approx(1e9)
    assert own.fixed["turn_overhead"].value == 3.0
    stated = estimate(**RL, draws=64, turn_overhead=1.1, rl_overhead=1).scenario
    assert RlPace(2.0, 3.0, 1e9).of(stated).fixed["turn_overhead"].value == 1.1
