"""The planner's site in phases: a slip moves curves in time and changes no total, and nothing is lost between generations."""

import numpy as np
import pytest

from flopwatt.bench.runner.run import Run, run_study
from flopwatt.bench.runner.sentences import headlines
from flopwatt.bench.study.loader import load_study

LATE = ("as planned", "two quarters late")
SMALL = ["axes.assumptions.draws=32"]


@pytest.fixture(scope="module")
def site() -> Run:
    return run_study(load_study("planner-600mw", SMALL), "numpy", budget_seconds=0)


@pytest.fixture(scope="module")
def punctual() -> Run:
    """The same where chips are never late."""
    return run_study(load_study("planner-600mw", [*SMALL, "chip_slip=0"]), "numpy", budget_seconds=0)


def _medians(run: Run, question: str, **place: str) -> np.ndarray:
    data = run.answer(question).dataset().sel(quantile=0.5, **place)
    return np.asarray(data[next(iter(data.data_vars))].data, dtype=float)


def test_it_is_told_in_five_sentences(site: Run) -> None:
    told = headlines(site)
    assert len(told) == 5
    assert not [text for text in told if "nan" in text or "∞" in text]


def test_all_six_phases_are_online_in_the_end_and_none_before_the_first(site: Run) -> None:
    for slip in LATE:
        online = _medians(site, "power online", slip=slip)
        assert online[0] == 0
        assert online[-1] == pytest.approx(600e6, rel=0.01)
        assert (np.diff(online) >= 0).all()


def test_a_slip_moves_the_curve_by_two_quarters_and_changes_no_total(punctual: Run) -> None:
    for question in ("power online", "capital so far"):
        planned, late = (_medians(punctual, question, slip=slip) for slip in LATE)
        assert late[2:] == pytest.approx(planned[:-2], rel=0.02)
        assert late[-1] == pytest.approx(planned[-1], rel=0.01)
        assert late.sum() < planned.sum()


def test_chips_of_the_generations_are_all_chips_in_every_quarter(punctual: Run) -> None:
    for slip in LATE:
        every, first, second = (
            _medians(punctual, "chips online", slip=slip, counted=name) for name in ("all", "GB200", "Vera Rubin")
        )
        assert first + second == pytest.approx(every, rel=0.02)  # of medians
        assert second[first < 0.9 * first.max()].max() == 0  # the second comes after the first


def test_capital_so_far_is_the_sum_of_the_quarters(punctual: Run) -> None:
    for slip in LATE:
        quarters, so_far = (_medians(punctual, name, slip=slip) for name in ("capital of a quarter", "capital so far"))
        assert np.cumsum(quarters) == pytest.approx(so_far, rel=0.03)
