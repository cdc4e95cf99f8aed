"""What a study's MFU rests on: what nothing tells is left out with a note, chips without a run are named."""

import math
from pathlib import Path

import pytest
from written_studies import ASK, HEAD, study

from flopwatt.bench.prior import store
from flopwatt.bench.prior.features import Known
from flopwatt.bench.study.mfu_basis import regression
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.quantities import MODEL


def test_an_mfu_of_which_nothing_is_known_is_that_of_published_runs(tmp_path: Path) -> None:
    loaded = study(tmp_path, f"{HEAD}chip_count = 8\n{ASK}")
    (note,) = loaded.notes
    assert note.startswith("mfu: predicted without chip_balance, active_parameters, parameters, which nothing gives;")
    (mfu,) = evaluate_at(loaded.problem, ["mfu"], [0])["mfu"]  # type: ignore[arg-type]
    median, _ = store.fitted().predict(Known(math.nan, year=2026.0))
    assert mfu == pytest.approx(math.exp(median), rel=1e-12)


def test_what_other_quantities_need_is_still_asked_for(tmp_path: Path) -> None:
    from flopwatt.bench.errors import InputError

    with pytest.raises(InputError, match=r"given: memory_bandwidth .* has no value and no default"):
        study(tmp_path, f'{HEAD}chip_count = 8\n{ASK}[[questions]]\nsummary = "chip_balance"\n')


@pytest.mark.parametrize("how", ["mfu = 0.4", 'mfu = "load"', "sustained_flops = 1e18"])
def test_an_mfu_that_is_not_predicted_needs_no_note(how: str, tmp_path: Path) -> None:
    chips = '[axes.chip]\nfrom = "hardware"\nrows = ["gaudi3", "h100"]\n'
    assert study(tmp_path, f"{HEAD}chip_count = 8\n{how}\n{chips}{ASK}").notes[1:] == ()


def test_chips_of_which_there_is_no_run_are_noted(tmp_path: Path) -> None:
    chips = '[axes.chip]\nfrom = "hardware"\nrows = ["gaudi3", "h100", "a100"]\n'
    notes = study(tmp_path, f"{HEAD}chip_count = 8\n{chips}{ASK}").notes
    assert "mfu of gaudi3: no published run on this chip; the regression on other chips speaks" in notes


def test_the_regressions_own_numbers_are_no_assumptions() -> None:
    names = regression(MODEL, {})
    assert {"mfu_intercept", "mfu_noise", "reference_balance", "mfu_covariance_balance_moe"} <= names
    assert not names & {"year", "mfu_deviation", "peak_bf16", "memory_bandwidth", "layers"}
    assert "mfu_noise" not in regression(MODEL, {"mfu_noise": 0.2})
