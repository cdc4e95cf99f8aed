# mypy: allow-untyped-defs
"""What a service is asked for and earns, as published: users, energy of a query, revenue, prices of tokens.

Computed from them: what a site would earn at a revenue per watt that somebody had, and what a query is sold for.
"""

from ..model.quantity import given, quantity

_SUM = "definition"

given("weekly_users", "", "People who use a service in a week.", low_open=True, label="users in a week")
given(
    "published_energy_per_query",
    "kWh",
    "Energy of a query, as published.",
    low_open=True,
    show="Wh",
    label="energy of a query, as published",
)
given("annualised_revenue", "USD/year", "Revenue of a developer in a year, or of a month twelve times.", label="revenue a year")
given(
    "developer_power",
    "W",
    "Power of the computers that a developer uses.",
    low_open=True,
    show="GW",
    label="power of a developer's computers",
)
given("input_token_price", "USD/Mtoken", "List price of tokens of a prompt.", label="price of input tokens")
given("cached_token_price", "USD/Mtoken", "List price of tokens of a prompt that is cached.", label="price of cached tokens")
given("output_token_price", "USD/Mtoken", "List price of tokens of an answer.", label="price of output tokens")


@quantity(unit="USD/year", source="in proportion to power", label="revenue at a published revenue per watt")
def site_revenue(site_peak_power, annualised_revenue, developer_power):
    """What the site earns in a year if a watt of it earns what a watt of a developer's computers did."""
    return site_peak_power * (annualised_revenue / developer_power)


@quantity(unit="", source=_SUM, show="%", label="revenue over cost of a year")
def site_revenue_over_cost(site_revenue, calendar_year, site_cost_per_year):
    """Revenue of a year over what owning the site for a year costs: above 1 it pays for itself, all else left out."""
    return site_revenue * calendar_year / site_cost_per_year
