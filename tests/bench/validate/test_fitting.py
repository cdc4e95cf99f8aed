"""The MFU's fit beside what it was not fitted on: measured steps in FP8 and FP4."""

import numpy as np
import pytest
from scipy.special import stdtrit

from flopwatt.bench.prior import store
from flopwatt.bench.step_time import predict
from flopwatt.bench.step_time.rows import StepCase
from flopwatt.bench.validate import fitting
from flopwatt.bench.validate.rows import CaseRow, shipped

RACKS = ("gb200-nvl72", "gb300-nvl72")
# Model (the start of its name in the published rows) and format, and the least and the greatest MFU measured on the chip.
MEASURED = [
    ("llama-3.1 405b", "NVFP4", "gb200-nvl72", 0.23, 0.245),
    ("llama3_70b", "NVFP4", "gb300-nvl72", 0.215, 0.22),
    ("llama3_70b", "NVFP4", "gb200-nvl72", 0.215, 0.225),
    ("llama3_70b", "FP8", "gb300-nvl72", 0.40, 0.48),
    ("deepseekv3", "MXFP8", "gb300-nvl72", 0.21, 0.34),
]


def priors(steps: list[StepCase]) -> np.ndarray:
    """P10, P50 and P90 of the MFU of the steps' models, chips and formats in a run still to come: (3, steps)."""
    given = predict.inputs(steps, ["mfu"])
    deviates = [float(stdtrit(store.fitted().posterior.freedom, share)) for share in (0.1, 0.5, 0.9)]
    return np.array([predict.evaluate({**given, "mfu_deviation": deviate}, ["mfu"])["mfu"] for deviate in deviates])


@pytest.fixture(scope="module")
def steps() -> list[predict.Prediction]:
    cases, _ = predict.cases(predict.published_rows())
    return predict.predict(cases)


def measured(item: predict.Prediction) -> float:
    """The MFU of a measured step, by the operations that are counted here."""
    return item.mfu * item.seconds / item.case.seconds


@pytest.mark.parametrize(("model", "precision", "chip", "least", "greatest"), MEASURED)
def test_the_prior_of_a_fast_format_holds_what_was_measured(
    model: str, precision: str, chip: str, least: float, greatest: float, steps: list[predict.Prediction]
) -> None:
    rows = [
        item
        for item in steps
        if (item.case.chip, item.case.precision) == (chip, precision) and item.case.name.lower().startswith(model)
    ]
    mfus = np.array([measured(item) for item in rows])
    assert len(rows) > 0
    assert ((least < mfus) & (mfus < greatest)).all(), mfus
    low, _, high = priors([item.case for item in rows])
    assert ((low < mfus) & (mfus < high)).all()


def test_most_steps_in_fast_formats_lie_inside_and_above_the_median(steps: list[predict.Prediction]) -> None:
    """Whole models alone: steps cut to a few layers are not runs. A tuned step is mostly faster than the median run."""
    rows = [item for item in steps if item.case.inputs["precision_bits"] < 16 and "layers)" not in item.case.name]
    mfus = np.array([measured(item) for item in rows])
    low, median, high = priors([item.case for item in rows])
    assert len(rows) > 40
    assert np.mean((low < mfus) & (mfus < high)) > 0.8
    dense = np.array([not item.case.moe for item in rows])
    assert np.mean(mfus[dense] > median[dense]) > 0.7
    assert (high - low > 0).all()


def test_runs_are_predicted_by_a_fit_without_their_developer() -> None:
    run = fitting.cases()[0]
    others = [case for case in fitting.cases() if case.observed.developer != run.observed.developer]
    assert len(others) < len(fitting.cases()) - 1
    without = fitting.fit_runs([case.observed for case in others], store.recipe())
    row = next(row for row in shipped("training_runs").rows if row.text("model") == run.observed.name)
    used = fitting.fit_for_row(row)
    assert used.fit is not None
    assert used.note == f"fitted without {run.observed.developer}"
    best = run.observed.best_step
    assert used.fit.predict(run.observed.known, best) == without.predict(run.observed.known, best)
    assert used.fit.predict(run.observed.known, best) != store.fitted().predict(run.observed.known, best)


def test_what_came_of_a_run_does_not_say_which_it_is() -> None:
    row = next(row for row in shipped("training_runs").rows if row.text("model") == "LLaMA-33B")
    other = CaseRow({**row.cells, "gpu_hours": 1.0, "model": "x", "developer": "y"}, "")
    assert fitting.fit_for_row(other) is fitting.fit_for_row(row)
    assert fitting.fit_for_row(CaseRow({**row.cells, "tokens_t": 1.0}, "")).fit is None


def test_what_a_developers_other_runs_add_is_measured_beside() -> None:
    """It makes intervals narrower and errors no smaller: validate predicts a known developer's other runs without it."""
    single = [str(number) for number in range(len(fitting.cases()))]
    without, with_effect = (fitting.cross_validate(single, "", known) for known in (False, True))
    assert with_effect.mean == pytest.approx(without.mean, abs=0.015)
    assert with_effect.coverage <= without.coverage
