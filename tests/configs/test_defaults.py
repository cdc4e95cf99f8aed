"""Defaults: one file, each with a source and in bounds; and every input has one or is for the study to say."""

import re
import tomllib
from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.configs.fact_forms import DEFAULTS_FORM
from flopwatt.kernels.model import units
from flopwatt.kernels.quantities import MODEL

# What only a study can say. The facts of chips, models, sites and so on come with a row of a table.
FOR_THE_STUDY = {
    "tokens",
    "chip_count",
    "batch_size",
    "mfu_evidence",
    "samples_to_convergence",
    "serving_input_tokens",
    "serving_output_tokens",
    "replica_chips",
    "concurrent_sequences",
    "rollout_token_latency",
    "queries_per_day",
    "shipment_position",
    "shipment_growth",
    "country_share",
    "accelerated_load",
    "other_energy_known",
    "other_energy_year",
    "other_growth",
    "period_date",
    "period_years",
    "phase_date",
    "phase_power",
}


@pytest.mark.parametrize("name", configs.defaults())
def test_a_default_has_a_source_and_is_in_bounds(name: str) -> None:
    default, item = configs.defaults()[name], MODEL[name]
    assert default.source.strip()
    assert units.dimension(default.unit) == units.dimension(item.unit)
    assert item.check(default.value) is None


@pytest.mark.parametrize("name", [configs.DEFAULTS, configs.EFFICIENCY])
def test_the_files_of_defaults_have_their_form(name: str) -> None:
    path = configs.FOLDER / f"{name}.toml"
    configs.checked(DEFAULTS_FORM, configs.read_toml(path), path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[load]\nvalue = 1\nsource = 'x'\n", 'load.unit is missing; it must be a unit as text, "" for a plain number'),
        ("load = 1\n", "load must be a table with value, unit, source, note, date, secondary, not 1"),
        ("[load]\nvalue = 1\nunit = ''\nsource = 'x'\nnotes = 'x'\n", "load: unknown key 'notes'; did you mean 'note'?"),
        ("[load]\nvalue = 1\nunit = 'wat'\nsource = 'x'\n", "load.unit: unknown unit 'wat'"),
        ("[load]\nvalue = 1\nunit = 3\nsource = 'x'\n", 'load.unit must be a unit as text, "" for a plain number, not 3'),
        ("[load]\nvalue = 1\nunit = ''\nsource = 3\n", "load.source must be text that says where the values come from, not 3"),
        ("[load]\nvalue = 1\nunit = ''\nsource = 'x'\nnote = 3\n", "load.note must be text, not 3"),
        ("[load]\nvalue = 'x'\nunit = ''\nsource = 'x'\n", "load: load: 'x' is not a number"),
        ("[load]\nvalue = nan\nunit = ''\nsource = 'x'\n", "load: load must be finite"),
        ("[load]\nvalue = [1]\nunit = 'W'\nsource = 'x'\n", "load: load must be a number in W"),
    ],
)
def test_a_default_that_someone_broke_is_named(text: str, message: str) -> None:
    with pytest.raises(configs.FactError, match=re.escape(f"mine.toml: {message}")):
        configs._defaults_of(tomllib.loads(text), Path("mine.toml"))


def test_every_input_has_a_default_or_a_fact_or_is_for_the_study() -> None:
    facts = {column for name in configs.tables() for column in configs.load(name).columns}
    without = {item.name for item in MODEL.quantities.values() if item.given} - set(configs.defaults()) - facts
    assert without <= FOR_THE_STUDY


def test_tokens_and_facts_have_no_default() -> None:
    for name in (*FOR_THE_STUDY, "peak_bf16", "tdp", "chip_price_low", "layers", "hidden_size", "site_power", "money"):
        assert name not in configs.defaults()


def test_derived_defaults_follow_from_their_sources() -> None:
    value = {name: default.value for name, default in configs.defaults().items()}
    hour = 3600.0
    assert value["chip_mtbf"] / hour == pytest.approx(16384 * 54 * 24 / 466, rel=1e-4)
    assert value["exploration_share"] == sorted([0.333, 0.82, 0.64 / 0.71])[1]
    assert value["load"] == pytest.approx(146e6 / 234_000 / 700, abs=0.005)
    logged = [(watts - 0.855 * 700) / (1275 - 700) for watts in (891, 850)]
    assert value["host_load"] == pytest.approx(sum(logged) / 2, abs=0.005)
    assert value["server_cost_factor"] == pytest.approx(3.1e6 / 72 / 36742 - 1, abs=0.005)
    assert value["network_cost_factor"] == pytest.approx(3.9 / 3.1 - 1, abs=0.001)
    assert value["facility_price"] == pytest.approx(3.3e9 / 337.6e6, abs=0.05)
    assert value["final_run_share"] == pytest.approx(0.48 / 7, abs=0.005)
    assert value["research_share"] == pytest.approx(4.5 / 7, abs=0.005)
    assert value["carbon_intensity"] == configs.load("grids").find("usa").values["carbon_intensity"]
    assert value["electricity_price"] == configs.load("grids").find("usa").values["electricity_price"]
    assert value["grid_water_intensity"] == configs.load("grids").find("usa").values["grid_water_intensity"]


def test_pue_and_wue_are_means_of_what_operators_report() -> None:
    operators = configs.load("operators")

    def mean(column: str, *names: str) -> float:
        return sum(operators.find(name).values[column] for name in names) / len(names)

    defaults = configs.defaults()
    assert defaults["pue"].value == pytest.approx(mean("pue", "Google", "Meta", "Microsoft", "AWS"))
    assert defaults["wue"].value == pytest.approx(mean("wue", "Google", "Microsoft", "AWS"))
