"""What a site's chips do in a year: shares, the chips of a run that must be done in time, and how many such runs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.estimate.scenario import solve_chips
from flopwatt.kernels.quantities import MODEL

Evaluate = Callable[..., dict[str, Any]]
GW, DAY = 1e9, 86400.0
RUN = {"site_power": 10 * GW, "training_flops": 3.8e25, "mfu": 0.41}


@pytest.mark.parametrize("flops", [1e22, 3.8e25, 1e27])
@pytest.mark.parametrize("interval", [0.0, 600.0])
@pytest.mark.parametrize("days", [60, 100])
def test_a_runs_chips_take_the_time_of_the_limit(flops: float, interval: float, days: int, evaluate: Evaluate) -> None:
    """The closed form against the search for the chip_count whose run_time it is."""
    held = RUN | {"training_flops": flops, "checkpoint_interval": interval, "run_days_limit": days * DAY}
    values = evaluate("run_chips", "peak_flops", chip="gb300", **held)
    names = MODEL.inputs(["run_time"], {"training_flops", "peak_flops", "mfu"})
    given = {name: values[name] for name in (*names, "training_flops", "peak_flops", "mfu") if name != "chip_count"}
    (chips,) = solve_chips(MODEL, {}, given, np.array([days * DAY]))
    assert values["run_chips"] == pytest.approx(chips, rel=1e-4)


@pytest.mark.parametrize("write", [1, 5, 120])
def test_no_run_is_late(write: float, evaluate: Evaluate) -> None:
    """Up to the size that no number of chips can train in time, and beyond."""
    times, none = [], 0
    for flops in np.geomspace(1e26, 1e28, 60):
        held = RUN | {"training_flops": flops, "checkpoint_write_time": write}
        with np.errstate(divide="ignore"):
            chips = evaluate("run_chips", chip="h100", **held)["run_chips"]
        none += bool(np.isinf(chips))
        times += [] if np.isinf(chips) else [evaluate("run_time", chip="h100", chip_count=chips, **held)["run_time"]]
    assert 10 < none < 50
    assert max(times) <= 105 * DAY
    assert np.median(times) == pytest.approx(100 * DAY, rel=1e-3)


def test_of_a_chip_whose_peak_is_not_known_nothing_is_known(evaluate: Evaluate) -> None:
    with np.errstate(invalid="ignore"):
        values = evaluate("runs_per_year", "site_cost_per_run", chip="h100", precision_bits=4, **RUN)
    assert np.isnan(values["runs_per_year"])
    assert np.isnan(values["site_cost_per_run"])


def test_failures_let_no_number_of_chips_be_fast_enough(evaluate: Evaluate) -> None:
    hasty = RUN | {"training_flops": 1e29, "run_days_limit": 30 * DAY}
    with np.errstate(divide="ignore"):
        values = evaluate("run_chips", "runs_per_year", "run_share_of_site", chip="h100", **hasty)
    assert values["run_chips"] == values["run_share_of_site"] == np.inf
    assert values["runs_per_year"] == 0


def test_no_run_is_longer_than_the_limit_or_larger_than_the_site(evaluate: Evaluate) -> None:
    """A run of 1e27 FLOP would take 16,384 GB200 785 days: it takes the chips that do it in 100, or is not counted."""
    held = {"training_flops": 1e27, "mfu": 0.38}
    values = evaluate("runs_per_year", "run_share_of_site", chip="gb200", site_power=10 * GW, **held)
    assert 1.2e5 < values["run_chips"] < 2e5
    assert 0 < values["run_share_of_site"] < 0.07
    small = evaluate("runs_per_year", "run_share_of_site", chip="gb200", site_power=0.1 * GW, **held)
    assert small["run_share_of_site"] > 1
    assert small["runs_per_year"] == 0


def test_runs_of_a_year_use_the_share_of_final_runs(evaluate: Evaluate) -> None:
    targets = ("runs_per_year", "site_cost_per_run", "site_energy_per_run", "site_run_flops", "site_energy")
    values = evaluate(*targets, chip="gb300", **RUN)
    goodput = evaluate("goodput", chip="gb300", chip_count=values["run_chips"], **RUN)["goodput"]
    flops = values["site_chips"] * 0.07 * 2.5e15 * 0.41 * goodput * 8760 * 3600
    assert values["site_run_flops"] == pytest.approx(flops, rel=1e-3)  # of the site chips are whole
    half = evaluate(*targets, chip="gb300", final_run_share=0.035, **RUN)
    assert half["runs_per_year"] == pytest.approx(values["runs_per_year"] / 2)
    assert half["site_cost_per_run"] == pytest.approx(values["site_cost_per_run"])  # a run bears its share alone
    assert values["runs_per_year"] * values["site_energy_per_run"] == pytest.approx(0.07 * values["site_energy"])


def test_a_sites_run_costs_what_the_same_run_costs(evaluate: Evaluate) -> None:
    """From gigawatts down and from chips up: the same energy and the same cost of a run."""
    held = {"tokens": 15.6e12, "site_power": 10 * GW}
    site = evaluate("site_cost_per_run", "site_energy_per_run", "run_chips", model="llama-3.1-405b", chip="gb200", **held)
    run = evaluate("cost", "energy", model="llama-3.1-405b", chip="gb200", chip_count=site["run_chips"], **held)
    assert site["site_cost_per_run"] == pytest.approx(run["cost"], rel=1e-3)
    assert site["site_energy_per_run"] == pytest.approx(run["energy"], rel=1e-3)


def test_shares_of_a_fleet_add_up(evaluate: Evaluate) -> None:
    """0.07, 0.64 and 0.29 of OpenAI's compute in 2024 (Epoch AI), and about half for inference in 2025."""
    rows = configs.load("fleet_shares").rows
    by_year = {key: evaluate("inference_share", **row.values)["inference_share"] for key, row in rows.items()}
    assert by_year == {"openai-2024": pytest.approx(0.29), "openai-2025": pytest.approx(0.5)}
    assert evaluate("inference_share")["inference_share"] == pytest.approx(0.29)  # the defaults are one of them
