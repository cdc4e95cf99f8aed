"""The expected MFU: its quantile at a deviate, the best strategy's part in it, a developer's runs, a pilot."""

import math

import numpy as np
import pytest
from reference_run import NAN, REFERENCE, Evaluate, predicted
from scipy import stats

from flopwatt.bench.prior import store
from flopwatt.bench.prior.features import Known


def test_the_deviate_moves_it_along_students_t(evaluate: Evaluate) -> None:
    """A share q of like runs has an MFU below that at the q-quantile of Student's t."""
    freedom = store.fitted().posterior.freedom
    median, scale = store.fitted().predict(Known(**REFERENCE))
    for share in (0.1, 0.5, 0.9):
        (mfu,) = predicted(evaluate, "mfu", mfu_deviation=float(stats.t.ppf(share, freedom)))
        assert stats.t.cdf((math.log(mfu) - median) / scale, freedom) == pytest.approx(share)
    assert predicted(evaluate, "mfu", mfu_deviation=100.0) == predicted(evaluate, "reachable_mfu")


def test_the_best_strategy_is_mixed_in_as_the_fit_says(evaluate: Evaluate) -> None:
    known, fit = Known(**REFERENCE), store.fitted()
    alone, scale = fit.predict(known)
    for best in (0.4, 0.5, 0.7):
        mixed = predicted(evaluate, "mfu_log_expected", "mfu_log_scale", best_step_mfu=best)
        assert mixed == pytest.approx(fit.predict(known, best), rel=1e-12)
        (expected,) = predicted(evaluate, "best_step_log_median")
        assert mixed[0] - alone == pytest.approx(fit.practice.weight * (math.log(best) - expected))
    (capped,) = predicted(evaluate, "mfu_log_expected", best_step_mfu=0.1, mfu_developer_effect=0.2)
    assert capped == pytest.approx(math.log(0.1))  # no run is expected to beat its best strategy
    assert fit.predict(known, 0.1)[0] == pytest.approx(capped)
    for nothing in (0.0, NAN):
        assert predicted(evaluate, "mfu_log_expected", "mfu_log_scale", best_step_mfu=nothing) == pytest.approx([alone, scale])


def test_without_a_strategy_it_is_neither_higher_nor_lower_on_the_fitted_runs() -> None:
    """Where none is searched (studies) the regression stands alone: over the runs its mean is that of the mix."""
    from flopwatt.bench.validate.fitting import cases

    runs = [case.observed for case in cases() if case.observed.best_step > 0]
    mixed = [store.fitted().predict(run.known, run.best_step)[0] for run in runs]
    alone = [store.fitted().predict(run.known)[0] for run in runs]
    assert len(runs) > 30
    assert np.mean(mixed) == pytest.approx(np.mean(alone), abs=0.02)


def test_a_developers_runs_move_it_and_narrow_it(evaluate: Evaluate) -> None:
    (median, scale), noise = store.fitted().predict(Known(**REFERENCE)), store.fitted().posterior.scale
    held = {"mfu_developer_effect": 0.1, "mfu_developer_known": 0.2}
    assert predicted(evaluate, "mfu_log_expected", "mfu_log_scale", **held) == pytest.approx(
        [median + 0.1, math.sqrt(scale**2 - 0.2 * noise**2)]
    )


def test_a_pilot_counts_by_the_inverse_of_its_variance(evaluate: Evaluate) -> None:
    median, scale = store.fitted().predict(Known(**REFERENCE))
    weight = 1 / 0.12**2 / (1 / 0.12**2 + 1 / scale**2)
    expected = [median + weight * (math.log(0.45) - median), 1 / math.sqrt(1 / 0.12**2 + 1 / scale**2)]
    held = {"pilot_mfu": 0.45, "pilot_spread": 0.12}
    assert predicted(evaluate, "mfu_log_expected", "mfu_log_scale", **held) == pytest.approx(expected)
    assert expected[1] < 0.6 * scale
    (exact,) = predicted(evaluate, "mfu", pilot_mfu=0.45, pilot_spread=1e-9)
    assert exact == pytest.approx(0.45)
