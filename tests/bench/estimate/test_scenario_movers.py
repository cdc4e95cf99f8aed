"""Movers of an estimate, held against the estimate of a run of which that one input is stated."""

import json
import time

import pytest

from flopwatt.bench.drivers.mover import Mover
from flopwatt.bench.estimate.estimate_document import document
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.scenario import evaluate
from flopwatt.bench.estimate.scenario_movers import scenario_movers
from flopwatt.kernels.model import units
from flopwatt.kernels.quantities import MODEL

TARGETS = ("cost", "run_time", "energy", "chip_count")
CHIPS = {"chip_count": "16384"}
DAYS = {"run_time": "90"}


def movers_of(stated: dict[str, str]) -> dict[str, dict[str, Mover]]:
    scenario = run_of(Request(model="llama-3.1-405b", chip="h100", stated=stated), TARGETS).scenario
    return {target: {mover.name: mover for mover in movers} for target, movers in scenario_movers(scenario, TARGETS).items()}


def at_medians(stated: dict[str, str], name: str, value: float, target: str) -> float:
    """Estimate the target at the medians of what is drawn, with one more input stated."""
    stated = {**stated, name: f"{value!r} {MODEL[name].unit}".strip()}
    scenario = run_of(Request(model="llama-3.1-405b", chip="h100", stated=stated, unusual=True), TARGETS).scenario
    return float(units.from_base(evaluate(scenario.medians(), [target])[target].reshape(-1)[0], MODEL[target].unit))


@pytest.mark.parametrize("stated", [CHIPS, DAYS], ids=["chips stated", "chips solved for"])
@pytest.mark.parametrize(("name", "target"), [("pue", "energy"), ("mfu", "cost"), ("facility_life", "cost"), ("mfu", "energy")])
def test_a_mover_agrees_with_the_estimate_in_which_it_is_stated(stated: dict[str, str], name: str, target: str) -> None:
    mover = movers_of(stated)[target][name]
    for value, answer in ((mover.low, mover.answer_low), (mover.base, mover.answer_base), (mover.high, mover.answer_high)):
        assert at_medians(stated, name, value, target) == pytest.approx(answer, rel=1e-6)


def test_chips_that_are_solved_for_are_solved_at_every_trial() -> None:
    movers = movers_of(DAYS)
    assert movers["run_time"] == {}  # which is stated
    mfu = movers["chip_count"]["mfu"]
    assert mfu.answer_low > mfu.answer_base > mfu.answer_high


def test_what_is_drawn_and_what_is_assumed_and_no_number_of_a_fit() -> None:
    cost = movers_of(CHIPS)["cost"]
    assert (cost["mfu"].kind, cost["depreciation"].kind) == ("drawn", "assumed")
    assert not any(name.startswith("mfu_") for name in cost)
    assert not {"chip_count", "tokens"} & set(cost)
    effects = [mover.effect for mover in cost.values()]
    assert effects == sorted(effects, reverse=True)


def test_the_document_has_them_for_what_is_asked_first() -> None:
    scenario = run_of(Request(model="llama-3.1-405b", chip="h100", stated=CHIPS), TARGETS).scenario
    told = json.loads(json.dumps(document(estimate(scenario, TARGETS, 64), scenario), allow_nan=False))["movers"]
    assert set(told) == {"cost", "run_time", "energy"}
    first = told["cost"][0]
    assert (first["quantity"], first["kind"], first["basis"]) == ("mfu", "drawn", "P10 to P90 of its draws")
    assert first["answer_low"] > first["answer_base"] > first["answer_high"]


@pytest.mark.alone
def test_it_takes_tens_of_milliseconds() -> None:
    scenario = run_of(Request(model="llama-3.1-405b", chip="h100", stated=CHIPS), TARGETS).scenario
    scenario_movers(scenario, TARGETS)
    start = time.perf_counter()
    scenario_movers(scenario, TARGETS)
    assert time.perf_counter() - start < 0.1
