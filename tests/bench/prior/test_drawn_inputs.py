"""What is drawn of a run: which inputs, in which order, and of which chips no published run tells the MFU."""

import math

import numpy as np
import pytest
from scipy import stats

from flopwatt import configs
from flopwatt.bench.prior import store
from flopwatt.bench.prior.drawn_inputs import (
    DEVIATION,
    STEP_DEVIATION,
    TARGETS,
    RunFacts,
    distribution_of,
    drawn_order,
    has_evidence,
    known_inputs,
    shown_name,
    unseen_chips,
)
from flopwatt.kernels.quantities import MODEL

GAUDI = "MFU of Gaudi3: predicted from published runs on other chips; there are none on it, and no step times"


def test_the_deviation_is_students_t_with_the_fits_freedom() -> None:
    drawn = distribution_of(DEVIATION, RunFacts("h100-sxm-80gb"))
    assert drawn is not None
    u = np.array([0.01, 0.5, 0.8])
    assert drawn.at(u) == pytest.approx(stats.t.ppf(u, store.fitted().posterior.freedom), abs=1e-12)
    assert "published runs on other chips" not in drawn.source
    assert shown_name(DEVIATION) == "mfu"
    assert shown_name("pue") == "pue"


def test_other_inputs_have_their_stated_distribution() -> None:
    assert distribution_of("load", RunFacts("tpu-v4")) == store.stated().of("load", "tpu-v4", math.nan)
    assert distribution_of("sequence_length", RunFacts(year=2020.0)) == store.stated().of("sequence_length", "", 2020.0)
    assert distribution_of("chip_count") is None
    deviation = distribution_of(STEP_DEVIATION)
    assert deviation is not None
    assert deviation.at(np.array([0.1, 0.5, 0.9])) == pytest.approx(stats.norm.ppf([0.1, 0.5, 0.9]), abs=1e-9)
    assert shown_name(STEP_DEVIATION) == "step_time"


def test_what_is_drawn_comes_in_the_models_order_the_mfu_first() -> None:
    held = {"training_flops", "chip_count", "pue", *configs.load("hardware").columns}
    names = drawn_order(MODEL, TARGETS, held)
    assert names[0] == DEVIATION
    assert set(names) <= set(known_inputs()) - held
    assert names[1:] == [name for name in MODEL.inputs(TARGETS, held) if name in names and name != DEVIATION]
    assert DEVIATION not in drawn_order(MODEL, TARGETS, held | {"mfu"})


def test_chips_without_a_fitted_run_are_named_and_told_apart_by_step_times() -> None:
    assert unseen_chips(store.fitted().chips) == ()
    assert unseen_chips(["h100-sxm-80gb", "gaudi3"]) == (GAUDI,)
    assert unseen_chips(["mi300x", "b200-sxm", "gaudi3"]) == (
        "MFU of B200: predicted from published runs on other chips; there are none on it, only step times",
        "MFU of MI300X and Gaudi3: predicted from published runs on other chips; there are none on them, and no step times",
    )
    assert set(store.fitted().chips) <= set(configs.load("hardware").rows)
    drawn = distribution_of(DEVIATION, RunFacts("gaudi3"))
    assert drawn is not None
    assert drawn.source.endswith(f"; {GAUDI}")


@pytest.mark.parametrize(
    ("chip", "has"), [("tpu-v3", True), ("h100-sxm-80gb", True), ("gb300-nvl72", True), ("gaudi3", False), ("", False)]
)
def test_a_run_or_step_times_are_evidence(chip: str, has: bool) -> None:
    assert has_evidence(chip) is has
