"""The build-out of ten gigawatts: its phases are what was announced, its curves hang together, its sentences are few."""

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.runner.run import Run, run_study
from flopwatt.bench.runner.sentences import headlines
from flopwatt.bench.study.loader import load_study

NAME = "nvidia-openai-buildout"


@pytest.fixture(scope="module")
def build_out() -> Run:
    return run_study(load_study(NAME, ["axes.assumptions.draws=64"]), "numpy", budget_seconds=0)


def _curves(run: Run, question: str, **place: str) -> np.ndarray:
    data = run.answer(question).dataset()
    return np.asarray(data[next(iter(data.data_vars))].sel(place).transpose("period", ...).data)


def test_phases_are_ten_gigawatts_whose_chips_come_when_the_roadmap_says() -> None:
    (phases,) = load_study(NAME).summed
    assert phases.columns["phase_power"].sum() == 10e9
    assert phases.columns["phase_date"][0] == 2026.5  # the second half of 2026
    dates = [row.values["phase_chip_date"] for row in configs.load("roadmap").rows.values()]
    generations = phases.columns["phase_generation"].astype(int) - 1
    assert phases.columns["phase_chip_date"].tolist() == [dates[generation] for generation in generations]
    assert (phases.columns["phase_date"] >= phases.columns["phase_chip_date"]).all()
    years = np.array([date - dates[0] for date in dates])
    assert phases.columns["phase_gain_years"].tolist() == years[generations].tolist()


@pytest.mark.slow
def test_curves_hang_together(build_out: Run) -> None:
    online, built = _curves(build_out, "online"), _curves(build_out, "built")
    assert (online >= 0).all()
    assert (online <= built + 1).all()
    assert (np.diff(built, axis=0) >= -1).all()
    assert (built <= 10e9).all()
    assert (np.abs(np.diff(online, axis=0)) <= 2e9).all()  # two phases of a gigawatt in half a year each, and what is retired
    for question in ("energy", "carbon", "capital", "capital of others"):
        curves = _curves(build_out, question)
        assert (np.diff(curves, axis=0) >= -1).all() or question == "capital of others"
        assert (curves >= 0).all()
    whole, single = (_curves(build_out, "chips", generation=name)[-1, 1] for name in ("all", "Vera Rubin"))
    assert 0 < single < whole


@pytest.mark.slow
def test_its_sentences_are_five(build_out: Run) -> None:
    told = headlines(build_out)
    assert len(told) == 5
    assert "2.5 billion prompts a day" in told[-1]
    assert not any("nan" in sentence or " - " in sentence for sentence in told)
