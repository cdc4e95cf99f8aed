# mypy: allow-untyped-defs, allow-untyped-calls
"""What a chip-hour and a run cost: capital by part, maintenance, electricity, and staff where it is stated; own beside rented.

Capital is charged by the calendar: a part's price times the share of it that a year bears, over the part's own life. Three
depreciations name that share: capital recovery at a cost of capital (the default), a straight line without one, and
declining value. Chips that stand idle are written off too, so utilisation divides the charge of an hour in use; electricity
goes by the hours of operation alone.

Resale is left out: no part has a value at the end of its life that an owner gets back. With declining value, what a chip is
still worth then has not been charged.
"""

import math

from ..model.quantity import exp, given, log2, quantity, where

_SUM = "definition"
_RANGE = "log-uniform between the ends: nothing says where in its range a price lies, and half as much is as likely as double"
_RECOVERY = "capital recovery factor r / (1 - (1 + r)^-n), the annuity that repays a price with interest in n years"
_SHARE = f"{_RECOVERY}; declining value: Cottier et al. 2024, arXiv:2405.21015, section 3, its mean over the life"
_LOG2_10, _LN_10 = math.log2(10), math.log(10)
LN_2 = math.log(2)  # an exponential of a logarithm is a power that engines write as vector code

given("chip_price_low", "USD", "The least that one chip was said to cost.", low_open=True, label="least price of a chip")
given("chip_price_high", "USD", "The most that one chip was said to cost.", low_open=True, label="greatest price of a chip")
given(
    "price_position",
    "",
    "Where the chip's price lies from the least, 0, to the most, 1, in equal ratios.",
    high=1,
    label="place within the range of a chip's price",
)
given("rental_price_low", "USD/h", "The least that a rented chip-hour was said to cost.", low_open=True, label="least rent")
given("rental_price_high", "USD/h", "The most that a rented chip-hour was said to cost.", low_open=True, label="greatest rent")
given(
    "rental_position",
    "",
    "Where the rental price lies from the least, 0, to the most, 1, in equal ratios.",
    high=1,
    label="place within the range of rents",
)
given(
    "server_cost_factor",
    "",
    "Price of the rest of a server over the price of its chips.",
    high=10,
    label="rest of a server's price over its chips'",
)
given(
    "network_cost_factor",
    "",
    "Price of network and storage over the price of the servers, chips included.",
    high=10,
    label="network's price over the servers'",
)
given(
    "facility_price",
    "USD/W",
    "Price of the building, its power and its cooling per watt of peak facility power.",
    high=1000,
    label="price of the facility per watt",
)
given(
    "depreciation",
    "",
    "How capital is charged: 0 capital recovery, 1 straight line, 2 declining value.",
    high=2,
    whole=True,
    words=("capital-recovery", "straight-line", "declining-value"),
)
given(
    "cost_of_capital",
    "1/year",
    "What a year of the money in it costs, as a share of it: interest and return.",
    high=1,
    show="%/year",
)
given("value_decline", "1/year", "Orders of magnitude that chips, servers and network lose of their value in a year.", high=2)
given(
    "chip_life", "year", "Calendar time over which chips are written off.", high=100, low_open=True, label="life of the chips"
)
given(
    "facility_life",
    "year",
    "Calendar time over which the facility is written off.",
    high=100,
    low_open=True,
    label="life of the facility",
)
given(
    "maintenance_rate",
    "1/year",
    "Operation and maintenance of a year, as a share of the capital.",
    high=1,
    show="%/year",
    label="maintenance a year",
)
given("utilisation", "", "Share of calendar time in which the chips are in paid use.", high=1, low_open=True, show="%")
given("calendar_year", "h", "Hours of a calendar year: lives, interest and staff go by it.", low_open=True)
given("electricity_price", "USD/kWh", "Price of electricity at the facility's meter.", high=100, label="price of electricity")
given("exchange_rate", "USD", "What one unit of another currency is in dollars: for printing alone.", low_open=True)
given(
    "staff_cost_per_year",
    "USD",
    "Cost that runs with time and not with chips, of a calendar year: staff, leases, waiting.",
    label="staff cost a year",
)


@quantity(unit="h", source=_SUM, low_open=True)
def year_length(calendar_year, utilisation):
    """Hours of operation in a year: energy and FLOP go by them, capital does not."""
    return calendar_year * utilisation


@quantity(unit="USD", source=_RANGE, low_open=True, label="price of a chip")
def chip_price(chip_price_low, chip_price_high, price_position):
    """Price of one chip: somewhere between the least and the most that was said of it."""
    return chip_price_low * exp(price_position * (log2(chip_price_high / chip_price_low) * LN_2))


@quantity(unit="USD/h", source=_RANGE, low_open=True, label="price of an hour of a rented chip")
def rental_price(rental_price_low, rental_price_high, rental_position):
    """Price of an hour of one chip, rented: somewhere between the least and the most that was said of it."""
    return rental_price_low * exp(rental_position * (log2(rental_price_high / rental_price_low) * LN_2))


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


@quantity(unit="year", source="servers are written off with their chips", low_open=True, label="life of the servers")
def server_life(chip_life):
    """Calendar time over which the rest of the servers is written off."""
    return chip_life


@quantity(
    unit="year", source="the network is written off with the chips that it joins", low_open=True, label="life of the network"
)
def network_life(chip_life):
    """Calendar time over which network and storage are written off."""
    return chip_life


@quantity(unit="1/year", source="a straight line and a market value know no interest", show="%/year")
def charged_interest(depreciation, cost_of_capital):
    """Cost of capital that the yearly charge bears: none but in capital recovery."""
    return where(depreciation < 1, cost_of_capital, 0 * cost_of_capital)


@quantity(unit="1/year", source=_SHARE, show="%/year")
def chip_charge_rate(chip_life, charged_interest, value_decline, depreciation, calendar_year):
    """Share of the chips' price that a year bears: an annuity, a straight line, or the mean loss of value over their life."""
    repaid = _annuity(chip_life, charged_interest, calendar_year)
    return where(depreciation < 2, repaid, _mean_loss(chip_life, value_decline))


@quantity(unit="1/year", source=_SHARE, show="%/year")
def server_charge_rate(server_life, charged_interest, value_decline, depreciation, calendar_year):
    """Share of the servers' price that a year bears, by the same three depreciations."""
    repaid = _annuity(server_life, charged_interest, calendar_year)
    return where(depreciation < 2, repaid, _mean_loss(server_life, value_decline))


@quantity(unit="1/year", source=_SHARE, show="%/year")
def network_charge_rate(network_life, charged_interest, value_decline, depreciation, calendar_year):
    """Share of the network's and the storage's price that a year bears, by the same three depreciations."""
    repaid = _annuity(network_life, charged_interest, calendar_year)
    return where(depreciation < 2, repaid, _mean_loss(network_life, value_decline))


@quantity(
    unit="1/year",
    source=f"{_RECOVERY}; a building's value does not fall with that of chips: else a straight line",
    show="%/year",
)
def facility_charge_rate(facility_life, charged_interest, calendar_year):
    """Share of the facility's price that a year bears: of an annuity, else of a straight line."""
    return _annuity(facility_life, charged_interest, calendar_year)


def _annuity(life, interest, calendar_year):
    """Share of a price that a year bears in an annuity over a life; a straight line at no interest.

    With u = 1 + r and g = u^n the annuity r / (1 - 1 / g) is (u - 1) / log(u) times g log(g) / (g - 1), over n: where r or n is
    small, u - 1 and g - 1 hold few digits, but each over its own logarithm is right to the last (Higham, Accuracy and Stability
    of Numerical Algorithms, section 1.14.1).
    """
    yearly = 1 + interest * calendar_year
    growth = yearly ** (life / calendar_year)
    grows = growth > 1
    by_year = (yearly - 1) / where(grows, log2(yearly), 1)
    by_life = growth * (log2(growth) / where(grows, growth - 1, 1))
    return where(grows, by_year * by_life, 1) / life


def _mean_loss(life, decline):
    """Share of a price that a year bears as the mean loss of value over a life, of which some orders of magnitude go in a year.

    Where little is lost, 1 - left holds few digits; over the logarithm of what is left it is right to the last, as above.
    """
    orders = decline * life
    left = 10 ** (-orders)
    little = (left > 0.5) & (left < 1)
    by_order = (1 - left) / where(little, -log2(left), 1)
    return where(little, by_order * (orders * _LOG2_10), where(left < 1, 1 - left, orders * _LN_10)) / life


@quantity(unit="USD", source=_SUM)
def capital_charge_per_chip_year(
    calendar_year,
    chip_price,
    chip_charge_rate,
    server_price_per_chip,
    server_charge_rate,
    network_price_per_chip,
    network_charge_rate,
    facility_price_per_chip,
    facility_charge_rate,
):
    """Capital charged for a calendar year, in use or idle, per chip."""
    server, network = server_price_per_chip * server_charge_rate, network_price_per_chip * network_charge_rate
    return calendar_year * (chip_price * chip_charge_rate + server + network + facility_price_per_chip * facility_charge_rate)


@quantity(unit="USD", source=_SUM)
def maintenance_per_chip_year(calendar_year, capital_per_chip, maintenance_rate):
    """Operation and maintenance of a calendar year, electricity and staff excepted, per chip."""
    return calendar_year * (capital_per_chip * maintenance_rate)


@quantity(unit="USD", source=_SUM)
def electricity_cost_per_chip_year(year_length, facility_power_per_chip, electricity_price):
    """Electricity of a year's hours of operation, per chip, at the run's average power."""
    return year_length * facility_power_per_chip * electricity_price


@quantity(unit="USD/h", source=_SUM, label="cost of an hour of an own chip")
def chip_hour_cost(
    capital_charge_per_chip_year,
    maintenance_per_chip_year,
    calendar_year,
    utilisation,
    facility_power_per_chip,
    electricity_price,
):
    """What an hour of one's own chip in use costs, all in: capital, maintenance, electricity; its idle time is borne by it."""
    charged = (capital_charge_per_chip_year + maintenance_per_chip_year) / (calendar_year * utilisation)
    return charged + facility_power_per_chip * electricity_price


@quantity(unit="USD", source=_SUM, label="capital of the run's chips")
def capital(chip_count, capital_per_chip):
    """What must be paid up front for all chips of the run."""
    return chip_count * capital_per_chip


@quantity(unit="USD", source=_SUM)
def capital_cost(chip_hours, capital_charge_per_chip_year, calendar_year, utilisation):
    """Capital charged to the run: that of its chip-hours and of their share of idle time."""
    return chip_hours * (capital_charge_per_chip_year / (calendar_year * utilisation))


@quantity(unit="USD", source=_SUM)
def maintenance_cost(chip_hours, maintenance_per_chip_year, calendar_year, utilisation):
    """Operation and maintenance charged to the run."""
    return chip_hours * (maintenance_per_chip_year / (calendar_year * utilisation))


@quantity(unit="USD", source=_SUM)
def electricity_cost(energy, electricity_price):
    """Electricity of the run."""
    return energy * electricity_price


@quantity(unit="USD", source=_SUM)
def staff_cost(run_time, staff_cost_per_year, calendar_year):
    """Cost of the run that goes with its time alone."""
    return run_time * (staff_cost_per_year / calendar_year)


@quantity(unit="USD", source=_SUM)
def cost(capital_cost, maintenance_cost, electricity_cost, staff_cost):
    """Cost of the run on one's own chips: capital charged, maintenance, electricity, staff where stated; nothing is resold."""
    return capital_cost + maintenance_cost + electricity_cost + staff_cost


@quantity(unit="USD", source=_SUM, label="cost on rented chips")
def rental_cost(chip_hours, rental_price, staff_cost):
    """Cost of the run on rented chips, whose rent holds capital, upkeep and electricity; staff where stated."""
    return chip_hours * rental_price + staff_cost


@quantity(unit="USD", source=_SUM, label="capital charge a year")
def capital_charge_per_year(chip_count, capital_charge_per_chip_year):
    """Capital charged for a calendar year, all chips of the run."""
    return chip_count * capital_charge_per_chip_year


@quantity(unit="USD", source=_SUM, label="maintenance cost a year")
def maintenance_per_year(chip_count, maintenance_per_chip_year):
    """Operation and maintenance of a calendar year, all chips of the run."""
    return chip_count * maintenance_per_chip_year


@quantity(unit="USD", source=_SUM, label="electricity cost a year")
def electricity_cost_per_year(chip_count, electricity_cost_per_chip_year):
    """Electricity of a year's hours of operation, all chips of the run."""
    return chip_count * electricity_cost_per_chip_year


@quantity(unit="USD", source=_SUM, label="cost a year")
def cost_per_year(capital_charge_per_year, maintenance_per_year, electricity_cost_per_year, staff_cost_per_year):
    """Cost of a calendar year in which the run's chips train whenever they operate."""
    return capital_charge_per_year + maintenance_per_year + electricity_cost_per_year + staff_cost_per_year
