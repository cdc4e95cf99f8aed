"""A place brings its own figures to a run, or says that they are not published; never another place's."""

import math

import pytest

from flopwatt import InputError, configs
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.places import electricity_words, place_facts, stated_place
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.source import SourceKind
from flopwatt.bench.facts.place_names import TABLES
from flopwatt.bench.prior.drawn_inputs import TARGETS

OF_A_GRID = {"carbon_intensity", "electricity_price", "grid_water_intensity"}
PLACES = [(table, key) for table in TABLES for key in configs.load(table).rows]
SMALL = {"model": "llama-3.1-8b", "chip": "h100"}
STATED = {"tokens": "1e12", "chip_count": "256"}


@pytest.mark.parametrize(("table", "key"), PLACES)
def test_a_place_gives_its_own_figures_or_none(table: str, key: str) -> None:
    row = configs.load(table).rows[key]
    scenario = run_of(Request(**SMALL, country=key, stated=STATED), TARGETS).scenario
    assert not OF_A_GRID & set(scenario.drawn)
    for name in OF_A_GRID:
        own = row.values.get(name, math.nan)
        held = scenario.fixed[name]
        if math.isnan(own):
            assert math.isnan(held.value)
            assert held.source.kind is SourceKind.UNPUBLISHED
            assert row.name in held.source.text()
        else:
            assert held.value == own
            assert held.source.text().startswith(f"{table}: {row.source_of(name)}")


def test_what_does_not_need_the_missing_price_is_answered() -> None:
    scenario = run_of(Request(**SMALL, country="norway", stated=STATED), TARGETS).scenario
    spreads = estimate(scenario, draws=64).spreads
    unknown = {name for name, spread in spreads.items() if spread.median is None}
    needed = {"electricity_cost", "cost", "chip_hour_cost"}
    assert needed <= unknown
    assert all(spreads[name].missing == ("electricity_price",) for name in needed)
    assert {"run_time", "energy", "capital_cost", "carbon", "water"} <= set(spreads) - unknown


def test_what_is_stated_takes_the_place_of_what_is_missing() -> None:
    stated = STATED | {"electricity_price": "0.05"}
    scenario = run_of(Request(**SMALL, country="norway", stated=stated), TARGETS).scenario
    assert scenario.fixed["electricity_price"].source.kind is SourceKind.STATED
    assert estimate(scenario, draws=64).spreads["cost"].median is not None


def test_a_place_says_how_its_carbon_was_counted() -> None:
    for name, method in (("france", "life cycle"), ("france-direct", "direct"), ("GCP europe-west9", "hourly, direct")):
        assert place_facts(stated_place(name))["carbon_intensity"].source.text().endswith(f"({method})")


@pytest.mark.parametrize(
    ("country", "words"),
    [
        ("france", "Electricity of France: 0.0442 kgCO2e/kWh (life cycle, 2024) and 0.173 USD/kWh (offices and works of "),
        ("georgia", "Electricity of Georgia (United States): 0.325 kgCO2e/kWh (direct, 2023) and 0.0723 USD/kWh (industry, "),
        ("CA", "Electricity of Canada: 0.175 kgCO2e/kWh (life cycle, 2024)."),
        ("Great Britain", "Electricity of United Kingdom: 0.211 kgCO2e/kWh (life cycle, 2024)."),
        ("Korea", "Electricity of South Korea: 0.414 kgCO2e/kWh (life cycle, 2024)."),
        ("tx", "Electricity of Texas: 0.35 kgCO2e/kWh (direct, 2023) and "),
    ],
)
def test_an_estimate_says_which_place_it_took_and_how_it_was_counted(country: str, words: str) -> None:
    scenario = run_of(Request(**SMALL, country=country, stated=STATED), TARGETS).scenario
    assert electricity_words(scenario).startswith(words)
    stated = STATED | {"electricity_price": "0.05", "carbon_intensity": "0.1"}
    assert electricity_words(run_of(Request(**SMALL, stated=stated), TARGETS).scenario) == ""


def test_pue_and_wue_are_no_countrys() -> None:
    drawn = run_of(Request(**SMALL, country="norway", stated=STATED), TARGETS).scenario.drawn
    assert {"pue", "wue"} <= set(drawn)


def test_a_place_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^country: there is no place 'ohoi' in the tables grids, .*; did you mean 'ohio'\?$"):
        stated_place("ohoi")
    with pytest.raises(InputError, match=r"show grids` lists countries, `flopwatt show grids_direct` states$"):
        stated_place("zzzzzz")


def test_the_place_is_said_where_its_carbon_and_price_are_stated() -> None:
    stated = STATED | {"electricity_price": "0.05", "carbon_intensity": "0.1"}
    scenario = run_of(Request(**SMALL, country="FR", stated=stated), TARGETS).scenario
    assert electricity_words(scenario) == "Electricity of France: 3.67 L/kWh of water (2020)."


def test_what_else_a_name_could_have_meant_is_a_note_of_the_estimate() -> None:
    def notes(country: str) -> tuple[str, ...]:
        subject = run_of(Request(**SMALL, country=country, stated=STATED), TARGETS).scenario.subject
        assert subject is not None
        return subject.notes

    assert notes("CA") == ('CA is read as Canada; California is "US-CA".',)
    assert notes("Korea") == ("'Korea' is read as South Korea (KR), since there is no row for North Korea (KP).",)
    assert notes("FR") == ()


def test_a_place_without_a_row_says_how_its_figures_are_stated() -> None:
    with pytest.raises(InputError) as refused:
        run_of(Request(**SMALL, country="Gabon", stated=STATED), TARGETS)
    assert str(refused.value) == (
        "country: there is no row for Gabon (GA); leave it out and state the numbers: "
        'the argument carbon_intensity "X kgCO2e/kWh" the argument electricity_price "X USD/kWh"'
    )
