"""What a site earns at a revenue that somebody had, and what a query is sold for."""

from collections.abc import Callable
from typing import Any

import pytest

from flopwatt import configs

Evaluate = Callable[..., dict[str, Any]]
GW = 1e9


def test_ten_gigawatts_at_openais_rule_earn_100_billion_a_year(evaluate: Evaluate) -> None:
    values = evaluate("site_revenue", "site_revenue_over_cost", chip="gb200", site_power=10 * GW)
    assert values["site_revenue"] == pytest.approx(100e9)
    assert values["site_revenue_over_cost"] == pytest.approx(100e9 / values["site_cost_per_year"])


def test_openai_earned_some_10_billion_a_gigawatt_in_each_year(evaluate: Evaluate) -> None:
    rule = configs.defaults()["revenue_per_gigawatt"].value
    for key in ("openai-2023", "openai-2024", "openai-2025", "openai-rule"):
        values = evaluate("published_revenue_per_gigawatt", **configs.load("revenues").rows[key].values)
        assert values["published_revenue_per_gigawatt"] == pytest.approx(rule, rel=0.06)


def test_revenue_goes_by_the_facilitys_peak_whatever_the_basis(evaluate: Evaluate) -> None:
    facility, it = (evaluate("site_revenue", chip="h100", site_power=GW, site_basis=basis) for basis in (0, 1))
    assert it["site_revenue"] / facility["site_revenue"] == pytest.approx(it["peak_pue"])


def test_published_energies_of_a_query_lie_within_a_factor_of_two() -> None:
    rows = configs.load("query_energies").rows.values()
    energies = [row.values["published_energy_per_query"] / 3600 for row in rows]
    assert min(energies) == pytest.approx(0.24)
    assert max(energies) == pytest.approx(0.34)


def test_cached_tokens_cost_less_than_others_and_those_of_an_answer_more() -> None:
    for row in configs.load("token_prices").rows.values():
        assert not row.values["cached_token_price"] > row.values["input_token_price"]
        assert row.values["output_token_price"] >= row.values["input_token_price"], row.key
