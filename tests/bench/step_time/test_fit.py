"""The fit: reproduced by the shipped efficiencies, global, and able to find parameters that made the data."""

import dataclasses
import tomllib
from pathlib import Path

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.step_time import fit, predict
from flopwatt.bench.step_time.rows import StepCase


def test_writing_the_shipped_efficiencies_again_changes_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    cases, _ = predict.cases(predict.published_rows())
    written = tomllib.loads(fit.RESULT.read_text())
    values = {name: entry["value"] for name, entry in written.items()}
    text = fit.render(values, cases, predict.predict(cases, values))
    assert tomllib.loads(text) == written
    assert text.splitlines()[:2] == fit.RESULT.read_text().splitlines()[:2]


def test_any_reason_of_a_belief_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    noise, believed = fit.beliefs()
    why = 'said "so"\nand \\ [x]'
    hostile = [dataclasses.replace(belief, why=why) for belief in believed]
    monkeypatch.setattr(fit, "beliefs", lambda: (noise, hostile))
    cases, _ = predict.cases(predict.published_rows())
    values = {belief.name: 0.5 for belief in believed}
    document = tomllib.loads(fit.render(values, cases, predict.predict(cases)))
    assert [entry["source"].endswith(why) for entry in document.values()] == [True] * len(believed)


def test_rows_that_say_much_the_same_weigh_as_their_square_root() -> None:
    cases, _ = predict.cases(predict.published_rows())
    like = [case for case in cases if case.source == "NVIDIA" and case.inputs["hidden_size"] == 12288]
    assert len(like) > 3
    assert sum(fit.weights(like)) == pytest.approx(len(like) ** 0.5)


def test_a_prior_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "prior.toml"
    path.write_text(fit.PRIOR.read_text().replace("guess = 0.68", "gues = 0.68", 1))
    monkeypatch.setattr(fit, "PRIOR", path)
    with pytest.raises(configs.FactError, match="matmul_share: unknown key 'gues'; did you mean 'guess'"):
        fit.beliefs()


@pytest.fixture(scope="module")
def found() -> list[StepCase]:
    return predict.cases(predict.published_rows())[0]


def test_the_efficiencies_are_those_of_the_fit(found: list[StepCase]) -> None:
    stored = configs.defaults()
    for name, value in fit.fit(found).items():
        assert stored[name].value == pytest.approx(value, rel=1e-2), name


def test_every_fitted_parameter_is_global(found: list[StepCase]) -> None:
    _, believed = fit.beliefs()
    assert len(believed) <= 20
    stated = set(found[0].inputs)
    assert not stated & {belief.name for belief in believed}  # none is set by a row


def test_the_fit_finds_parameters_that_made_the_data(found: list[StepCase]) -> None:
    """Step times made with other efficiencies are fitted by those, as far as the beliefs let them move."""
    from dataclasses import replace

    truth = {"matmul_share": 0.5, "attention_share": 0.45, "step_overhead": 0.03}
    made = [replace(item.case, seconds=item.seconds) for item in predict.predict(found, truth)]
    values = fit.fit(made)
    predictions = predict.predict(made, values)
    assert np.mean([abs(item.error) for item in predictions]) < 0.02
    assert values["matmul_share"] == pytest.approx(0.5, rel=0.05)
