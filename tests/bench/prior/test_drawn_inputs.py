"""What is drawn of a run: which inputs, in which order, and of which chips no published run tells the MFU."""

import math

import numpy as np
import pytest
from scipy import stats

from flopwatt import configs
from flopwatt.bench.prior import store
from flopwatt.bench.prior.drawn_inputs import (
    DEVIATION,
    TARGETS,
    RunFacts,
    distribution_of,
    drawn_order,
    known_inputs,
    shown_name,
    unseen_chips,
)
from flopwatt.bench.prior.step_error import STEP_ERROR, step_error
from flopwatt.kernels.quantities import MODEL


def test_the_deviation_is_students_t_with_the_fits_freedom() -> None:
    drawn = distribution_of(DEVIATION, RunFacts("h100-sxm-80gb"))
    assert drawn is not None
    u = np.array([0.01, 0.5, 0.8])
    assert drawn.at(u) == pytest.approx(stats.t.ppf(u, store.fitted().posterior.freedom), abs=1e-12)
    assert "no published run" not in drawn.source
    assert shown_name(DEVIATION) == "mfu"
    assert shown_name("pue") == "pue"


def test_other_inputs_have_their_stated_distribution() -> None:
    assert distribution_of("load", RunFacts("tpu-v4")) == store.stated().of("load", "tpu-v4", math.nan)
    assert distribution_of("sequence_length", RunFacts(year=2020.0)) == store.stated().of("sequence_length", "", 2020.0)
    assert distribution_of("chip_count") is None
    assert distribution_of(STEP_ERROR, RunFacts(mixture=True)) == step_error(True) != distribution_of(STEP_ERROR)


def test_what_is_drawn_comes_in_the_models_order_the_mfu_first() -> None:
    held = {"training_flops", "chip_count", "pue", *configs.load("hardware").columns}
    names = drawn_order(MODEL, TARGETS, held)
    assert names[0] == DEVIATION
    assert set(names) <= set(known_inputs()) - held
    assert names[1:] == [name for name in MODEL.inputs(TARGETS, held) if name in names and name != DEVIATION]
    assert DEVIATION not in drawn_order(MODEL, TARGETS, held | {"mfu"})


def test_chips_without_a_published_run_are_named() -> None:
    assert unseen_chips(store.fitted().chips) == ""
    assert unseen_chips(["h100-sxm-80gb", "gaudi3"]) == (
        "mfu of gaudi3: no published run on this chip; the regression on other chips speaks"
    )
    of_three = unseen_chips(["b200-sxm", "gaudi3", "mi300x"])
    assert of_three.startswith("mfu of b200-sxm, gaudi3 and mi300x: no published run on these chips;")
    assert set(store.fitted().chips) <= set(configs.load("hardware").rows)
    drawn = distribution_of(DEVIATION, RunFacts("gaudi3"))
    assert drawn is not None
    assert drawn.source.endswith("; mfu of gaudi3: no published run on this chip; the regression on other chips speaks")
