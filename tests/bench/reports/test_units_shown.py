"""Abbreviations that tables use are told in words, and no others."""

from flopwatt.bench.reports.units_shown import units_shown
from flopwatt.bench.runner.shown_column import ShownColumn
from flopwatt.bench.runner.shown_table import ShownTable


def table(heading: str, *texts: str) -> ShownTable:
    column = ShownColumn(heading, "", texts, None, is_label=False)
    return ShownTable("name", "what is asked", (column,), (), (), (), len(texts))


def test_abbreviations_that_occur_are_told() -> None:
    units = dict(units_shown([table("P95", "87.6 TWh", "12.2 ZFLOP/s"), table("P5", "21.3 MtCO2e")]))
    assert list(units) == ["P5", "P95", "TWh", "MtCO2e", "ZFLOP/s"]
    assert units["P5"] == "5% of the cases lie at or below this value"
    assert units["MtCO2e"] == "million tonnes of CO₂ equivalent"
    assert units["TWh"] == "terawatt-hour, a billion (10⁹) kWh"
    assert "GWh" not in units


def test_sentences_count_too_and_nothing_is_told_where_nothing_is_short() -> None:
    assert dict(units_shown([table("run time", "12 days")], ["It takes 3 GWh."])) == {"GWh": "gigawatt-hour, a million kWh"}
    assert units_shown([table("run time", "12 days")]) == ()
