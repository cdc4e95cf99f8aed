# mypy: allow-untyped-defs
"""A service: queries a day of so many chips, and what a query takes of power, money, carbon and water.

Demand goes up and down through a day, and capacity is held for its peak and for failures: chips serve a share of what they
could, and draw an idle load for the rest.

Sources: DeepSeek-AI 2025 (github.com/deepseek-ai/open-infra-index, day 6) for the mean over the peak of a day; Elsworth et al.
2025 (arXiv:2508.15734) for what a prompt's energy counts: active chips, hosts, idle capacity and the facility's overhead.
"""

from ..model.quantity import given, quantity

_SUM = "definition"

given(
    "service_utilisation",
    "",
    "Tokens that a service's chips serve, the mean, over what they could.",
    high=1,
    low_open=True,
    show="%",
)
given(
    "whole_replica_share",
    "",
    "Share of what chips could serve that is left where replicas are whole: those that prefill may wait for those that decode.",
    high=1,
    low_open=True,
    show="%",
    label="share that whole replicas leave",
)
given("serving_idle_load", "", "Share of TDP that a chip draws that waits for work with a model in memory.", high=1, show="%")
given("priced_tokens", "token", "Tokens that a price of tokens is of: a million.", low_open=True)
given(
    "queries_per_day", "1/day", "Queries that a service is to answer in a day.", low_open=True, label="queries a day to answer"
)
given("serving_share", "", "Share of the chips that serve.", high=1, low_open=True, show="%", label="share of chips that serve")


@quantity(unit="", source=_SUM, show="%", label="share of their time in which chips work")
def working_share(service_utilisation, whole_replica_share):
    """Share of what chips in service could serve that they do, the mean over a day."""
    return service_utilisation * whole_replica_share


@quantity(unit="1/s", source=_SUM, label="queries a second of a chip")
def query_rate_per_chip(throughput_per_chip, serving_output_tokens, working_share):
    """Queries that a chip answers a second, the mean over a day."""
    return throughput_per_chip * working_share / serving_output_tokens


@quantity(unit="1/day", source=_SUM, label="queries a day")
def served_queries_per_day(chip_count, serving_share, query_rate_per_chip):
    """Queries that so many chips answer in a day."""
    return chip_count * serving_share * query_rate_per_chip


@quantity(unit="1/day", source=_SUM, label="tokens out a day")
def served_tokens_per_day(served_queries_per_day, serving_output_tokens):
    """Tokens out of so many chips in a day."""
    return served_queries_per_day * serving_output_tokens


@quantity(unit="chip", source=_SUM, label="chips for the queries")
def serving_chips(queries_per_day, query_rate_per_chip):
    """Chips that a number of queries a day needs."""
    return queries_per_day / query_rate_per_chip


@quantity(unit="W", source=_SUM, low_open=True, label="average power of a chip in service")
def service_chip_power(serving_chip_power, working_share, tdp, serving_idle_load):
    """Power of a chip in service, the mean over a day: serving, and waiting for work."""
    return serving_chip_power * working_share + tdp * serving_idle_load * (1 - working_share)


@quantity(unit="W", source="as servers in training, power.py", low_open=True)
def serving_server_power(service_chip_power, peak_server_power, tdp, host_load):
    """Average power of a server per chip in service."""
    return service_chip_power + (peak_server_power - tdp) * host_load


@quantity(
    unit="W", source="as the facility in training, power.py", low_open=True, label="power of the facility per chip in service"
)
def serving_power_per_chip(serving_server_power, network_factor, pue):
    """Average power of the facility per chip in service."""
    return serving_server_power * network_factor * pue


@quantity(unit="W", source=_SUM, label="power of the facility for the service")
def service_power(serving_chips, serving_power_per_chip):
    """Average power of the facility for the chips that a number of queries a day needs."""
    return serving_chips * serving_power_per_chip


@quantity(unit="s", source=_SUM, label="chip-seconds of a query")
def chip_time_per_query(query_rate_per_chip):
    """Time of a chip that goes with a query, its share of waiting included."""
    return 1 / query_rate_per_chip


@quantity(
    unit="J",
    source="Elsworth et al. 2025, arXiv:2508.15734, section 3: what a prompt's energy counts",
    show="Wh",
    label="energy of a query",
)
def energy_per_query(serving_power_per_chip, chip_time_per_query):
    """Energy of the facility for a query: chips, hosts, waiting, cooling."""
    return serving_power_per_chip * chip_time_per_query


@quantity(
    unit="J",
    source="Elsworth et al. 2025, arXiv:2508.15734, section 3",
    show="Wh",
    label="energy of a query, active chips alone",
)
def active_energy_per_query(energy_per_output_token, serving_output_tokens):
    """Energy of the chips alone for a query while they work on it."""
    return energy_per_output_token * serving_output_tokens


@quantity(unit="USD/h", source=_SUM, label="cost of an hour of a chip in service")
def serving_hour_cost(
    capital_charge_per_chip_year, maintenance_per_chip_year, calendar_year, serving_power_per_chip, electricity_price
):
    """What an hour of one's own chip in service costs: capital and maintenance by the calendar, electricity as it is used."""
    return (
        capital_charge_per_chip_year + maintenance_per_chip_year
    ) / calendar_year + serving_power_per_chip * electricity_price


@quantity(unit="USD", source=_SUM, label="own cost of a query")
def cost_per_query(serving_hour_cost, chip_time_per_query):
    """What a query costs on one's own chips: capital, maintenance, electricity; staff and the model's making left out."""
    return serving_hour_cost * chip_time_per_query


@quantity(unit="USD", source=_SUM, label="cost of a query on rented chips")
def rental_cost_per_query(rental_price, chip_time_per_query):
    """What a query costs on rented chips, whose rent holds capital, upkeep and electricity."""
    return rental_price * chip_time_per_query


@quantity(unit="USD", source=_SUM, label="own cost of a million tokens out")
def cost_per_million_output_tokens(cost_per_query, serving_output_tokens, priced_tokens):
    """What a million tokens out cost on one's own chips, their prompts included."""
    return cost_per_query * (priced_tokens / serving_output_tokens)


@quantity(unit="USD", source=_SUM, label="cost of a million tokens out on rented chips")
def rental_cost_per_million_output_tokens(rental_cost_per_query, serving_output_tokens, priced_tokens):
    """What a million tokens out cost on rented chips, their prompts included."""
    return rental_cost_per_query * (priced_tokens / serving_output_tokens)


@quantity(unit="kgCO2e", source="GHG Protocol, scope 2, location-based", label="carbon of a query")
def carbon_per_query(energy_per_query, carbon_intensity):
    """Emissions of a query's electricity."""
    return energy_per_query * carbon_intensity


@quantity(unit="L", source="definition of WUE, ISO/IEC 30134-9: water per IT energy", label="water of a query")
def water_per_query(energy_per_query, pue, wue):
    """Water used on site for a query."""
    return energy_per_query / pue * wue
