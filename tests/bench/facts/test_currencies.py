"""Currencies: rates with a date and a source, and money converted by them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.errors import InputError
from flopwatt.bench.facts.currencies import DOLLARS, find_currency
from flopwatt.kernels.model import units
from flopwatt.kernels.quantities import MODEL


def test_every_rate_has_a_date_and_a_primary_source() -> None:
    for row in configs.load("currencies").rows.values():
        source = row.fact_source("exchange_rate")
        assert len(row.name) == 3
        assert row.name == row.key.upper()
        assert source.date
        assert source.primary
        assert "European Central Bank" in source.text


@pytest.mark.parametrize("name", ["EUR", "eur", "euro", " Euro "])
def test_a_currency_is_search_source_its_letters_or_its_name(name: str) -> None:
    euro = find_currency(name)
    assert (euro.code, euro.dollars, euro.date) == ("EUR", 1.13, "2025")


def test_dollars_need_no_rate() -> None:
    assert find_currency(None) == find_currency("usd") == DOLLARS
    assert DOLLARS.model(MODEL) is MODEL


def test_a_model_in_euros_has_other_units_of_money_and_nothing_else() -> None:
    euro = find_currency("EUR")
    model = euro.model(MODEL)
    assert model["electricity_price"].unit == "EUR/kWh"
    assert model["energy"] is MODEL["energy"]
    assert units.from_base(1.13, model["cost"].unit) == pytest.approx(1.0)
    assert units.from_base(units.to_base(2.26, "USD/kWh"), "EUR/kWh") == pytest.approx(2.0)
    for name, item in MODEL.quantities.items():  # what is a valid price stays one
        for bound in (item.low, item.high):
            mine = model[name].low if bound == item.low else model[name].high
            assert units.to_base(mine, model[name].unit) == pytest.approx(units.to_base(bound, item.unit)), name
    assert euro.words().startswith("Money is in EUR, at 1.13 USD for one EUR (2025; European Central Bank")


def test_a_currency_without_a_rate_lists_those_that_have_one() -> None:
    with pytest.raises(InputError, match=r"no rate of 'XYZ' is known; there are USD, EUR, GBP") as caught:
        find_currency("XYZ")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="did you mean 'EUR'"):
        find_currency("EURO2")


def run(*args: object) -> Any:
    return CliRunner().invoke(cli, ["run", *map(str, args)])


def document(*args: object) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


MONEY = """title = "t"
[given]
chip_price = 33900
tdp = 700
server_rating = 1275
chip_hours = 1e6
[axes.electricity_price]
values = [0.05, 0.10]
[[questions]]
name = "dear"
table = ["capital_cost", "electricity_cost", "it_energy"]
where = ["chip_hour_cost <= 4.52"]
"""


def test_money_is_in_euros_throughout(tmp_path: Path) -> None:
    path = tmp_path / "money.toml"
    path.write_text(MONEY)
    euros, dollars = (document(path, "--engine", "numpy", "--currency", code)["answers"][0] for code in ("EUR", "usd"))
    for name, unit, ratio in (("capital_cost", "EUR", 1.13), ("electricity_cost", "EUR", 1.13), ("it_energy", "kWh", 1.0)):
        assert euros["values"][name]["unit"] == unit
        assert dollars["values"][name]["data"] == pytest.approx([ratio * v for v in euros["values"][name]["data"]]), name
    printed = run(path, "--engine", "numpy", "--currency", "EUR").stdout
    assert "<= 4 EUR/h" in " ".join(printed.split())
    assert "Note: Money is in EUR, at 1.13 USD for one EUR (2025; European Central Bank" in " ".join(printed.split())
    assert "USD/kWh" not in printed
    stated = document(path, "--engine", "numpy", "--currency", "EUR", "--set", "chip_price=30000 EUR")["answers"][0]
    assert stated["values"]["capital_cost"]["data"] == pytest.approx(euros["values"]["capital_cost"]["data"])


def test_a_record_holds_dollars(tmp_path: Path) -> None:
    path = tmp_path / "money.toml"
    path.write_text(MONEY)
    result = run(path, "--currency", "EUR", "--save", tmp_path / "records")
    assert result.exit_code == 2
    assert result.stderr == "Error: --currency: records hold dollars; leave it out, or --save\n"
    unknown = run(path, "--currency", "XYZ")
    assert unknown.stderr == "Error: --currency: no rate of 'XYZ' is known; there are USD, EUR, GBP, CHF, JPY, CNY\n"
