"""What a user states is held against what facts hold of its quantity."""

import pytest

from flopwatt import configs
from flopwatt.bench.errors import Parameter
from flopwatt.bench.facts import plausible
from flopwatt.bench.facts.plausible import ImplausibleError, check_plausible, known_range
from flopwatt.kernels.model import units
from flopwatt.kernels.quantities import MODEL

BARE = {"run_time": "day"}


def parsed(name: str, text: str) -> float:
    return units.parse(text, BARE.get(name, MODEL[name].unit))


def refused(name: str, text: str) -> str:
    with pytest.raises(ImplausibleError) as error:
        check_plausible(name, parsed(name, text))
    assert error.value.parts[-2:] == (Parameter("unusual"), " takes it as it is")
    return str(error.value.parts[0])


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("electricity_price", "50", "50 USD/MWh"),
        ("electricity_price", "7", "7 ¢/kWh"),
        ("carbon_intensity", "400", "400 gCO2e/kWh"),
        ("carbon_intensity", "50", "50 gCO2e/kWh"),
        ("tokens", "15", "15T"),
        ("parameters", "405", "405M or 405B"),
        ("memory_capacity", "80", "80 GB"),
        ("memory_bandwidth", "3.35", "3.35 TB/s"),
        ("peak_bf16", "989", "989 TFLOP/s"),
        ("tdp", "0.7", "0.7 kW"),
        ("pue", "120", "120%"),
        ("load", "85", "85%"),
        ("cost_of_capital", "7", "7%"),
        ("money", "10", "10 billion USD"),
        ("chip_price", "25", "25 thousand USD"),
    ],
)
def test_a_slip_of_unit_is_refused_with_what_seems_meant(name: str, text: str, hint: str) -> None:
    told = refused(name, text)
    assert told.startswith(f"{name} is {text}")
    assert "; what is known " in told
    assert hint in told.partition("; did you mean ")[2]


def test_points_between_thousands_of_dollars_are_a_slip() -> None:
    assert refused("chip_price", "25.000").endswith("; did you mean 25 thousand USD? ")
    check_plausible("exchange_rate", 1e-4)  # of a cheap currency, and no thousands of dollars


@pytest.mark.parametrize(
    ("name", "text"),
    [("tokens", "1e16"), ("chip_count", "1e9"), ("run_time", "1e5"), ("tdp", "700 kW"), ("chip_life", "5 days")],
)
def test_what_no_unit_explains_is_refused_too(name: str, text: str) -> None:
    assert refused(name, text).startswith(f"{name} is ")
    check_plausible(name, parsed(name, text), unusual=True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("electricity_price", "0"),  # a stated zero
        ("carbon_intensity", "0"),
        ("electricity_price", "0.3"),
        ("carbon_intensity", "0.002"),
        ("tokens", "15T"),
        ("chip_count", "1"),
        ("chip_count", "5e6"),  # the shipped studies' largest
        ("price_position", "0.0001"),  # a share may be as small as one likes
        ("experts", "10000"),
        ("mfu_deviation", "1e6"),  # of which facts hold nothing but a zero
        ("site_basis", "1"),
    ],
)
def test_what_may_be_meant_is_taken(name: str, text: str) -> None:
    check_plausible(name, parsed(name, text))


def test_what_is_beyond_a_bound_may_be_a_slip_as_well() -> None:
    assert plausible.slip("mfu", 40.0) == "; did you mean 40%?"
    assert plausible.slip("carbon_intensity", parsed("carbon_intensity", "400")) == "; did you mean 400 gCO2e/kWh?"
    assert plausible.slip("mfu", 1e9) == ""
    assert plausible.slip("cost_of_capital", parsed("cost_of_capital", "7")) == "; did you mean 7%?"
    assert plausible.slip("run_time", 90.0) == "; did you mean 90 days?"
    assert plausible.slip("run_time", 86.4) == ""  # 0.001 days, as written
    assert plausible.slip("chip_count", 1.024) == "; did you mean 1,024?"
    assert plausible.slip("chip_count", 1024.5) == ""
    assert plausible.slip("chip_count", 2.5) == "; did you mean 2,500?"
    assert plausible.slip("chip_count", -5.0) == plausible.slip("electricity_price", -0.1) == ""  # it cannot be that either
    assert plausible.slip("tokens_no_one_counts", 1.0) == ""


def test_the_range_is_that_of_the_facts() -> None:
    rows = [row for table in ("grids", "grids_direct", "cloud_regions") for row in configs.load(table).rows.values()]
    prices = [row.values["electricity_price"] for row in rows if row.values["electricity_price"] > 0]
    held = known_range("electricity_price")
    assert held is not None
    assert held.low <= min(prices)
    assert held.high >= max(prices)
    assert {"draws", "grids", "grids_direct"} <= set(held.sources)
    low, high = (known_range(f"chip_price_{end}") for end in ("low", "high"))  # a range's two ends are of one kind
    assert low == high
    assert known_range("tokens_no_one_counts") is None


def test_published_runs_are_read_as_their_toml_is() -> None:
    cases = configs.read_toml(configs.FOLDER / "published" / "training_runs.toml")["cases"]
    for key, _, _ in plausible._OF_RUNS.values():
        assert plausible.numbers_of_runs(key) == [case[key] for case in cases if key in case]


def test_the_columns_of_a_table_are_read_from_its_beginning() -> None:
    for table in configs.tables():
        assert plausible.table_columns(table) == set(configs.load(table).columns)


def test_every_default_is_plausible() -> None:
    for name, default in configs.defaults().items():
        check_plausible(name, default.value)


def test_every_fact_is_plausible() -> None:
    for table in configs.tables():
        for row in configs.load(table).rows.values():
            for column, value in row.values.items():
                check_plausible(column, value)
