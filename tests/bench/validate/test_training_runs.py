"""Training runs as cases: scopes of energy, conventions of FLOPs, hours, and an MFU that tests nothing."""

import pytest

from flopwatt.bench.validate import training_runs
from flopwatt.bench.validate.results import Findings
from flopwatt.bench.validate.rows import CaseRow, UnpredictableError
from flopwatt.bench.validate.training_runs import TRAINING_RUNS


@pytest.mark.parametrize(
    ("cells", "convention"),
    [
        ({"flops_basis": "Epoch 6ND"}, 2.0),
        ({"flops_basis": "paper"}, 2.0),
        ({"flops_basis": "paper, full attention"}, 1.0),
        ({"flops_basis": "causal"}, 0.0),
    ],
)
def test_a_flops_convention(cells: dict[str, str], convention: float) -> None:
    assert training_runs.flops_convention(CaseRow(cells, "x")) == convention


@pytest.mark.parametrize("cells", [{}, {"flops_basis": "Epoch"}, {"flops_basis": "paper", "notes": "incl attention"}])
def test_a_convention_that_is_not_stated_is_left(cells: dict[str, str]) -> None:
    with pytest.raises(UnpredictableError):
        training_runs.flops_convention(CaseRow(cells, "x"))


RUN = {
    "model": "x", "developer": "x", "year": 2024, "active_params_b": 70, "tokens_t": 2, "hardware": "H100", "gpu_hours": 600000,
}  # fmt: skip


def run(**cells: object) -> Findings:
    return TRAINING_RUNS.predict([CaseRow({k: v for k, v in (RUN | cells).items() if v is not None}, "x")], 128)


def test_hours_follow_from_chips_and_days() -> None:
    (case,) = run(gpu_hours=None, num_chips=1024, wall_days=20).predicted
    assert case.published == 1024 * 20 * 24
    assert not run(gpu_hours=None, num_chips=1024).predicted


def test_an_mfu_computed_from_the_hours_tests_nothing() -> None:
    at_forty = 6 * 70e9 * 2e12 / (0.4 * 989.4e12 * 3600)
    steady = run(mfu=0.45, reported_flops=8.4e23, gpu_hours=at_forty)
    assert [case.quantity for case in steady.predicted] == ["chip_hours", "chip_hours_given_mfu"]
    circular = run(mfu=0.4, reported_flops=8.4e23, gpu_hours=at_forty)
    assert [case.quantity for case in circular.predicted] == ["chip_hours"]
    assert ("chip_hours_given_mfu", True) in [
        (figure.quantity, "itself computed" in figure.reason) for figure in circular.left_out
    ]


def test_an_energy_without_pue_is_not_the_facilitys() -> None:
    cells = {"energy_mwh": 400, "energy_basis": "measured", "pue": 1.2, "hardware": "H100"}
    predicted, notes = {}, {}
    for scope in ("GPU", "GPU, no PUE", "system, no PUE", "IT, no PUE", "no PUE", "facility", "system x PUE"):
        (case,) = (case for case in run(energy_scope=scope, **cells).predicted if case.quantity == "energy")
        predicted[scope] = case.predicted
        notes[scope] = case.note
    words = [notes[scope] for scope in ("GPU", "system, no PUE", "no PUE", "facility")]
    assert words == ["scope: chips", "scope: servers", "scope: servers", "scope: facility"]
    assert predicted["GPU"] == predicted["GPU, no PUE"] < predicted["system, no PUE"] < predicted["IT, no PUE"]
    assert predicted["no PUE"] == predicted["system, no PUE"]
    assert predicted["facility"] == pytest.approx(1.2 * predicted["IT, no PUE"], rel=0.01)
    assert predicted["system x PUE"] == pytest.approx(1.2 * predicted["system, no PUE"], rel=0.01)


def test_a_scope_in_unknown_words_is_not_predicted_and_says_so() -> None:
    left = run(energy_mwh=400, energy_basis="measured", energy_scope="racks of the hall").left_out
    assert [("'racks of the hall'" in figure.reason) for figure in left if figure.quantity == "energy"] == [True]
