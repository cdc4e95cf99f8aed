"""Fits without a model, a source or a chip: who is left out, who predicts whom, what is stored."""

import tomllib

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


def test_stored_fits_are_read_as_they_are_written() -> None:
    text = serving_left_out.render({"model": {"a-1": {"x": 0.123456}}, "family": {"b": {"x": 2.0}}})
    assert tomllib.loads(text) == {"model": {"a-1": {"x": 0.1235}}, "family": {"b": {"x": 2.0}}}


def test_what_is_shipped_are_constants_without_models_and_sources() -> None:
    fits = serving_left_out.stored_fits()
    assert set(fits) == {"model", "family"}
    assert {"ml-energy", "tensorrt-llm", "mlperf"} <= set(fits["family"])
    assert {"deepseek-v3", "llama-3.1-70b", "gpt-oss-120b"} <= set(fits["model"])
    for own in (*fits["model"].values(), *fits["family"].values()):
        assert all(name.partition(".")[0] in MODEL and value > 0 for name, value in own.items())
