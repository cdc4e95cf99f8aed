"""The fit of serving's constants: beliefs where nothing is measured, the constants that made the rows where they are exact."""

import tomllib
from collections.abc import Callable

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.serving_fit import serving_constants
from flopwatt.bench.serving_fit.serving_constants import SEQUENCE, ConstantFit
from flopwatt.bench.serving_fit.serving_rows import ServingCase
from flopwatt.kernels.quantities import MODEL

Made = Callable[[dict[str, float]], list[ServingCase]]


def _guesses() -> dict[str, float]:
    known = serving_constants.beliefs()
    plain = {name: belief.guess for name, belief in known.parameters.items()}
    return plain | {f"{SEQUENCE}.{key}": belief.guess for key, belief in known.software.items()}


def test_beliefs_are_of_inputs_and_few() -> None:
    known = serving_constants.beliefs()
    assert all(MODEL[name].given for name in (*known.parameters, *known.spread))
    assert len(known.parameters) + len(known.software) <= 20
    assert all(belief.guess > 0 and 0 < belief.spread <= 1 and belief.why for belief in known.parameters.values())


def test_without_rows_to_fit_to_beliefs_stand(cases: list[ServingCase]) -> None:
    fit = ConstantFit(cases)
    assert fit.fit(np.zeros(len(cases), dtype=bool)) == pytest.approx(_guesses())


def test_rows_that_the_model_made_are_fitted_exactly(as_predicted: Made) -> None:
    truth = _guesses()
    for name, factor in (("serving_cache_share", 1.15), ("serving_matmul_share", 0.9), (f"{SEQUENCE}.vllm", 0.8)):
        truth[name] *= factor
    fit = ConstantFit(as_predicted(truth))
    before, after = fit.off(_guesses()), fit.off(fit.fit())
    assert np.max(np.abs(before)) > 0.1
    assert np.max(np.abs(after)) < 0.25 * np.max(np.abs(before))
    assert np.median(np.abs(after)) < 0.01


def test_what_each_sequence_costs_goes_by_the_rows_software(cases: list[ServingCase]) -> None:
    fit = ConstantFit(cases)
    column = fit.columns(_guesses())[SEQUENCE]
    assert {case.software for case in cases} == {"vllm", "tensorrt-llm"}
    assert set(column[[case.software == "vllm" for case in cases]]) == {_guesses()[f"{SEQUENCE}.vllm"]}


def test_each_constant_is_known_better_than_it_was_believed(as_predicted: Made) -> None:
    fit = ConstantFit(as_predicted(_guesses()))
    errors = fit.uncertainty(_guesses())
    assert all(0 < errors[name] <= spread * 1.0001 for name, spread in zip(fit.names, fit.spread, strict=True))
    assert errors["serving_matmul_share"] < 0.16 < dict(zip(fit.names, fit.spread, strict=True))["serving_matmul_share"]


def test_what_is_written_are_defaults_with_unit_source_and_date() -> None:
    found = _guesses()
    text = serving_constants.render(
        found, dict.fromkeys(found, 0.1), {"serving_step_spread": 0.1234}, 7, ["a sentence"], "2026-11"
    )
    document = tomllib.loads(text)
    assert "# a sentence" in text.splitlines()
    assert document["serving_matmul_share"]["value"] == 0.6
    assert document["serving_matmul_share"]["source"].startswith("fitted to 7 measurements of serving, known to 10%; believed ")
    assert document[SEQUENCE]["value"] == found[f"{SEQUENCE}.tensorrt-llm"]
    assert document["serving_step_spread"]["value"] == 0.123
    software = tomllib.loads(serving_constants.render_software(found, dict.fromkeys(found, 0.1), 7, "2026-11"))
    assert software["rows"]["vllm"][SEQUENCE] == found[f"{SEQUENCE}.vllm"]


def test_what_is_shipped_is_of_the_beliefs() -> None:
    defaults, known = configs.defaults(), serving_constants.beliefs()
    for name, belief in known.parameters.items():
        assert abs(np.log(defaults[name].value / belief.guess)) < 4 * belief.spread, name
    assert set(configs.load("serving_software").rows) == set(known.software)
