# mypy: allow-untyped-defs
"""What a service is asked for and earns, as published: users, energy of a query, revenue, prices of tokens.

Computed from them: what the queries of a day take of power, energy and a site, how the energy of a query compares with what was
published, what a query is sold for, and what a site would earn at a revenue per watt that somebody had.
"""

from ..model.quantity import given, quantity, where

_SUM = "definition"

given("weekly_users", "", "People who use a service in a week.", low_open=True, label="users in a week")
given(
    "published_energy_per_query",
    "J",
    "Energy of a query, as published.",
    low_open=True,
    show="Wh",
    label="energy of a query, as published",
)
given(
    "published_water_per_query",
    "L",
    "Water of a query on site, as published.",
    low_open=True,
    label="water of a query, as published",
)
given("annualised_revenue", "USD", "Revenue of a developer in a year, or of a month twelve times.", label="revenue of a year")
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


@quantity(unit="USD", source=_SUM, label="revenue of a gigawatt in a year, as published")
def published_revenue_per_gigawatt(annualised_revenue, developer_power, reference_power):
    """What each gigawatt of a developer's computers earned in a year; revenue_per_gigawatt may be this."""
    return annualised_revenue * (reference_power / developer_power)


@quantity(unit="USD", source="in proportion to power", label="revenue of a year at that of a gigawatt")
def site_revenue(site_peak_power, revenue_per_gigawatt, reference_power):
    """What the site earns in a year if each gigawatt of it earns what is published."""
    return revenue_per_gigawatt * (site_peak_power / reference_power)


@quantity(unit="", source=_SUM, show="%", label="revenue over cost of a year")
def site_revenue_over_cost(site_revenue, site_cost_per_year):
    """Revenue of a year over what owning the site for a year costs: above 1 it pays for itself, all else left out."""
    return site_revenue / site_cost_per_year


@quantity(unit="W", source=_SUM, label="peak power of the service's facility")
def service_peak_power(serving_chips, peak_facility_power_per_chip):
    """Peak power of the facility that holds the chips of a number of queries a day."""
    return serving_chips * peak_facility_power_per_chip


@quantity(unit="", source=_SUM, show="%", label="share of the site that the queries take")
def service_share_of_site(serving_chips, site_chips):
    """Share of a site's chips that a number of queries a day needs."""
    return serving_chips / site_chips


@quantity(unit="TWh", source=_SUM, label="energy of the queries in a year")
def service_energy(service_power, calendar_year):
    """Energy of the facility in a year for a number of queries a day."""
    return service_power * calendar_year


@quantity(unit="", source=_SUM, show="%", label="energy over what was published")
def energy_over_published(energy_per_query, published_energy_per_query):
    """Energy of a query, as computed, over what somebody published of theirs."""
    return energy_per_query / published_energy_per_query


@quantity(unit="USD", source=_SUM, label="list price of a query")
def list_price_per_query(
    serving_input_tokens, cache_hit_share, serving_output_tokens, input_token_price, cached_token_price, output_token_price
):
    """What a query is sold for at list prices of its tokens."""
    cached = where(cache_hit_share > 0, serving_input_tokens * cache_hit_share * cached_token_price, 0 * input_token_price)
    asked = serving_input_tokens * (1 - cache_hit_share) * input_token_price + cached
    return asked + serving_output_tokens * output_token_price


@quantity(unit="", source=_SUM, show="times", label="list price of a query over its own cost")
def list_price_over_cost(list_price_per_query, cost_per_query):
    """What a query is sold for at list prices over what it costs on one's own chips."""
    return list_price_per_query / cost_per_query
