"""The quantiles of an estimate: how sure draws make them, and which input's variance drives them."""

import numpy as np
import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import cli
from flopwatt.bench.estimate.engine_quantiles import on_engine
from flopwatt.bench.estimate.intervals import DRAWS, estimate, sampling_error, variance_shares
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.prior.drawn_inputs import TARGETS


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_stated_sampling_error_is_that_of_repeated_samples(share: float) -> None:
    random = np.random.default_rng(0)
    samples = np.sort(np.exp(0.3 * random.standard_normal((600, 1000))), axis=1)
    quantiles = np.quantile(samples, share, axis=1)
    stated_error = np.mean([sampling_error(sample, share) for sample in samples])
    assert stated_error == pytest.approx(quantiles.std() / quantiles.mean(), rel=0.12)


def test_shares_are_those_of_a_sum_of_known_variances() -> None:
    points = np.random.default_rng(2).random((DRAWS, 4))
    parts = (points - 0.5) * np.sqrt(12) * [3.0, 2.0, 1.0, 0.0]
    inputs = {str(i): points[:, i] for i in range(4)}
    shares, errors = variance_shares({"y": np.exp(parts.sum(axis=1)), "one": np.ones(DRAWS)}, inputs)
    assert list(shares["y"])[:3] == ["0", "1", "2"]
    assert [shares["y"][str(i)] for i in range(4)] == pytest.approx([9 / 14, 4 / 14, 1 / 14, 0], abs=0.015)
    assert 0.001 < errors["y"]["0"] < 0.015
    assert set(shares["one"].values()) == {0.0}


def test_draws_that_have_no_logarithm_are_left_out() -> None:
    points = np.random.default_rng(3).random((2000, 2))
    output = np.exp(points @ [3.0, 1.0])
    whole, _ = variance_shares({"y": output}, {"a": points[:, 0], "b": points[:, 1]})
    output[::10], output[1::50] = np.nan, 0.0
    shares, _ = variance_shares({"y": output}, {"a": points[:, 0], "b": points[:, 1]})
    assert shares["y"] == pytest.approx(whole["y"], abs=0.01)
    assert variance_shares({"y": output}, {}) == ({"y": {}}, {"y": {}})


@pytest.mark.parametrize("draws", [16, 64, 128, 256])
@pytest.mark.parametrize("stated", [{"chip_count": "16384"}, {"run_time": "90"}])
def test_few_draws_make_no_share_up(draws: int, stated: dict[str, str]) -> None:
    """Carbon intensity never drives a power, whatever the draws; a share that is told is that of many draws."""
    scenario = run_of(Request(model="llama-3.1-405b", chip="h100", stated=stated), TARGETS).scenario
    known = estimate(scenario, TARGETS, 2**13).shares
    for seed in range(4):
        few = estimate(scenario, TARGETS, draws, seed)
        assert draws >= 128 or not any(few.shares.values())
        for name, shares in few.shares.items():
            for drawn, share in shares.items():
                assert abs(share - known[name][drawn]) < 4 * few.share_errors[name][drawn] + 0.01
                if name.endswith("facility_power") or name == "cost":
                    assert drawn not in ("carbon_intensity", "wue") or share == 0


def test_what_a_solved_number_of_chips_depends_on_is_behind_what_depends_on_it() -> None:
    def behind(stated: dict[str, str]) -> set[str]:
        scenario = run_of(Request(model="llama-3.1-405b", chip="h100", stated=stated), TARGETS).scenario
        return scenario.drawn_behind("peak_facility_power")

    assert "mfu_deviation" not in behind({"chip_count": "16384"})
    assert {"mfu_deviation", "chip_mtbf", "peak_pue"} <= behind({"run_time": "90"})


@pytest.mark.parametrize("engine", [None, "numba"])
def test_draws_that_no_number_of_chips_does_in_time_count(engine: str | None) -> None:
    """Left out, they would make half of the median: 1e27 FLOP on H100 in 100 days, as the study of 10 GW has it."""
    stated = {"training_flops": "1e27", "run_time": "100"}
    scenario = run_of(Request(parameters="2.1e12", chip="h100", stated=stated), TARGETS).scenario
    result = estimate(scenario, TARGETS, 4096)
    spreads = on_engine(result, scenario.problem(4096), engine)[0].spreads if engine else result.spreads
    chips = scenario.problem(4096).grid.axes[0].columns["chip_count"]
    assert 0.2 < result.endless < 0.45
    assert result.endless == np.isinf(chips).mean()
    assert spreads["chip_count"].median == pytest.approx(np.median(chips), rel=0.01)
    assert spreads["chip_count"].median > 1.4 * np.median(chips[np.isfinite(chips)])
    assert spreads["chip_count"].high == spreads["cost"].high == spreads["energy"].high == np.inf
    assert (spreads["goodput"].low, spreads["run_time"].high) == (0, None)
    assert result.error < 0.1


def test_what_becomes_infinite_is_refused() -> None:
    result = CliRunner().invoke(
        cli, ["estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--chips", "64", "--mfu", "1e-300"]
    )
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert " becomes infinite: " in result.stderr
