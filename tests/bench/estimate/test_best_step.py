"""The best strategy's MFU of what is known of a run: searched where enough is known, 0 where not."""

import math
from collections.abc import Mapping

import pytest

from flopwatt import configs
from flopwatt.bench.estimate import strategy_search
from flopwatt.bench.estimate.architecture_sketch import sketch
from flopwatt.bench.estimate.best_step import NOT_SEARCHED, best_step_mfu, near_chips
from flopwatt.bench.estimate.scenario import StatedValue, facts
from flopwatt.bench.estimate.source import AS_PUBLISHED


def run(chip: str = "h100-sxm-80gb", active: float = 8e9, **held: float) -> dict[str, StatedValue]:
    stated = facts(configs.load("hardware").rows[chip], "hardware") | sketch(active, active, AS_PUBLISHED)
    given = {"tokens": 15e12, "precision_bits": 16.0, "chip_count": 512.0} | held
    return stated | {name: StatedValue(value, AS_PUBLISHED) for name, value in given.items() if not math.isnan(value)}


def test_it_is_searched() -> None:
    mfu = best_step_mfu(run(), 2024)
    assert 0.3 < mfu < 0.65
    assert best_step_mfu(run("a100-sxm-80gb"), 2024) > mfu  # more bytes for each operation


def test_a_run_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A published run is searched where the regression is fitted on it and where it is predicted."""
    searched = list[float]()
    search = strategy_search.best_on_most

    def counted(stated: Mapping[str, float], fixed: Mapping[str, float] | None = None) -> strategy_search.BestStrategy:
        searched.append(stated["chip_count"])
        return search(stated, fixed)

    monkeypatch.setattr(strategy_search, "best_on_most", counted)
    assert best_step_mfu(run(chip_count=96.0), 2023) == best_step_mfu(run(chip_count=96.0), 2023)
    assert best_step_mfu(run(chip_count=192.0), 2023) > 0
    assert searched == [96.0, 192.0]


def test_chips_that_nothing_gives_are_guessed() -> None:
    by_days = best_step_mfu(run(chip_count=math.nan, run_time=100 * 86400.0), 2024)
    assert by_days == pytest.approx(best_step_mfu(run(), 2024), rel=0.1)
    assert best_step_mfu(run(chip_count=math.nan), 2024) == pytest.approx(by_days, rel=0.1)


def test_old_software_is_slower() -> None:
    early, late = (best_step_mfu(run("a100-sxm-40gb", 13e9), year) for year in (2022, 2024))
    assert early < 0.9 * late
    assert best_step_mfu(run("a100-sxm-40gb", 13e9)) == pytest.approx(best_step_mfu(run("a100-sxm-40gb", 13e9), 2030))


@pytest.mark.parametrize("held", [{"memory_capacity": 1e9}, {"active_parameters": math.nan, "heads": 7.5}])
def test_where_nothing_fits_or_divides_there_is_none(held: dict[str, float]) -> None:
    assert best_step_mfu(run(**held), 2024) == NOT_SEARCHED


def test_where_facts_are_missing_there_is_none() -> None:
    assert best_step_mfu(run("tpu-v3"), 2021) == NOT_SEARCHED
    assert best_step_mfu({}, 2024) == NOT_SEARCHED


@pytest.mark.parametrize(("chips", "near"), [(1.0, 1), (2.9, 3), (100.0, 96), (1300.0, 1536), (16_811.0, 16_384)])
def test_chips_that_are_not_known_are_rounded_to_what_divides_well(chips: float, near: float) -> None:
    assert near_chips(chips) == near


def test_chips_that_divide_badly_stay_idle() -> None:
    prime, fewer = (best_step_mfu(run(active=4e11, chip_count=chips), 2025) for chips in (16_381.0, 15_872.0))
    assert prime == pytest.approx(fewer * 15_872 / 16_381)
