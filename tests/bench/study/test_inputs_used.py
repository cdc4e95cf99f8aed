"""The inputs that a study rests on: its facts with their sources, and what it draws with the distributions."""

import math

import numpy as np
import pytest

from flopwatt.bench.study.inputs_used import facts_used, inputs_drawn
from flopwatt.bench.study.loader import Study, load_study

OWN = """
title = "own draws"
[given]
tokens = 1e12
chip_count = 1024
[axes.model]
from = "models"
rows = ["llama-3.1-405b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "vr200-nvl72"]
[axes.assumptions]
draws = 64
seed = 3
columns.mfu = { triangular = ["25 %", "40 %", "55 %"] }
columns.pue = { uniform = [1.1, 1.3] }
columns.chip_mtbf = { lognormal = ["40000 h", 0.5] }
columns.electricity_price = { values = ["0.05 USD/kWh", "0.1 USD/kWh"] }
[[questions]]
quantiles = "cost"
by = ["chip"]
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path = tmp_path_factory.mktemp("own") / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return load_study(path)


def test_facts_are_those_of_the_tables_with_their_sources() -> None:
    from flopwatt import configs

    facts = facts_used(load_study("quick"))
    table = configs.load("hardware")
    power = {fact.row: fact for fact in facts if fact.quantity == "tdp"}
    assert list(power) == [row for row in table.rows if row in power]
    for key, fact in power.items():
        row = table.rows[key]
        assert (fact.axis, fact.table, fact.name, fact.value) == ("chip", "hardware", row.name, row.values["tdp"])
        assert fact.source == row.fact_source("tdp")
    assert all(math.isfinite(fact.value) and fact.source.text for fact in facts)


def test_only_facts_that_a_question_needs_are_there(own: Study) -> None:
    needed = own.problem.grid.column_axis
    assert {fact.quantity for fact in facts_used(own)} <= set(needed)
    assert "memory_capacity" not in {fact.quantity for fact in facts_used(own)}


def test_draws_of_the_prior_have_the_distribution_and_its_source() -> None:
    study = load_study("quick")
    drawn = {item.quantity: item for item in inputs_drawn(study)}
    load = drawn["load"]
    assert load.origin.words == "triangular from 0.65 to 1, most likely 0.89"
    assert "muxup.com" in load.origin.source.text
    assert (load.origin.source.date, load.origin.source.primary) == ("2025", False)
    values = study.problem.grid.axes[study.problem.grid.position("assumptions")].columns["load"]
    assert [load.low, load.median, load.high] == np.quantile(values, [0.1, 0.5, 0.9]).tolist()
    assert drawn["mfu_deviation"].origin.words.startswith("Student's t, 56 degrees of freedom")
    assert all(item.origin.words and item.origin.source.text for item in drawn.values())


def test_draws_of_a_steps_error_say_its_spread() -> None:
    (item,) = inputs_drawn(load_study("strategy-llama-405b"))
    assert item.origin.words == "normal, mean 0, standard deviation 1"


def test_draws_of_the_study_itself_are_in_the_quantitys_unit(own: Study) -> None:
    words = {item.quantity: (item.origin.words, item.origin.source.text) for item in inputs_drawn(own)}
    assert words == {
        "mfu": ("triangular from 0.25 to 0.55, most likely 0.4", ""),
        "pue": ("uniform from 1.1 to 1.3", ""),
        "chip_mtbf": ("lognormal, median 40,000 h, standard deviation of the logarithm 0.5", ""),
        "electricity_price": ("one of the values that the study lists, all equally likely", ""),
    }


def test_a_study_holds_its_file(own: Study) -> None:
    assert own.text == OWN
