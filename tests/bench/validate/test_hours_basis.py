"""What chip-hours stand for: read of a column or of the words about them; steady ones have no losses, others a factor."""

import math

import pytest

from flopwatt.bench.validate import fitting
from flopwatt.bench.validate.hours_basis import hours_basis
from flopwatt.bench.validate.rows import CaseRow, UnpredictableError, shipped
from flopwatt.bench.validate.training_runs import TRAINING_RUNS

RUN = {
    "model": "m",
    "active_params_b": 8,
    "total_params_b": 8,
    "tokens_t": 2,
    "hardware": "H100",
    "gpu_hours": 2e5,
    "year": 2024,
}


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({}, "pre-training"),
        ({"gpu_hours_basis": "derived 512 x 7 d"}, "pre-training"),
        ({"gpu_hours_basis": "reported pre-training (2.788M total incl 119K ctx + 5K post)"}, "pre-training"),
        ({"gpu_hours_basis": "reported (whole 3.1 training incl long-context)"}, "everything"),
        ({"gpu_hours_basis": "reported (iteration time x iterations)"}, "steady"),
        ({"gpu_hours_basis": "derived from 1,800 tokens/s per GPU at 38% MFU"}, "steady"),
        ({"gpu_hours_basis": "upper bound: 60-day access"}, "access"),
        ({"gpu_hours_basis": "reported", "hours_basis": "Steady"}, "steady"),
        ({"gpu_hours_basis": "tokens over tokens/s", "hours_basis": "pre training"}, "pre-training"),
    ],
)
def test_the_column_counts_before_the_words(cells: dict[str, str], name: str) -> None:
    assert hours_basis(CaseRow(cells, "x")).name == name


def test_a_basis_that_is_not_known_is_said() -> None:
    with pytest.raises(UnpredictableError, match=r"hours_basis 'guess' is not known; known are steady, pre-training"):
        hours_basis(CaseRow({"hours_basis": "guess"}, "x"))


def hours(**cells: str) -> float:
    (case,) = TRAINING_RUNS.predict([CaseRow(RUN | cells, "x")], 512).predicted
    return case.predicted


def test_steady_hours_have_no_losses_and_others_a_factor() -> None:
    plain = hours()
    assert 0.85 * plain < hours(hours_basis="steady") < 0.98 * plain
    assert hours(hours_basis="everything") == pytest.approx(1.05 * plain)
    assert hours(hours_basis="access") == pytest.approx(1.2 * plain)


def test_the_fit_counts_them_alike() -> None:
    """A run of which more is counted in its hours had the higher MFU in steady training; a steady one lost nothing."""
    mfus = {}
    for name in ("pre-training", "everything", "access", "steady"):
        case = fitting.fit_case(CaseRow(RUN | {"hours_basis": name}, "x"))
        assert case is not None
        mfus[name] = math.exp(case.observed.log_mfu)
    assert mfus["access"] == pytest.approx(1.2 * mfus["pre-training"])
    assert mfus["everything"] == pytest.approx(1.05 * mfus["pre-training"])
    assert mfus["steady"] < 0.98 * mfus["pre-training"]


def test_hours_of_a_steady_throughput_are_part_of_the_fit() -> None:
    steady = {row.text("model") for row in shipped("training_runs").rows if hours_basis(row).name == "steady"}
    assert "OLMo 2 32B" in steady & {case.observed.name for case in fitting.cases()}
