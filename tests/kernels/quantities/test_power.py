"""Power from the chip to the facility, against measured nodes and published sites."""

import math
from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]
CHAIN = ("server_power", "it_power_per_chip", "facility_power_per_chip")
PEAKS = ("peak_server_power", "peak_it_power_per_chip", "peak_facility_power_per_chip")


def test_a_node_in_training_draws_what_was_measured(evaluate: Evaluate) -> None:
    """6.7 to 7.3 kW in MLPerf's power logs of 8 H100 (smc v4.0, Dell v4.1); at most 8.4 kW with GPUs at TDP (Latif et al.,
    2412.08602); with CPUs and fans at 0.6 of their rating 0.76 of 10.2 kW (Newkirk et al., arXiv:2506.14551)."""
    assert 6743 < 8 * evaluate("server_power", chip="h100")["server_power"] < 7303
    busy = evaluate("server_power", chip="h100", load=1.0, host_load=0.6)["server_power"]
    assert 8 * busy == pytest.approx(8400, rel=0.02)
    assert 8 * evaluate("server_power", chip="h100", host_load=0.6)["server_power"] == pytest.approx(0.76 * 10200, rel=0.005)


def test_the_chip_draws_what_olmo_3_measured(evaluate: Evaluate) -> None:
    assert evaluate("chip_power", chip="h100")["chip_power"] == pytest.approx(624, rel=0.005)


def test_coreweaves_h100_fit(evaluate: Evaluate) -> None:
    """1,472 W of IT power per H100: Epoch AI's fit to CoreWeave's S-1; 1,370 W: SemiAnalysis."""
    assert 1370 < evaluate("peak_it_power_per_chip", chip="h100")["peak_it_power_per_chip"] < 1472


def test_the_headroom_of_a_sites_peak_counts_once(evaluate: Evaluate) -> None:
    """An H100 takes 1,709 W by Epoch AI's chain, 1,730 W by SemiAnalysis, 1,810 W at xAI's Colossus."""
    assert 1709 < evaluate("peak_facility_power_per_chip", chip="h100")["peak_facility_power_per_chip"] < 1810
    chain = evaluate("peak_facility_power_per_chip", tdp=700, server_rating=math.nan, peak_network_factor=1.14, peak_pue=1.4)
    assert chain["peak_facility_power_per_chip"] == pytest.approx(1709, abs=1)


def test_abilene(evaluate: Evaluate) -> None:
    """Two buildings of 50,000 GB200 and 200 MW of IT power, a lower bound: aicerts.ai."""
    values = evaluate("peak_it_power", chip="gb200", chip_count=100_000)
    assert 200e6 <= values["peak_it_power"] < 1.1 * 200e6


def test_the_gpus_share_of_a_sites_peak(evaluate: Evaluate) -> None:
    """Some 40% of a frontier site's peak is its GPUs (Epoch AI, 2025-12-18), more where a rack is cooled by liquid."""
    values = evaluate("peak_facility_power_per_chip", chip="gb200")
    assert values["tdp"] / values["peak_facility_power_per_chip"] == pytest.approx(0.45, abs=0.03)


@pytest.mark.parametrize("chip", ["a100-sxm-80gb", "h100", "b200", "gb200", "gb300", "mi300x", "tpu-v7-ironwood"])
def test_every_level_adds_and_peaks_are_above_averages(chip: str, evaluate: Evaluate) -> None:
    values = evaluate(*CHAIN, *PEAKS, chip=chip)
    averages = [values[name] for name in ("chip_power", *CHAIN)]
    peaks = [values[name] for name in ("tdp", *PEAKS)]
    assert averages == sorted(averages)
    assert peaks == sorted(peaks)
    assert all(average < peak for average, peak in zip(averages, peaks, strict=True))


def test_peak_and_average_have_their_own_factors(evaluate: Evaluate) -> None:
    base = evaluate("energy", "peak_facility_power", chip="h100", chip_count=1000, run_time=1e6)
    hot = evaluate("energy", "peak_facility_power", chip="h100", chip_count=1000, run_time=1e6, pue=1.3)
    sized = evaluate("energy", "peak_facility_power", chip="h100", chip_count=1000, run_time=1e6, peak_pue=1.5)
    assert hot["energy"] == pytest.approx(base["energy"] * 1.3 / 1.12)
    assert hot["peak_facility_power"] == base["peak_facility_power"]
    assert sized["energy"] == base["energy"]
    assert sized["peak_facility_power"] == pytest.approx(base["peak_facility_power"] * 1.5 / 1.25)


def test_without_a_rating_the_server_is_the_chip_by_a_factor(evaluate: Evaluate) -> None:
    values = evaluate("peak_server_power", chip="gaudi3")
    assert math.isnan(values["server_rating"])
    assert values["peak_server_power"] == pytest.approx(900 * 1.53)
    assert math.isnan(evaluate("peak_server_power", chip="tpu-v5p")["peak_server_power"])  # no TDP either


def test_energy_is_power_times_time(evaluate: Evaluate, unit_of: Callable[[str], float]) -> None:
    targets = ("chip_energy", "server_energy", "it_energy", "energy", "facility_power", "it_power")
    values = evaluate(*targets, chip="h100", chip_count=1000, run_time=100 * unit_of("h"))
    assert values["chip_energy"] / unit_of("kWh") == pytest.approx(1000 * 100 * 0.623)
    assert values["energy"] == pytest.approx(values["facility_power"] * 100 * unit_of("h"))
    assert values["it_energy"] == pytest.approx(values["it_power"] * 100 * unit_of("h"))
    assert values["chip_energy"] < values["server_energy"] < values["it_energy"] < values["energy"]
