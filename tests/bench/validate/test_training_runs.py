"""Training runs as cases: scopes of energy, conventions of FLOPs, hours, and an MFU that tests nothing."""

import pytest

from flopwatt.bench.estimate.scenario import StatedValue
from flopwatt.bench.validate import training_runs
from flopwatt.bench.validate.results import Findings
from flopwatt.bench.validate.rows import CaseRow, UnpredictableError
from flopwatt.bench.validate.training_runs import TRAINING_RUNS


@pytest.mark.parametrize(
    ("scope", "target"),
    [
        ("system incl host, x PUE", "energy"),
        ('GPU only, raw (x PUE not included)', "chip_energy"),
        ("GPU (measured; scope per Ai2)", "chip_energy"),
        ("datacenter (GPU x 1.74 overhead)", "energy"),
        ("node", "server_energy"),
        ("IT", "it_energy"),
        ("GPU x PUE 1.1", "energy"),
        ("facility", "energy"),
    ],
)  # fmt: skip
def test_an_energy_scope(scope: str, target: str) -> None:
    stated: dict[str, StatedValue] = {}
    assert training_runs.energy_scope(scope, stated) == target
    assert ("host_load" in stated) == (scope == "GPU x PUE 1.1")


def test_a_scope_that_says_nothing_is_left() -> None:
    with pytest.raises(UnpredictableError, match="no energy scope"):
        training_runs.energy_scope("", {})
    with pytest.raises(UnpredictableError, match="does not say"):
        training_runs.energy_scope("measured", {})


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
