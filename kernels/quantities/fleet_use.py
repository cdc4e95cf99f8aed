# mypy: allow-untyped-defs
"""What a fleet in build-out uses and does, period by period: energy, carbon, training runs, queries.

Each phase counts with the share of it that is online in the period (phases.py); what one site of its power would use or do
follows from the quantities of a site. Grids get cleaner by a share each year.
"""

from ..model.quantity import cumulative, given, quantity, total, where

_SUM = "definition"

given(
    "grid_decline",
    "",
    "Share by which the grid's carbon intensity falls in a year.",
    high=0.9,
    show="%",
    label="fall of carbon intensity in a year",
)


@quantity(unit="W", source=_SUM)
def phase_average_power(site_average_power, phase_online_share, phase_counted):
    """Average power of the facility of a phase in a period."""
    return site_average_power * phase_online_share * phase_counted


@quantity(unit="W", source=_SUM, show="GW", label="average power of the facilities")
def fleet_power(phase_average_power, phase_date):
    """Average power of all facilities in a period."""
    return total(phase_average_power, phase_date)


@quantity(unit="TWh", source=_SUM, label="energy of a period")
def period_energy(fleet_power, period_time):
    """Energy of all facilities in a period."""
    return fleet_power * period_time


@quantity(unit="TWh", source=_SUM, label="energy so far")
def energy_so_far(period_energy, period_date):
    """Energy of all facilities since the first period began."""
    return cumulative(period_energy, period_date)


@quantity(unit="W", source=_SUM)
def phase_year_power(site_average_power, phase_year_share, phase_counted):
    """Average power of the facility of a phase in the year that ends with a period."""
    return site_average_power * phase_year_share * phase_counted


@quantity(unit="W", source=_SUM, show="GW", label="average power of the year")
def year_power(phase_year_power, phase_date):
    """Average power of all facilities in the year that ends with a period."""
    return total(phase_year_power, phase_date)


@quantity(unit="TWh", source=_SUM, label="energy of the year")
def year_energy(year_power, calendar_year):
    """Energy of all facilities in the year that ends with a period."""
    return year_power * calendar_year


@quantity(unit="kgCO2e", source=_SUM, label="carbon of the year")
def year_carbon(year_energy, period_carbon_intensity):
    """Emissions of the year that ends with a period, at the period's carbon intensity."""
    return year_energy * period_carbon_intensity


@quantity(unit="L", source="definition of WUE, ISO/IEC 30134-9: water per IT energy", label="water of the year")
def year_water(year_energy, pue, wue):
    """Water used on site in the year that ends with a period."""
    return year_energy / pue * wue


@quantity(unit="kgCO2e/kWh", source=_SUM, label="carbon intensity in the period")
def period_carbon_intensity(carbon_intensity, grid_decline, period_date, schedule_date):
    """Carbon intensity of the grid in a period."""
    return carbon_intensity * (1 - grid_decline) ** (period_date - schedule_date)


@quantity(unit="kgCO2e", source=_SUM, label="carbon of a period")
def period_carbon(period_energy, period_carbon_intensity):
    """Emissions of the facilities' electricity in a period."""
    return period_energy * period_carbon_intensity


@quantity(unit="kgCO2e", source=_SUM, label="carbon so far")
def carbon_so_far(period_carbon, period_date):
    """Emissions of the facilities' electricity since the first period began."""
    return cumulative(period_carbon, period_date)


@quantity(unit="chip", source="a generation's chips count by what they do at the same power")
def phase_year_chips(site_chips, phase_gain, phase_year_share, phase_counted):
    """Chips of a phase online in the year that ends with a period, the mean, as many of its row of facts as do the same."""
    return site_chips * phase_gain * phase_year_share * phase_counted


@quantity(unit="chip", source=_SUM)
def year_chips(phase_year_chips, phase_date):
    """Chips online in the year that ends with a period, the mean, as many of their rows of facts as do the same."""
    return total(phase_year_chips, phase_date)


@quantity(unit="run", source="chips and time of a run within its limit; 0 where it exceeds the chips that are online")
def phase_runs(phase_year_chips, final_run_share, year_length, run_chips, run_days_limit, year_chips):
    """Training runs that a phase adds in the year that ends with a period; one may take the chips of several phases."""
    count = phase_year_chips * final_run_share * year_length / (run_chips * run_days_limit)
    return where(run_chips > year_chips, 0, count)


@quantity(unit="run", source=_SUM, label="training runs of the year")
def year_runs(phase_runs, phase_date):
    """Training runs that the fleet does in the year that ends with a period, in the share of its time for final runs."""
    return total(phase_runs, phase_date)


@quantity(unit="1/day", source=_SUM)
def phase_queries(site_chips, query_rate_per_chip, phase_gain, phase_online_share, phase_counted):
    """Queries a day that a phase could answer with all its chips in a period."""
    return site_chips * query_rate_per_chip * phase_gain * phase_online_share * phase_counted


@quantity(unit="1/day", source=_SUM, label="queries a day, if all chips served")
def possible_queries_per_day(phase_queries, phase_date):
    """Queries a day that the fleet could answer if all its chips served."""
    return total(phase_queries, phase_date)


@quantity(unit="1/day", source=_SUM, label="queries a day of the fleet")
def fleet_queries_per_day(possible_queries_per_day, inference_share):
    """Queries a day that the share of the fleet answers which serves."""
    return possible_queries_per_day * inference_share


@quantity(unit="", source=_SUM, show="%", label="share of the fleet that the queries need")
def fleet_share_for_queries(queries_per_day, possible_queries_per_day):
    """Share of the fleet that a number of queries a day needs."""
    return queries_per_day / possible_queries_per_day
