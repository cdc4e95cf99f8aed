"""What an estimate says of its money: own cost and rent, what is missing and why, and another currency."""

import io
import math
from collections.abc import Iterable
from dataclasses import replace

import pytest
from rich.console import Console

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.entry_parts import DocumentForm
from flopwatt.bench.estimate.estimate_document import document
from flopwatt.bench.estimate.estimate_result import EstimateResult
from flopwatt.bench.estimate.explain import explain
from flopwatt.bench.estimate.intervals import Estimate, estimate
from flopwatt.bench.estimate.money_words import cost_terms, unanswered
from flopwatt.bench.estimate.report import Extent, print_estimate, print_steps
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.result_sentences import words
from flopwatt.bench.estimate.scenario import Scenario, StatedValue
from flopwatt.bench.estimate.source import Source, SourceKind, unpublished
from flopwatt.bench.facts.currencies import find_currency

TARGETS = ("energy", "cost", "rental_cost", "chip_hour_cost", "rental_price")
EURO = find_currency("EUR")
PRICE = ("chip_price=30000", "rental_price=2.26")


def asked(*sets: str, chip: str = "h100", **stated: str) -> tuple[Estimate, Scenario]:
    request = Request(
        model="llama-3.1-8b", chip=chip, sets=sets, stated={"tokens": "1e12", "chip_count": "256", "tdp": "500"} | stated
    )
    scenario = run_of(request, TARGETS).scenario
    return estimate(scenario, TARGETS, 1024), scenario


def printed(result: Estimate, scenario: Scenario, width: int = 120, code: str | None = None) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_estimate(console, EstimateResult(result, scenario, find_currency(code)), extent=Extent(full=True, assumptions=True))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_an_hour_of_ones_own_chip_stands_beside_its_rent() -> None:
    result, scenario = asked(*PRICE)
    own, rent = result.spreads["chip_hour_cost"], result.spreads["rental_price"]
    assert own.low is not None
    assert own.median is not None
    assert own.high is not None
    assert own.low < own.median < own.high
    assert (rent.median, rent.low) == (pytest.approx(2.26), None)
    text = printed(result, scenario)
    assert "USD/h" in text
    places = [text.index(f"\n{words(name)} ") for name in TARGETS]
    assert places == sorted(places)


def without(names: Iterable[str], *sets: str) -> tuple[Estimate, Scenario]:
    """Estimate the run on a chip of which these facts are not published."""
    scenario = asked(*sets)[1]
    absent = {name: StatedValue(math.nan, unpublished(name, "Chip One")) for name in names}
    scenario = replace(scenario, fixed=dict(scenario.fixed) | absent)
    return estimate(scenario, TARGETS, 1024), scenario


PRICES = ("chip_price_low", "chip_price_high")


@pytest.mark.parametrize("width", [80, 120])
def test_where_a_price_is_missing_the_answer_says_so_and_the_rest_is_there(width: int) -> None:
    result, scenario = without(PRICES, "rental_price=2")
    assert result.spreads["cost"].median is None
    assert result.spreads["energy"].median is not None
    assert result.spreads["rental_cost"].median is not None
    text = " ".join(printed(result, scenario, width).split())
    assert f"own cost, {words('chip_hour_cost')}: chip price of Chip One is not published here; give chip_price. " in text
    assert "Own cost: " not in text
    assert "chip price low" not in text
    entry = document(result, scenario)["quantities"]["cost"]
    assert (entry["median"], entry["missing"]) == (None, list(PRICES))
    assert entry["reason"] == "chip price of Chip One is not published here; give chip_price"


def test_several_facts_that_are_missing_are_named_together() -> None:
    result, scenario = without((*PRICES, "rental_price_low", "rental_price_high", "tdp"))
    reasons = unanswered(result, scenario)
    assert set(reasons) == set(TARGETS)
    assert reasons["energy"] == "tdp of Chip One is not published here; give tdp"
    assert reasons["rental_price"] == "rental price of Chip One is not published here; give rental_price"
    assert set(reasons["cost"].split("; ")) == {
        "chip price of Chip One is not published here",
        "tdp of Chip One is not published here",
        "give chip_price",
        "give tdp",
    }


def test_where_either_of_two_facts_would_do_one_is_named() -> None:
    request = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "256"})
    scenario = run_of(request, ("peak_facility_power",)).scenario
    absent = {name: StatedValue(math.nan, unpublished(name, "Chip One")) for name in ("tdp", "server_rating", "peak_fp4")}
    scenario = replace(scenario, fixed=dict(scenario.fixed) | absent)
    result = estimate(scenario, ("peak_facility_power",), 64)
    (fact,) = result.spreads["peak_facility_power"].missing
    assert fact in ("tdp", "server_rating")
    given = replace(scenario, fixed=dict(scenario.fixed) | {fact: StatedValue(1000.0, unpublished(fact, "Chip One"))})
    assert estimate(given, ("peak_facility_power",), 64).spreads["peak_facility_power"].median is not None


def test_a_price_that_is_a_range_is_shown_as_one_with_its_sources_and_dates() -> None:
    ends = {
        "chip_price_low": StatedValue(20_000.0, Source(SourceKind.FACT, "hardware: a reseller", date="2026-01")),
        "chip_price_high": StatedValue(45_678.0, Source(SourceKind.FACT, "hardware: a bank", date="2025-06")),
        "rental_price_low": StatedValue(1.5 / 3600, Source(SourceKind.FACT, "hardware: a cloud", date="2026")),
        "rental_price_high": StatedValue(6.0 / 3600, Source(SourceKind.FACT, "hardware: a cloud", date="2026")),
    }
    scenario = asked()[1]
    scenario = replace(scenario, fixed=dict(scenario.fixed) | ends)
    result = estimate(scenario, TARGETS, 1024)
    drawn = document(result, scenario)["drawn"]
    assert drawn["chip_price"] == "20,000 USD (hardware: a reseller, 2026-01) to 45,678 USD (hardware: a bank, 2025-06)"
    assert drawn["rental_price"] == "1.5 to 6 USD/h (hardware: a cloud, 2026)"
    line = next(line for line in printed(result, scenario, 200).splitlines() if line.startswith(f"- {words('chip_price')} "))
    assert line.startswith(f"- {words('chip_price')} 30,000 USD (22,000 to 42,000)")  # of 30,225
    one = StatedValue(2.0 / 3600, Source(SourceKind.FACT, "hardware: a paper", date="2024-12"))
    same = replace(scenario, fixed=dict(scenario.fixed) | {"rental_price_low": one, "rental_price_high": one})
    assert document(result, same)["drawn"]["rental_price"] == "2 USD/h (hardware: a paper, 2024-12)"
    assert result.spreads["rental_price"].low is not None
    shares = result.shares["chip_hour_cost"]
    assert max(shares, key=lambda name: shares[name]) in ("chip_price", "chip_life")


def test_the_terms_of_the_own_cost_are_said_in_words() -> None:
    assert cost_terms(asked(*PRICE)[1]) == (
        "Own cost: capital recovery at 7% a year, chips over 5 years, facility over 14 years; maintenance and electricity; "
        "without staff, without resale. It charges the hours of the run; bought for this run alone, "
        "chips, servers, network and building are paid up front."
    )
    others = cost_terms(
        asked(*PRICE, "utilisation=0.8", "staff_cost_per_year=1e6", "chip_life=4", depreciation="straight-line")[1]
    )
    assert "straight line, chips over 4 years" in others
    assert "in paid use 80% of the time" in others
    assert "with staff" in others


def test_a_depreciation_is_stated_by_its_word_or_its_number() -> None:
    for stated in ("declining-value", "2"):
        scenario = asked(*PRICE, depreciation=stated)[1]
        assert scenario.fixed["depreciation"].value == 2
    with pytest.raises(InputError, match="depreciation must be capital-recovery or straight-line or declining-value, not 'x'"):
        asked(*PRICE, depreciation="x")
    console = Console(file=io.StringIO(), width=120)
    print_steps(console, explain(scenario, TARGETS))
    assert isinstance(console.file, io.StringIO)
    assert "depreciation = declining-value\n" in console.file.getvalue()


def test_a_cost_of_capital_is_stated_in_percent() -> None:
    assert asked(*PRICE, "cost_of_capital=10%")[1].fixed["cost_of_capital"].value == pytest.approx(0.10 / (8760 * 3600))
    assert "at 10% a year" in cost_terms(asked(*PRICE, "cost_of_capital=10%")[1])


def in_euros(result: Estimate, scenario: Scenario) -> tuple[Estimate, Scenario]:
    scenario = replace(scenario, model=EURO.model(scenario.model))
    return estimate(scenario, TARGETS, result.draws), scenario


def test_every_amount_of_money_is_converted_once() -> None:
    dollars = asked(*PRICE)
    euros = in_euros(*dollars)[0]
    for name in TARGETS:
        before, after = dollars[0].spreads[name], euros.spreads[name]
        assert before.median is not None
        assert after.median is not None
        ratio = 1.0 if name == "energy" else 1.13
        assert before.median / after.median == pytest.approx(ratio), name
        assert "USD" not in after.quantity.unit


@pytest.mark.parametrize("width", [80, 120])
def test_an_estimate_in_euros_holds_no_dollars_but_the_rate(width: int) -> None:
    dollars = asked(*PRICE)
    text = printed(*in_euros(*dollars), width, "EUR")
    assert "Money is in EUR, at 1.13 USD for one EUR (2025;" in " ".join(text.split())
    numbers = [line for line in text.splitlines() if line.startswith((*map(words, TARGETS), f"- {words('electricity_price')}"))]
    assert sum("EUR" in line for line in numbers) == 5
    assert not any("USD" in line for line in numbers)
    assert "Money is in" not in printed(*dollars, width)


def test_a_document_in_euros_says_the_rate_its_date_and_source() -> None:
    dollars = asked(*PRICE)
    plain, euros = (
        document(result, scenario, form=DocumentForm(explain(scenario, TARGETS), currency=find_currency(code)))
        for (result, scenario), code in ((dollars, None), (in_euros(*dollars), "EUR"))
    )
    assert (euros["currency"]["code"], euros["currency"]["dollars"], euros["currency"]["date"]) == ("EUR", 1.13, "2025")
    assert "European Central Bank" in euros["currency"]["source"]
    assert plain["currency"]["code"] == "USD"
    assert euros["quantities"]["cost"]["unit"] == "EUR"
    for key in ("median", "low", "high"):
        assert plain["quantities"]["cost"][key] / euros["quantities"]["cost"][key] == pytest.approx(1.13)
    steps = {step["quantity"]: step for step in euros["steps"]}
    assert (steps["chip_price"]["value"], steps["chip_price"]["unit"]) == (pytest.approx(30000 / 1.13), "EUR")
    assert not [step for step in euros["steps"] if "USD" in step["unit"]]


def test_money_may_be_stated_in_a_currency_whose_rate_is_known() -> None:
    scenario = asked("chip_price=30000 EUR", "electricity_price=0.10 EUR/kWh", "rental_price=2")[1]
    assert scenario.fixed["chip_price"].value == pytest.approx(33_900)
    assert scenario.fixed["electricity_price"].value == pytest.approx(0.113 / 3.6e6)
