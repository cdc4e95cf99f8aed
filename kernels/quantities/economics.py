# mypy: allow-untyped-defs
"""What a run costs: capital by part, each amortised over a life of its own, electricity, and staff where it is stated.

Capital is charged for the time that the run holds the hardware, straight line, without interest and without resale value:
as Cottier et al. 2024 (arXiv:2405.21015), section 3, do for chips. What the chips do outside the run is not the run's cost.
"""

from ..model.quantity import given, quantity

_SUM = "definition"
_RANGE = "log-uniform between the ends: nothing says where in its range a price lies, and half as much is as likely as double"
_LINE = "straight-line amortisation, as Cottier et al. 2024, arXiv:2405.21015"

given("chip_price_low", "USD", "The least that one chip was said to cost.", low_open=True)
given("chip_price_high", "USD", "The most that one chip was said to cost.", low_open=True)
given("price_position", "", "Where the chip's price lies from the least, 0, to the most, 1, in equal ratios.", high=1)
given("rental_price_low", "USD/h", "The least that an hour of one chip was said to cost to rent.", low_open=True)
given("rental_price_high", "USD/h", "The most that an hour of one chip was said to cost to rent.", low_open=True)
given("rental_position", "", "Where the rental price lies from the least, 0, to the most, 1, in equal ratios.", high=1)
given("server_cost_factor", "", "Price of the rest of a server over the price of its chips.", high=10)
given("network_cost_factor", "", "Price of network and storage over the price of the servers, chips included.", high=10)
given("facility_price", "USD/W", "Price of the building, its power and its cooling per watt of peak facility power.", high=1000)
given("chip_life", "year", "Time over which chips are written off.", high=100, low_open=True)
given("server_life", "year", "Time over which the rest of the servers is written off.", high=100, low_open=True)
given("network_life", "year", "Time over which network and storage are written off.", high=100, low_open=True)
given("facility_life", "year", "Time over which the facility is written off.", high=100, low_open=True)
given("electricity_price", "USD/kWh", "Price of electricity at the facility's meter.", high=100)
given("staff_cost_per_year", "USD", "Cost that runs with time and not with chips, of a year: staff, leases, waiting.")
given("year_length", "h", "Hours of operation in a year.", low_open=True)


@quantity(unit="USD", source=_RANGE, low_open=True)
def chip_price(chip_price_low, chip_price_high, price_position):
    """Price of one chip: somewhere between the least and the most that was said of it."""
    return chip_price_low * (chip_price_high / chip_price_low) ** price_position


@quantity(unit="USD/h", source=_RANGE, low_open=True)
def rental_price(rental_price_low, rental_price_high, rental_position):
    """Price of an hour of one chip, rented: somewhere between the least and the most that was said of it."""
    return rental_price_low * (rental_price_high / rental_price_low) ** rental_position


@quantity(unit="USD", source=_SUM)
def server_price_per_chip(chip_price, server_cost_factor):
    """Price of a server's other parts, per chip."""
    return chip_price * server_cost_factor


@quantity(unit="USD", source=_SUM)
def network_price_per_chip(chip_price, server_price_per_chip, network_cost_factor):
    """Price of network and storage, per chip."""
    return (chip_price + server_price_per_chip) * network_cost_factor


@quantity(unit="USD", source=_SUM)
def facility_price_per_chip(peak_facility_power_per_chip, facility_price):
    """Price of the facility, sized for its peak, per chip."""
    return peak_facility_power_per_chip * facility_price


@quantity(unit="USD", source=_SUM)
def capital_per_chip(chip_price, server_price_per_chip, network_price_per_chip, facility_price_per_chip):
    """What must be paid up front, per chip."""
    return chip_price + server_price_per_chip + network_price_per_chip + facility_price_per_chip


@quantity(unit="USD", source=_LINE)
def capital_cost_per_chip_year(
    year_length,
    chip_price,
    chip_life,
    server_price_per_chip,
    server_life,
    network_price_per_chip,
    network_life,
    facility_price_per_chip,
    facility_life,
):
    """Capital written off in a year, per chip."""
    machines = chip_price / chip_life + server_price_per_chip / server_life + network_price_per_chip / network_life
    return year_length * (machines + facility_price_per_chip / facility_life)


@quantity(unit="USD", source=_SUM)
def electricity_cost_per_chip_year(year_length, facility_power_per_chip, electricity_price):
    """Electricity of a year, per chip, at the run's average power."""
    return year_length * facility_power_per_chip * electricity_price


@quantity(unit="USD", source=_SUM)
def capital(chip_count, capital_per_chip):
    """What must be paid up front for all chips of the run."""
    return chip_count * capital_per_chip


@quantity(unit="USD", source=_LINE)
def capital_cost(chip_hours, capital_cost_per_chip_year, year_length):
    """Capital written off during the run."""
    return chip_hours * (capital_cost_per_chip_year / year_length)


@quantity(unit="USD", source=_SUM)
def electricity_cost(energy, electricity_price):
    """Electricity of the run."""
    return energy * electricity_price


@quantity(unit="USD", source=_SUM)
def staff_cost(run_time, staff_cost_per_year, year_length):
    """Cost of the run that goes with its time alone."""
    return run_time * (staff_cost_per_year / year_length)


@quantity(unit="USD", source=_SUM)
def cost(capital_cost, electricity_cost, staff_cost):
    """Cost of the run: capital written off, electricity, staff where stated."""
    return capital_cost + electricity_cost + staff_cost


@quantity(unit="USD", source=_SUM)
def capital_cost_per_year(chip_count, capital_cost_per_chip_year):
    """Capital written off in a year, all chips of the run."""
    return chip_count * capital_cost_per_chip_year


@quantity(unit="USD", source=_SUM)
def electricity_cost_per_year(chip_count, electricity_cost_per_chip_year):
    """Electricity of a year of training without a break, all chips of the run."""
    return chip_count * electricity_cost_per_chip_year


@quantity(unit="USD", source=_SUM)
def cost_per_year(capital_cost_per_year, electricity_cost_per_year, staff_cost_per_year):
    """Cost of a year in which the run's chips train without a break."""
    return capital_cost_per_year + electricity_cost_per_year + staff_cost_per_year
