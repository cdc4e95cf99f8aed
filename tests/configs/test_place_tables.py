"""The tables of places and money: one method a table, every figure dated, a household's power and energy one figure."""

import math

import pytest

from flopwatt import configs
from flopwatt.bench.facts.countries import countries_named, folded, parts_named
from flopwatt.bench.facts.place_names import TABLES
from flopwatt.kernels.model.units import factor

DATED = (*TABLES, "comparisons", "investors", "operators", "site_prices")
METHODS = {"grids": "life cycle", "grids_direct": "direct", "cloud_regions": "hourly, direct"}


@pytest.mark.parametrize("name", DATED)
def test_every_figure_has_a_date(name: str) -> None:
    for row in configs.load(name).rows.values():
        for column in row.values:
            assert row.fact_source(column).date, f"{row.key}: {column}"


@pytest.mark.parametrize("name", TABLES)
def test_a_table_counts_carbon_in_one_way_and_says_which(name: str) -> None:
    rows = [row for row in configs.load(name).rows.values() if not math.isnan(row.values["carbon_intensity"])]
    assert {row.fact_source("carbon_intensity").method for row in rows} == {METHODS[name]}


@pytest.mark.parametrize("name", TABLES)
def test_a_place_has_a_column_for_all_that_is_a_places(name: str) -> None:
    """Else a study over its rows would take the default, which is of the United States."""
    of_a_place = {key for key, default in configs.defaults().items() if "United States" in default.source}
    assert {"carbon_intensity", "electricity_price", "grid_water_intensity"} == of_a_place
    assert set(configs.load(name).columns) == of_a_place


@pytest.mark.parametrize("name", TABLES)
def test_a_price_says_who_pays_it(name: str) -> None:
    for row in configs.load(name).rows.values():
        if not math.isnan(row.values.get("electricity_price", math.nan)):
            assert row.fact_source("electricity_price").method, row.key


def test_no_name_means_two_places() -> None:
    names = [
        name
        for table in TABLES
        for row in configs.load(table).rows.values()
        for name in {folded(text) for text in (row.key, row.name, *row.aliases)}
    ]
    assert len(names) == len(set(names))


def test_a_countrys_row_has_its_two_codes_and_a_states_row_its_own() -> None:
    for row in configs.load("grids").rows.values():
        if row.key != "world":
            countries = {countries_named(text) for text in (row.name, *row.aliases)}
            assert len(countries) == 1, row.key
            (country,) = countries.pop()
            assert country.code in row.aliases
    for row in configs.load("grids_direct").rows.values():
        if not row.key.endswith("-direct"):
            (code,) = [text for text in row.aliases if text.startswith("US-")]
            (state,) = parts_named(code)
            assert state.name == row.name.removesuffix(" (United States)").removesuffix(" State")


@pytest.mark.parametrize(
    ("key", "grams", "litres"),
    [("switzerland", 36.6, 5.6641), ("south-korea", 414.27, 1.8877), ("taiwan", 635.65, 1.4886), ("australia", 551.59, 4.7293),
     ("austria", 102.62, 5.7222), ("slovakia", 96.49, 5.7952), ("slovenia", 227.65, 2.9769), ("brazil", 103.21, 18.6033)],
)  # fmt: skip
def test_a_country_has_the_figures_of_ecologits_table(key: str, grams: float, litres: float) -> None:
    row = configs.load("grids").rows[key]
    assert row.values["carbon_intensity"] == pytest.approx(grams * factor("gCO2e/kWh"))
    assert row.values["grid_water_intensity"] == pytest.approx(litres * factor("L/kWh"))
    assert math.isnan(row.values["electricity_price"])


def test_the_figures_that_several_sources_have() -> None:
    """EcoLogits' CAN is Canada; a state's direct rate is its pounds a MWh; RTE's France without what lies upstream."""
    direct, grids = configs.load("grids_direct"), configs.load("grids")
    pound = 0.45359237
    kilowatt_hour = factor("kgCO2e/kWh")
    for name, pounds in (
        ("texas", 771.2),
        ("washington", 266.6),
        ("oregon", 365.0),
        ("new-york", 466.6),
        ("usa-direct", 770.9),
    ):
        value = direct.find(name).values["carbon_intensity"] / kilowatt_hour
        assert value == pytest.approx(pounds * pound / 1000, abs=6e-5), name
    assert direct.find("france-direct").values["carbon_intensity"] < grids.find("france").values["carbon_intensity"]
    assert grids.find("canada").values["grid_water_intensity"] == pytest.approx(8.1662 * factor("L/kWh"))
    for name in ("usa", "france"):
        prices = grids.find(name).values["electricity_price"], direct.find(f"{name}-direct").values["electricity_price"]
        assert prices[0] == prices[1]


@pytest.mark.parametrize(
    ("name", "euros"),
    [("france", 153.4), ("germany", 226.4), ("sweden", 97.0), ("finland", 74.8), ("netherlands", 199.1), ("ireland", 255.2),
     ("poland", 193.5)],
)  # fmt: skip
def test_a_european_price_is_eurostats_at_the_stated_rate(name: str, euros: float) -> None:
    row = configs.load("grids").find(name)
    assert row.values["electricity_price"] / factor("USD/kWh") == pytest.approx(euros / 1000 * 1.13, abs=6e-5)
    assert f"{euros} EUR/MWh, at 1.13 USD/EUR" in row.source_of("electricity_price")


def test_a_household_has_one_figure() -> None:
    rows = configs.load("comparisons").rows
    households = [row for key, row in rows.items() if "household" in key]
    assert len(households) == 2
    for row in households:
        assert row.values["compared_power"] * 8760 * 3600 == pytest.approx(row.values["compared_energy"], rel=1e-6)
    assert rows["us-household"].values["compared_energy"] / factor("kWh") == pytest.approx(10715)


def test_ten_gigawatts_are_three_quarters_of_new_york_citys_record() -> None:
    assert 10e9 / configs.load("comparisons").find("new-york-city").values["compared_power"] == pytest.approx(0.758, abs=0.001)


def test_the_round_as_closed_is_the_sum_of_its_parts() -> None:
    money = {key: row.values["money"] for key, row in configs.load("investors").rows.items()}
    assert money["amazon-closed"] + money["nvidia-closed"] + money["softbank-closed"] == money["round-closed"] == 110e9
    assert money["amazon-closed"] - money["amazon-closed-first"] == 35e9
    assert money["amazon-talks-low"] < money["amazon-talks-high"]
    assert math.isnan(money["softbank-talks"])


def test_a_price_per_watt_is_a_range_on_a_stated_basis() -> None:
    for row in configs.load("site_prices").rows.values():
        assert row.values["capital_per_watt_low"] <= row.values["capital_per_watt_high"]
        assert row.values["capital_basis"] in (0, 1)
        assert row.notes, "the chips' generation"
    on_it = [key for key, row in configs.load("site_prices").rows.items() if row.values["capital_basis"] == 1]
    assert on_it == ["epoch-model"]
