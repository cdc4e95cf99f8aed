# mypy: allow-untyped-defs
"""Money of a fleet in build-out, period by period: what is paid, what it costs to own, and what must come in.

Capital of a phase is paid before it is online, by so many years, along the same ramp. What a period costs is the charge on the
capital that is online (interest included), its maintenance and the electricity: revenue must be that much for the money to come
back with its interest. Interest on what is paid before it is online is left out: with half a year at 8% some 4% of the charge.
Funding that is promised by the gigawatt comes as power is built.
"""

from ..model.quantity import cumulative, given, maximum, minimum, quantity, total

_SUM = "definition"

given(
    "capital_lead_years",
    "",
    "Years that capital is paid before what it buys is online, the mean.",
    high=10,
    label="years that capital is paid ahead",
)
given(
    "reference_power", "W", "Power that money by the gigawatt is of.", low_open=True, show="GW", label="power that money is of"
)
given(
    "revenue_per_gigawatt",
    "USD",
    "Revenue of a year for each gigawatt in operation, as published.",
    label="revenue of a gigawatt in a year",
)
given("funding_per_gigawatt", "USD", "Money that is paid in as each gigawatt is built.", label="funding of a gigawatt")
given("funding_limit", "USD", "The most that is paid in together.", label="limit of the funding")


@quantity(unit="", source="as a phase is built, so many years before", show="%")
def phase_paid_share(period_date, period_end, phase_online_date, phase_ramp_years, capital_lead_years):
    """Share of a phase's capital that is paid in a period."""
    begin = phase_online_date - capital_lead_years
    paid = minimum(maximum((period_end - begin) / phase_ramp_years, 0), 1)
    return paid - minimum(maximum((period_date - begin) / phase_ramp_years, 0), 1)


@quantity(unit="USD", source=_SUM)
def phase_capital(site_parts_capital, phase_paid_share, phase_counted):
    """Capital of a phase that is paid in a period, from the prices of its parts."""
    return site_parts_capital * phase_paid_share * phase_counted


@quantity(unit="USD", source=_SUM, label="capital of a period")
def period_capital(phase_capital, phase_date):
    """Capital that is paid in a period, from the prices of parts."""
    return total(phase_capital, phase_date)


@quantity(unit="USD", source=_SUM, label="capital so far")
def capital_so_far(period_capital, period_date):
    """Capital that was paid since the first period began."""
    return cumulative(period_capital, period_date)


@quantity(unit="USD", source=_SUM)
def phase_year_capital(site_parts_capital, period_end, phase_online_date, phase_ramp_years, capital_lead_years, phase_counted):
    """Capital of a phase that is paid in the year that ends with a period."""
    begin = phase_online_date - capital_lead_years
    paid = minimum(maximum((period_end - begin) / phase_ramp_years, 0), 1)
    return site_parts_capital * (paid - minimum(maximum((period_end - 1 - begin) / phase_ramp_years, 0), 1)) * phase_counted


@quantity(unit="USD", source=_SUM, label="capital of the year")
def year_capital(phase_year_capital, phase_date):
    """Capital that is paid in the year that ends with a period, from the prices of parts."""
    return total(phase_year_capital, phase_date)


@quantity(unit="USD", source=_SUM)
def phase_year_charge(site_capital_charge, site_maintenance, phase_year_share, phase_counted):
    """What owning a phase costs in the year that ends with a period: charge on its capital, and maintenance."""
    return (site_capital_charge + site_maintenance) * phase_year_share * phase_counted


@quantity(unit="USD", source=_SUM)
def year_charge(phase_year_charge, phase_date):
    """Charge on the capital that is online, and its maintenance, in the year that ends with a period."""
    return total(phase_year_charge, phase_date)


@quantity(unit="USD", source="an annuity on the capital repays it with interest over its life", label="cost of the year")
def year_cost(year_charge, year_energy, electricity_price):
    """What the fleet costs in the year that ends with a period, interest included: the revenue that pays for it."""
    return year_charge + year_energy * electricity_price


@quantity(unit="USD", source=_SUM)
def phase_priced_capital(site_capital, phase_paid_share, phase_counted):
    """Capital of a phase that is paid in a period, from the price of a watt."""
    return site_capital * phase_paid_share * phase_counted


@quantity(unit="USD", source=_SUM, label="capital of a period by the price of a watt")
def period_priced_capital(phase_priced_capital, phase_date):
    """Capital that is paid in a period, from the price of a watt as it was said."""
    return total(phase_priced_capital, phase_date)


@quantity(unit="USD", source=_SUM, label="capital so far by the price of a watt")
def priced_capital_so_far(period_priced_capital, period_date):
    """Capital that was paid since the first period began, from the price of a watt as it was said."""
    return cumulative(period_priced_capital, period_date)


@quantity(unit="USD", source=_SUM)
def phase_charge(site_capital_charge, site_maintenance, phase_online_share, phase_counted, period_years):
    """What owning a phase costs in a period: charge on its capital, and maintenance."""
    return (site_capital_charge + site_maintenance) * phase_online_share * phase_counted * period_years


@quantity(unit="USD", source=_SUM, label="charge and maintenance of a period")
def period_charge(phase_charge, phase_date):
    """Charge on the capital that is online, and its maintenance, in a period."""
    return total(phase_charge, phase_date)


@quantity(unit="USD", source=_SUM, label="electricity cost of a period")
def period_electricity_cost(period_energy, electricity_price):
    """Electricity of all facilities in a period."""
    return period_energy * electricity_price


@quantity(unit="USD", source="an annuity on the capital repays it with interest over its life", label="cost of a period")
def period_cost(period_charge, period_electricity_cost):
    """What the fleet costs in a period, interest included: the revenue that pays for it."""
    return period_charge + period_electricity_cost


@quantity(unit="USD", source=_SUM, label="cost so far")
def cost_so_far(period_cost, period_date):
    """What the fleet has cost since the first period began."""
    return cumulative(period_cost, period_date)


@quantity(unit="W", source=_SUM)
def phase_mean_power(built_phase_power, phase_online_share, phase_counted):
    """Announced power of a phase that is online in a period, the mean."""
    return built_phase_power * phase_online_share * phase_counted


@quantity(unit="W", source=_SUM, show="GW", label="power online, the mean of the period")
def mean_online_power(phase_mean_power, phase_date):
    """Announced power that is online in a period, the mean."""
    return total(phase_mean_power, phase_date)


@quantity(unit="USD", source=_SUM, label="revenue needed of a gigawatt in a year")
def revenue_needed_per_gigawatt(period_cost, period_years, mean_online_power, reference_power):
    """Revenue of a year that each gigawatt online needs, so that its money comes back with interest; unknown where none is."""
    return period_cost / period_years / mean_online_power * reference_power


@quantity(unit="", source=_SUM, show="times", label="published revenue over what is needed")
def revenue_cover(revenue_per_gigawatt, revenue_needed_per_gigawatt):
    """Published revenue of a gigawatt over what it needs."""
    return revenue_per_gigawatt / revenue_needed_per_gigawatt


@quantity(unit="USD", source=_SUM, label="revenue of a period as published")
def period_revenue(revenue_per_gigawatt, mean_online_power, reference_power, period_years):
    """Revenue of a period if each gigawatt brings what is published."""
    return revenue_per_gigawatt * (mean_online_power / reference_power) * period_years


@quantity(unit="USD", source=_SUM)
def phase_rent(site_chips, rental_price, phase_online_share, phase_counted, period_time, utilisation):
    """Rent that a phase's chips would bring in a period."""
    return site_chips * rental_price * phase_online_share * phase_counted * period_time * utilisation


@quantity(unit="USD", source=_SUM, label="rent of a period")
def period_rent(phase_rent, phase_date):
    """What the fleet would bring in a period, rented out by the hour while it is in use."""
    return total(phase_rent, phase_date)


@quantity(unit="", source=_SUM, show="times", label="rent over the cost")
def rent_cover(period_rent, period_cost):
    """Rent of a period over what the fleet costs in it; unknown where nothing is online."""
    return period_rent / period_cost


@quantity(unit="USD/h", source=_SUM, label="rent of a chip-hour that pays")
def rent_needed(period_cost, mean_online_chips, period_time):
    """Rent of a chip's hour, in use or not, that pays for what the fleet costs; unknown where nothing is online."""
    return period_cost / (mean_online_chips * period_time)


@quantity(unit="USD", source="list prices of tokens times the queries that the serving share answers")
def period_token_revenue(fleet_queries_per_day, list_price_per_query, period_time):
    """What the serving share of the fleet would earn in a period if all its answers were sold at list prices."""
    return fleet_queries_per_day * list_price_per_query * period_time


@quantity(unit="", source=_SUM, show="times", label="revenue of tokens over the cost")
def token_cover(period_token_revenue, period_cost):
    """Revenue of a period's tokens over what the whole fleet costs in it; unknown where nothing is online."""
    return period_token_revenue / period_cost


@quantity(unit="USD", source=_SUM, label="capital that others bring so far")
def capital_of_others(capital_so_far, funding_so_far):
    """Capital so far that the funding by the gigawatt does not pay: debt, equity of others, own earnings."""
    return maximum(capital_so_far - funding_so_far, 0)


@quantity(unit="USD", source="paid progressively as each gigawatt is deployed", label="funding so far")
def funding_so_far(added_power_so_far, reference_power, funding_per_gigawatt, funding_limit):
    """Money that was paid in since the first period began, by the gigawatt that was built."""
    return minimum(added_power_so_far / reference_power * funding_per_gigawatt, funding_limit)


@quantity(unit="", source=_SUM, show="%", label="funding over the capital so far")
def funding_share(funding_so_far, capital_so_far):
    """Share of the capital so far that the funding pays; unknown before any is paid."""
    return funding_so_far / capital_so_far
