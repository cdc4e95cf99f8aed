"""The forecast of Berkeley Lab from shipments: what its sentences claim of the inside and the outside is so."""

import pytest

from flopwatt import configs
from flopwatt.bench.runner.run import Run, run_study
from flopwatt.bench.runner.sentences import headlines
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels.model.units import factor

TWH = factor("TWh")


@pytest.fixture(scope="module")
def country() -> Run:
    return run_study(load_study("lbnl-2028", ["axes.assumptions.draws=1024"]), "numpy", budget_seconds=0)


def _quantiles(run: Run, question: str, **place: str) -> list[float]:
    data = run.answer(question).dataset()
    return [float(value) for value in data[next(iter(data.data_vars))].sel(place).data.reshape(-1)]


def test_the_forecast_is_met_as_the_sentences_say(country: Run) -> None:
    row = configs.load("energy_forecasts").rows["lbnl-2024"].values
    low, high = row["forecast_energy_low"] / TWH, row["forecast_energy_high"] / TWH
    assert (low, high) == (325, 580)
    p5, median, p95 = _quantiles(country, "energy in 2028", known="2024")
    assert low < p5 < median < high < p95  # the median among them; P95 lies above
    later = _quantiles(country, "energy in 2028", known="2026")
    assert median < later[1] < high
    told = headlines(country)
    assert len(told) == 5
    assert "325 to 580 TWh" in told[0]


def test_ai_servers_of_2024_are_fewer_than_the_report_had(country: Run) -> None:
    had = configs.load("energy_forecasts").rows["lbnl-2024-then"].values["forecast_ai_energy_low"] / TWH
    assert _quantiles(country, "AI servers in 2024")[-1] < had


def test_ai_servers_and_the_rest_make_the_whole(country: Run) -> None:
    ai, rest, whole = (
        _quantiles(country, name, **place)[1]
        for name, place in (
            ("AI servers in 2028", {"known": "2024"}),
            ("all the rest in 2028", {}),
            ("energy in 2028", {"known": "2024"}),
        )
    )
    assert ai + rest == pytest.approx(whole, rel=0.03)  # of medians
