"""How good the estimates are on the published cases: the bars, the baselines, the stored fit."""

import csv
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flopwatt.bench.prior import store
from flopwatt.bench.validate import fitting
from flopwatt.bench.validate.fleets import FLEETS
from flopwatt.bench.validate.results import Findings, summaries
from flopwatt.bench.validate.rows import CaseRow, read, shipped
from flopwatt.bench.validate.run import kind_of
from flopwatt.bench.validate.training_runs import FIGURES, TRAINING_RUNS

DRAWS = 1024


@pytest.fixture(scope="module")
def runs() -> Findings:
    return TRAINING_RUNS.predict(shipped("training_runs").rows, DRAWS)


@pytest.fixture(scope="module")
def fleets() -> Findings:
    return FLEETS.predict(shipped("fleets").rows, DRAWS)


def logarithms(runs: Findings) -> np.ndarray:
    return np.array([math.log(case.predicted / case.published) for case in runs.predicted if case.quantity == "chip_hours"])


def test_chip_hours_of_developers_left_out_keep_their_bars(runs: Findings) -> None:
    """Cross-validation: every run is predicted by a fit that saw none of its developer's."""
    errors, held = logarithms(runs), summaries(runs.predicted)["chip_hours"].coverage
    assert len(errors) >= 36
    assert np.abs(errors).mean() <= 0.22
    assert abs(errors.mean()) <= 0.05
    assert held is not None
    assert 0.72 <= held <= 0.88


def test_they_beat_every_flat_mfu_even_the_one_that_is_best_in_hindsight(runs: Findings) -> None:
    mfus = np.log([case.flat_mfu for case in fitting.cases()])
    flat = [np.abs(mfus - math.log(share)).mean() for share in np.arange(0.1, 0.7, 0.001)]
    assert np.abs(logarithms(runs)).mean() <= 0.85 * min(flat)


def test_operations_energy_and_power_keep_their_bars(runs: Findings, fleets: Findings) -> None:
    errors = summaries([*runs.predicted, *fleets.predicted])
    assert errors["training_flops"].greatest_absolute_relative_error <= 0.05
    assert errors["energy"].median_absolute_relative_error <= 0.15
    assert errors["facility_power"].median_absolute_relative_error <= 0.11
    assert errors["chip_count"].median_absolute_relative_error <= 0.11
    assert min(errors["training_flops"].n, errors["energy"].n, errors["facility_power"].n) >= 5


def test_nothing_published_is_dropped_in_silence(runs: Findings) -> None:
    for figure in FIGURES:
        with_figure = {
            row.text("model")
            for row in shipped("training_runs").rows
            if row.text(figure.column) and (figure.quantity != "chip_hours_given_mfu" or row.text("mfu"))
        }
        told = {case.name for case in (*runs.predicted, *runs.left_out) if case.quantity == figure.quantity}
        assert with_figure <= told
    assert all(case.reason for case in runs.left_out)


def test_circular_energies_test_nothing(runs: Findings) -> None:
    circular = {row.text("model") for row in shipped("training_runs").rows if "circular" in row.text("energy_basis")}
    assert len(circular) > 10
    assert not circular & {case.name for case in runs.predicted if case.quantity == "energy"}


def renamed(rows: Sequence[CaseRow], stem: str) -> list[CaseRow]:
    """The same runs under other names, so that none is one that the MFU was fitted on."""
    return [CaseRow({**row.cells, "model": f"{stem} {i}", "developer": stem}, row.where) for i, row in enumerate(rows)]


def test_names_do_not_matter() -> None:
    rows = [row for row in shipped("training_runs").rows if row.text("model").startswith(("Llama", "Pythia"))]
    one, other = (
        [
            (case.quantity, case.predicted, case.low, case.high)
            for case in TRAINING_RUNS.predict(renamed(rows, stem), 256).predicted
        ]
        for stem in ("Zebra", "GPT-4")
    )
    assert one == other
    assert len(one) > 10


def test_a_run_is_not_predicted_from_itself() -> None:
    """A published run whose hours are made ten times as long: its own prediction must not move with them."""
    rows = shipped("training_runs").rows
    row = next(row for row in rows if row.text("model") == "LLaMA-33B")
    seen = TRAINING_RUNS.predict([row], 256).predicted[0]
    unseen = fitting.fit_for_row(row)
    assert seen.note == unseen.note == "fitted without Meta"
    longer = TRAINING_RUNS.predict([CaseRow({**row.cells, "gpu_hours": 10 * row.number("gpu_hours")}, "")], 256).predicted[0]
    assert (longer.predicted, longer.low, longer.high) == (seen.predicted, seen.low, seen.high)


def test_the_stored_fit_is_what_the_published_runs_give(tmp_path: Path) -> None:
    refitted, qualities = fitting.refit(tmp_path / "mfu.toml")
    assert (tmp_path / "mfu.toml").read_text() == store.FIT.read_text()
    stored = store.fitted()
    assert stored.names == refitted.names
    assert stored.posterior.coefficients == pytest.approx(refitted.posterior.coefficients, rel=1e-5)
    assert refitted.developers.keys() == stored.developers.keys()
    for left_out in qualities.values():
        assert left_out.mean < 0.85 * left_out.constant_mean
        assert left_out.median < 0.85 * left_out.constant_median
        assert abs(left_out.bias) <= 0.05
        assert 0.7 <= left_out.coverage <= 0.95


def test_its_signs_are_those_of_the_physics() -> None:
    regression = store.fitted()
    slopes = dict(zip(regression.names, regression.posterior.coefficients[1:], strict=True))
    for feature, least in {"scarcity": -2, "fp8": -1, "fp4": -1, "moe": -1, "before_2023": -1}.items():
        assert least < slopes[feature] < 0
    posterior = regression.posterior
    uncertainty = posterior.scale * np.sqrt(np.diag(posterior.covariance))[1 + regression.names.index("scarcity")]
    assert slopes["scarcity"] < -4 * uncertainty  # so no quantile that is drawn rises with the balance either


def test_a_csv_says_what_the_toml_says(tmp_path: Path, runs: Findings) -> None:
    published = shipped("training_runs")
    path = tmp_path / "runs.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, sorted(published.columns), restval="")
        writer.writeheader()
        writer.writerows(row.cells for row in published.rows)
    written = read(path)
    assert kind_of(written) is TRAINING_RUNS
    from_csv = TRAINING_RUNS.predict(written.rows, DRAWS)
    assert from_csv.predicted == runs.predicted
    assert from_csv.left_out == runs.left_out


def test_unknown_cells_widen_and_do_not_break() -> None:
    row = next(row for row in shipped("training_runs").rows if row.text("model") == "Llama 3.1 405B")
    bare = {key: row.cells[key] for key in ("active_params_b", "tokens_t", "hardware", "gpu_hours")} | {"model": "bare"}
    (case,) = TRAINING_RUNS.predict([replace(row, cells=bare)], DRAWS).predicted
    assert case.low is not None
    assert case.high is not None
    assert 1.5 < case.high / case.low < 4
