"""Fits without a model, a source or a chip: who is left out, who predicts whom, what is stored."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from flopwatt.bench.serving_fit import serving_left_out
from flopwatt.bench.serving_fit.serving_constants import ConstantFit
from flopwatt.bench.serving_fit.serving_rows import ServingCase
from flopwatt.kernels.quantities import MODEL


@pytest.fixture
def fit(cases: list[ServingCase], monkeypatch: pytest.MonkeyPatch) -> ConstantFit:
    """Rows whose fit is the number of rows kept."""
    made = ConstantFit(cases)
    monkeypatch.setattr(ConstantFit, "fit", lambda self, keep=None, start=None: {"kept": float(np.sum(keep))})
    monkeypatch.setattr(ConstantFit, "off", lambda self, found: np.full(len(cases), found["kept"]))
    return made


def test_each_model_is_predicted_by_the_fit_without_it(fit: ConstantFit) -> None:
    fits = serving_left_out.fits_without(fit, serving_left_out.BY_MODEL, {})
    assert set(fits) == {"llama-3.1-70b", "qwen3-235b-a22b", "gpt-oss-20b"}
    assert fits["llama-3.1-70b"]["kept"] == len(fit.cases) / 2
    off = serving_left_out.off_without(fit, serving_left_out.BY_MODEL, fits)
    assert all(own == fits[case.model]["kept"] for own, case in zip(off, fit.cases, strict=True))


def test_stored_fits_are_written_with_the_chips_that_were_fitted_on(fit: ConstantFit) -> None:
    fits = {"model": {"a-1": {"x": 0.123456}}, "family": {"b": {"x": 2.0}}}
    chips = serving_left_out.chips_fitted_on(fit)
    assert tomllib.loads(serving_left_out.render(fits, chips)) == {
        "model": {"a-1": {"x": 0.1235}}, "family": {"b": {"x": 2.0}}, "fitted_on": chips,
    }  # fmt: skip
    families = {case.family for case in fit.cases}
    assert set(chips) == families
    assert {model for models in chips.values() for model in models} == {case.model for case in fit.cases}


def test_rows_that_nothing_was_fitted_to_are_not_among_the_chips(cases: list[ServingCase]) -> None:
    limited = [replace(case, strategy=replace(case.strategy, step_limit=1.0)) for case in cases]
    assert serving_left_out.chips_fitted_on(ConstantFit(limited)) == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, True),
        ({"chip": "b200-sxm"}, False),
        ({"family": "tensorrt-llm"}, False),
        ({"family": "other"}, True),  # which may be a copy
        ({"family": "other", "chip": "b200-sxm"}, False),
        ({"family": "of nobody"}, False),
        ({"model": "mixtral-8x7b"}, False),
    ],
)
def test_what_was_fitted_on_is_a_benchmark_with_its_model_and_chip(
    cases: list[ServingCase], change: dict[str, str], said: bool
) -> None:
    seen = replace(cases[0], family="ml-energy", model="qwen3-32b", chip="h100-sxm-80gb")
    assert serving_left_out.was_fitted_on(replace(seen, **change)) is said  # type: ignore[arg-type]


def test_every_model_that_was_fitted_on_has_a_fit_without_it() -> None:
    fits, stored = serving_left_out.stored_fits(), serving_left_out.configs.read_toml(serving_left_out.LEFT_OUT)["fitted_on"]
    assert {model for models in stored.values() for model in models} <= set(fits["model"])
    assert set(stored) <= set(fits["family"])


def test_what_is_shipped_are_constants_without_models_and_sources() -> None:
    fits = serving_left_out.stored_fits()
    assert set(fits) == {"model", "family"}
    assert {"ml-energy", "tensorrt-llm", "mlperf"} <= set(fits["family"])
    assert {"deepseek-v3", "llama-3.1-70b", "gpt-oss-120b"} <= set(fits["model"])
    for own in (*fits["model"].values(), *fits["family"].values()):
        assert all(name.partition(".")[0] in MODEL and value > 0 for name, value in own.items())
