"""What a report says of a study's inputs: values, what they move, and where each comes from."""

from pathlib import Path

import pytest
from made_reports import SLIDERS, run_of

from flopwatt import configs
from flopwatt.bench.drivers.mover import Mover
from flopwatt.bench.drivers.movers import StudyMover
from flopwatt.bench.reports.inputs_shown import (
    assumptions_shown,
    draws_shown,
    effects_of,
    fact_tables_shown,
    stated_shown,
)
from flopwatt.bench.study.loader import Study, load_study


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study("quick", ["axes.assumptions.draws=64"])


def mover(name: str, low: float, base: float, high: float) -> StudyMover:
    return StudyMover(Mover(name, "drawn", 0.5, 0.6, 0.7, low, base, high, "P10 to P90 of its draws"), "energy", "energy")


def test_an_effect_says_from_where_to_where_an_answer_goes(study: Study) -> None:
    effects = effects_of([mover("load", 2e7, 2.5e7, 3e7), mover("pue", float("nan"), 2.5e7, 3e7)], study)
    assert (effects["load"].question, effects["load"].text) == ("energy", "20 to 30 GWh")
    assert effects["load"].basis == "25 GWh as computed; P10 to P90 of its draws"
    assert effects["load"].size == pytest.approx(0.4)
    assert effects["pue"].text == "25 to 30 GWh"  # what is not known at an end is left out


def test_what_moves_most_comes_first_and_the_rest_says_that_it_moves_nothing(study: Study) -> None:
    effects = effects_of([mover("host_load", 2e7, 2.5e7, 3e7), mover("load", 1e7, 2.5e7, 3e7)], study)
    shown = draws_shown(study, effects)
    assert [row.key for row in shown[:2]] == ["load", "host_load"]
    assert shown[-1].effect.text == ""


def test_a_price_is_search_source_the_place_that_it_is_drawn_by(study: Study) -> None:
    effects = effects_of([mover("chip_price", 2e7, 2.5e7, 3e7)], study)
    assert next(row for row in draws_shown(study, effects) if row.key == "price_position").effect.text == "20 to 30 GWh"


def test_assumptions_have_value_date_and_source(study: Study) -> None:
    shown = {row.key: row for row in assumptions_shown(study, {})}
    assert set(shown) == {assumption.quantity for assumption in study.assumptions}
    life = shown["facility_life"]
    assert life.cells == (("14 years", 14.0),)
    assert any(part.address.startswith("https://epoch.ai/") for part in life.source.parts)
    assert life.source.standing == "2026-05-14; primary"
    defaults = configs.defaults()
    noted = next(name for name in shown if defaults[name].note)
    text = "".join(part.text for part in shown[noted].source.parts)
    assert text == f"{defaults[noted].source.rstrip('.')}. {defaults[noted].note}"


def test_facts_are_told_by_row_and_source(study: Study) -> None:
    tables = {table.name: table for table in fact_tables_shown(study)}
    chips = next(table for name, table in tables.items() if "hardware" in name)
    assert "H100" in {row.name for row in chips.rows}
    assert sum(len(row.figures) for row in chips.rows) == chips.count
    assert 0 < chips.secondary < chips.count
    assert all(figure and not figure.startswith("-") for row in chips.rows for figure in row.figures)


def test_what_a_study_chooses_is_told_in_words(tmp_path: Path) -> None:
    stated = dict(stated_shown(run_of(SLIDERS, tmp_path).study))
    assert stated["training tokens"] == "1 trillion tokens"
    assert stated["chip"] == "H100; B200; GB200 NVL72"
    assert stated["price"] == "0.05 USD/kWh; 0.1 USD/kWh"
    assert "32" in stated["assumptions"]


def test_draws_of_a_study_say_that_it_states_them(tmp_path: Path) -> None:
    (row,) = draws_shown(run_of(SLIDERS, tmp_path).study, {})
    assert row.cells[0] == ("uniform from 0.3 to 0.5", None)
    assert [part.text for part in row.source.parts] == ["the study states it"]
