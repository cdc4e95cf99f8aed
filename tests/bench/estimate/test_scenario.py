"""Scenarios: what is stated is fixed, the rest drawn; chips solved for."""

import math

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.estimate.architecture_sketch import sketch
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.scenario import (
    Assumptions,
    Scenario,
    StatedValue,
    complete,
    evaluate,
    facts,
    solve_chips,
)
from flopwatt.bench.estimate.source import Source, SourceKind
from flopwatt.bench.prior import store
from flopwatt.bench.prior.drawn_inputs import TARGETS
from flopwatt.kernels.model import units
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL

TEST = Source(SourceKind.RULE, "test")


def stated(chip: str = "h100", **values: float) -> dict[str, StatedValue]:
    row = configs.load("hardware").find(chip)
    model = facts(configs.load("models").find("llama-3.1-8b"), "models")
    return facts(row, "hardware") | model | {name: StatedValue(value, TEST) for name, value in values.items()}


def scenario(chip: str = "h100", **values: float) -> Scenario:
    return complete(stated(chip, **values), TARGETS, Assumptions(configs.load("hardware").find(chip).key))


def test_what_is_stated_is_fixed_and_the_rest_drawn() -> None:
    run = scenario(tokens=1e12, chip_count=256, pue=1.2)
    assert {"tokens", "chip_count", "pue", "tdp"} <= set(run.fixed)
    assert {"mfu_deviation", "load", "host_load", "other_losses", "wue"} <= set(run.drawn)
    assert not set(run.fixed) & set(run.drawn)
    assert run.fixed["pue"] == StatedValue(1.2, TEST)
    assert run.source_of("calendar_year").kind is SourceKind.DEFAULT


def test_an_estimate_agrees_with_plain_quantiles_of_the_model() -> None:
    run, draws = scenario(tokens=1e12, chip_count=256), 4096
    spread = estimate(run, TARGETS, draws).spreads["energy"]
    problem = run.problem(draws)
    columns = problem.grid.axes[0].columns
    energy = [  # one draw at a time, the formulas called by hand
        evaluate_one(problem.given | {name: column[i] for name, column in columns.items()}, "energy") for i in range(64)
    ]
    assert evaluate(problem, ["energy"])["energy"][:64] == pytest.approx(energy, rel=1e-12)
    whole = evaluate(problem, ["energy"])["energy"] / 3.6e6
    low, median, high = np.quantile(whole, (0.1, 0.5, 0.9))
    assert (spread.low, spread.median, spread.high) == (pytest.approx(low), pytest.approx(median), pytest.approx(high))


def evaluate_one(values: dict[str, float], target: str) -> float:
    known = dict(values)
    for item in MODEL.order([target], known):
        if item.name not in known:
            known[item.name] = item(*(known[name] for name in item.parameters))
    return float(known[target])


def test_chips_are_solved_for_the_days_that_are_stated() -> None:
    run = scenario(tokens=15e12, run_time=40 * 86400.0)
    assert run.solve
    problem = run.problem(2048)
    values = evaluate(problem, ["run_time", "chip_count", "chip_hours"])
    assert values["run_time"] == pytest.approx(np.full(2048, 40 * 86400.0), rel=1e-9)
    assert values["chip_hours"] == pytest.approx(values["chip_count"] * values["run_time"])
    spread = estimate(run, ["run_time", "chip_count"], 2048).spreads
    assert (spread["run_time"].low, spread["run_time"].high) == (None, None)
    assert spread["chip_count"].low < spread["chip_count"].median < spread["chip_count"].high


@pytest.mark.parametrize(
    "losses",
    [
        {},
        {"checkpoint_write_time": 120.0},
        {"checkpoint_interval": 1800.0},
        {"checkpoint_write_time": 60.0, "chip_mtbf": 4000 * 3600.0},
        {"goodput": 0.9},
    ],
)
def test_the_fewest_chips_that_take_a_time_are_solved_for_up_to_the_fastest_run(losses: dict[str, float]) -> None:
    held = {name: default.value for name, default in configs.defaults().items()}
    held |= {"training_flops": 3.8e25, "peak_flops": 989e12, "mfu": 0.4} | losses
    counts = np.geomspace(10, 1e7, 4001)
    points = Problem(MODEL, Grid((Axis("draws", {"chip_count": counts}),)), held)
    times = evaluate(points, ["run_time"])["run_time"]
    fastest = int(np.argmin(times)) if "checkpoint_interval" not in losses else len(counts) - 1
    solved = solve_chips(MODEL, {"pue": np.ones(fastest - 10)}, held, times[: fastest - 10])
    assert solved == pytest.approx(counts[: fastest - 10], rel=1e-5)
    if fastest < len(counts) - 1:
        beyond = np.array([0.99, 0.5]) * times[fastest]
        assert np.isinf(solve_chips(MODEL, {"pue": np.ones(2)}, held, beyond)).all()
        unknown = held | {"peak_flops": np.nan}
        assert np.isnan(solve_chips(MODEL, {"pue": np.ones(2)}, unknown, beyond)).all()


def goodput(year: float, chips: float, **values: float) -> np.ndarray:
    """Draw the goodput of a run that loses nothing to else than failures; ``values`` are held."""
    held = {"year": year, "chip_count": chips, "other_losses": 0.0} | values
    run = complete({name: StatedValue(value, TEST) for name, value in held.items()}, ["goodput"])
    return evaluate(run.problem(4096), ["goodput"])["goodput"]


def test_published_goodputs_lie_in_what_is_drawn() -> None:
    """Of Llama 3 (arXiv:2407.21783), ByteRobust (arXiv:2509.16293) and 100,000 GPUs at Meta (arXiv:2602.00277)."""
    llama_3 = np.quantile(goodput(2024.0, 16384), (0.1, 0.5, 0.9))
    assert llama_3[1] == pytest.approx(0.90, abs=0.01)
    low, high = np.quantile(goodput(2025.0, 9600), (0.1, 0.9))
    assert low < 0.97 < high
    low, high = np.quantile(goodput(2026.0, 1e5), (0.05, 0.95))
    assert low < 0.80 < high


def test_an_interruption_costs_2_to_18_minutes_since_2025() -> None:
    for chips in (1e4, 1e5):
        held = {name: StatedValue(value, TEST) for name, value in {"year": 2026.0, "chip_count": chips}.items()}
        lost = evaluate(complete(held, ["time_lost_per_failure"]).problem(4096), ["time_lost_per_failure"])
        low, high = np.quantile(lost["time_lost_per_failure"], (0.05, 0.95)) / 60
        assert 2 < low < 6
        assert 10 < high <= 18.5


def test_a_run_that_failures_keep_from_ending_has_no_number_of_chips() -> None:
    run = scenario(tokens=1e18, run_time=86400.0)
    assert np.isinf(run.medians().grid.axes[0].columns["chip_count"]).all()
    energy = estimate(run, ["energy"], 128).spreads["energy"]
    assert (energy.median, energy.endless) == (np.inf, 1.0)


def test_a_run_known_by_its_parameters_alone() -> None:
    chip = facts(configs.load("hardware").find("a100"), "hardware")
    held = (
        chip
        | sketch(8e9, 8e9, TEST)
        | {"tokens": StatedValue(1e12, TEST), "chip_count": StatedValue(512, TEST), "sequence_length": StatedValue(4096, TEST)}
    )
    run = complete(held, ["training_flops"], Assumptions("a100-sxm-80gb"))
    flops = evaluate(run.medians(), ["training_flops"])["training_flops"][0]
    width = (8e9 * 128 / 12) ** (1 / 3)
    assert flops == pytest.approx(6 * 8e9 * 1e12 * (1 + 4096 / (12 * width)), rel=0.01)  # its layers are whole
    exact = evaluate(complete(stated(tokens=1e12), ["training_flops"]).medians(), ["training_flops"])["training_flops"][0]
    assert exact == pytest.approx(6 * 8.03e9 * 1e12, rel=0.2)


def test_a_fact_that_is_not_published_is_named() -> None:
    spreads = estimate(scenario("tpu-v5p", tokens=1e12, chip_count=64), TARGETS, 256).spreads
    assert spreads["energy"].median is None
    assert spreads["energy"].missing == ("tdp",)
    assert spreads["run_time"].median is not None


def test_every_stated_distribution_is_valid_and_sourced() -> None:
    entries = store.stated().entries
    assert len(entries) > 10
    for entry in entries:
        assert entry.source
        low, high = entry.at(np.array([1e-6, 1 - 1e-6]))
        item = MODEL[entry.quantity]
        assert item.low <= units.from_base(low, item.unit), entry
        assert units.from_base(high, item.unit) <= item.high, entry
    assert store.stated().of("load", "tpu-v4") != store.stated().of("load", "h100-sxm-80gb")
    assert store.stated().of("sequence_length", "", 2020) != store.stated().of("sequence_length", "", math.nan)
