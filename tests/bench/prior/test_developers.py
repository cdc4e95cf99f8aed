"""What developers add: the less certain the fewer runs there are, and however a name is written."""

import math
from dataclasses import replace

import numpy as np
import pytest

from flopwatt.bench.prior import developers, store
from flopwatt.bench.prior.features import Known
from flopwatt.bench.prior.method import Observed, fit_runs
from flopwatt.kernels.quantities import MODEL


@pytest.mark.parametrize("name", ["Meta", "meta", " META ", "Stability AI", "stability-ai"])
def test_a_developer_is_known_however_written(name: str) -> None:
    effect = developers.developer_effect(name)
    assert effect is not None
    assert developers.plain(effect.name) == developers.plain(name)
    assert all(MODEL[quantity].given for quantity in effect.inputs())


def test_others_are_not_known() -> None:
    assert developers.developer_effect("nobody") is None
    assert developers.developer_effect("") is None


def test_more_runs_tell_more() -> None:
    effects = developers.developers().values()
    shared, scale = store.recipe().shared, store.fitted().posterior.scale
    for effect in effects:
        told = shared * effect.runs / (1 + shared * (effect.runs - 1))
        assert effect.known == pytest.approx(shared * told, rel=1e-5)
        assert effect.sd == pytest.approx(scale * math.sqrt(shared - effect.known), rel=1e-5)
        assert abs(effect.mean) < 0.3
    by_runs = sorted(effects, key=lambda effect: effect.runs)
    assert by_runs[0].sd > by_runs[-1].sd > 0


def test_runs_that_lie_above_the_others_add_and_are_drawn_towards_them() -> None:
    """Ten developers at one MFU and one with three runs 0.4 above: it adds some of that; with a share of 0 nothing."""
    known = Known(8e9, 8e9, 989.4e12, 3.35e12, 2024)
    runs = [Observed(f"{i}", f"{i}", known, -1.4) for i in range(10)] + [Observed(f"m{i}", "m", known, -1.0) for i in range(3)]
    fitted = fit_runs(runs, store.recipe())
    plain, scale = fitted.predict(known)
    of_them, narrower = fitted.predict(known, developer="m")
    assert plain + 0.1 < of_them < -1.0
    assert narrower < scale
    assert fitted.predict(known, developer="somebody else") == (plain, scale)
    assert np.isclose(fitted.developers["m"].mean, of_them - plain)
    assert fit_runs(runs, replace(store.recipe(), shared=0.0)).developers["m"].mean == 0
