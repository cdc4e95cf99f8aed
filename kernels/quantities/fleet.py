# mypy: allow-untyped-defs
"""A site of so many gigawatts: the chips, racks and FLOP/s it holds, what it uses and costs in a year, and what money builds.

Announced gigawatts are peak power by a stated basis: the facility's grid connection, its IT load, or its chips' TDP alone.
Chips are whole; powers and energies follow from the gigawatts, not from whole chips, so that no remainder of a chip is in them.
"""

from ..model.quantity import ceil, exp, floor, given, log2, quantity, where
from .economics import LN_2

_SUM = "definition"

given(
    "site_power",
    "W",
    "Announced peak power of the site, on the basis that site_basis names.",
    low_open=True,
    show="GW",
    label="power of the site",
)
given(
    "site_basis",
    "",
    "What site_power counts: 0 the facility, 1 IT, 2 the chips' TDP.",
    high=2,
    whole=True,
    label="basis of the site's power",
)
given("chips_per_rack", "chip", "Number of chips (packages) in a rack.", low=1, whole=True, label="chips in a rack")
given("dies_per_chip", "", "Compute dies in one chip (package).", low=1, whole=True, label="dies in a chip")
given(
    "cores_per_chip",
    "",
    "Cores of one chip that its software counts: TensorCores of a TPU, NeuronCores.",
    low=1,
    whole=True,
    label="cores in a chip",
)
given("reported_chips", "chip", "Chips of a site, as reported.", low_open=True, label="chips, as reported")
given("reported_capital", "USD", "Capital of a site, as reported.", low_open=True, label="capital, as reported")
given("money", "USD", "Sum to build with.")
given(
    "capital_per_watt_low",
    "USD/W",
    "Least that a watt of a site was said to cost, chips included.",
    low_open=True,
    high=1e4,
    label="least price of a watt",
)
given(
    "capital_per_watt_high",
    "USD/W",
    "Most that a watt of a site was said to cost, chips included.",
    low_open=True,
    high=1e4,
    label="greatest price of a watt",
)
given(
    "capital_position",
    "",
    "Where the capital lies from the least, 0, to the most, 1, in equal ratios.",
    high=1,
    label="place within the range of a watt's price",
)
given(
    "capital_basis",
    "",
    "Watts that were meant: 0 of the facility at its peak, 1 of IT.",
    high=1,
    whole=True,
    label="basis of the price of a watt",
)
given(
    "compared_energy",
    "kWh",
    "Energy in a year of what the site is compared with.",
    low_open=True,
    label="energy of what is compared",
)
given("compared_power", "W", "Power of what the site is compared with.", low_open=True, label="power of what is compared")


@quantity(unit="W", source=_SUM, low_open=True)
def site_power_per_chip(site_basis, peak_facility_power_per_chip, peak_it_power_per_chip, tdp):
    """Peak power per chip on the basis of the announcement."""
    return where(site_basis < 1, peak_facility_power_per_chip, where(site_basis < 2, peak_it_power_per_chip, tdp))


@quantity(unit="chip", source=_SUM, label="chips in the site")
def site_chips(site_power, site_power_per_chip):
    """Chips (packages) that the site can power at their peak."""
    return floor(site_power / site_power_per_chip)


@quantity(unit="", source=_SUM, label="dies in the site")
def site_dies(site_chips, dies_per_chip):
    """Compute dies in those chips: what some announcements call GPUs."""
    return site_chips * dies_per_chip


@quantity(unit="rack", source=_SUM, label="racks in the site")
def site_racks(site_chips, chips_per_rack):
    """Racks that hold those chips."""
    return ceil(site_chips / chips_per_rack)


@quantity(unit="FLOP/s", source=_SUM, label="peak FLOP/s of the site")
def site_flops(site_chips, peak_flops):
    """Dense peak of the whole site."""
    return site_chips * peak_flops


@quantity(unit="FLOP/s/W", source=_SUM, show="TFLOP/s/W", label="peak FLOP/s per watt of the facility")
def peak_flops_per_watt(peak_flops, peak_facility_power_per_chip):
    """Dense peak of a chip over the facility's peak power for it: performance per watt on paper."""
    return peak_flops / peak_facility_power_per_chip


@quantity(unit="W", source=_SUM, label="peak power of the site's facility")
def site_peak_power(site_power, peak_facility_power_per_chip, site_power_per_chip):
    """Peak power of the facility, whatever the basis of the announcement."""
    return site_power * (peak_facility_power_per_chip / site_power_per_chip)


@quantity(unit="W", source=_SUM, label="average power of the site's facility")
def site_average_power(site_power, facility_power_per_chip, site_power_per_chip):
    """Power of the facility with every chip at a training run's average."""
    return site_power * (facility_power_per_chip / site_power_per_chip)


@quantity(unit="TWh", source=_SUM, label="energy in a year at full load")
def site_full_load_energy(site_peak_power, calendar_year):
    """Energy in a year at peak power around the clock: an upper bound."""
    return site_peak_power * calendar_year


@quantity(unit="TWh", source=_SUM, label="energy in a year")
def site_energy(site_average_power, year_length):
    """Energy in a year with every chip at a training run's average."""
    return site_average_power * year_length


@quantity(unit="", source=_SUM, show="times", label="energy in comparison")
def energy_ratio(site_full_load_energy, compared_energy):
    """The site's energy in a year at full load over that of what it is compared with."""
    return site_full_load_energy / compared_energy


@quantity(unit="", source=_SUM, show="times", label="peak power in comparison")
def power_ratio(site_peak_power, compared_power):
    """The site's peak power over the power of what it is compared with."""
    return site_peak_power / compared_power


@quantity(
    unit="USD/W",
    source="log-uniform between the ends: nothing says where in its range a price lies",
    low_open=True,
    label="price of a watt of the site",
)
def capital_per_watt(capital_per_watt_low, capital_per_watt_high, capital_position, capital_basis, peak_pue):
    """Capital of a site per watt of peak facility power, chips included: what was said of a watt of IT is spread over more."""
    said = capital_per_watt_low * exp(capital_position * (log2(capital_per_watt_high / capital_per_watt_low) * LN_2))
    return said / where(capital_basis < 1, 1, peak_pue)


@quantity(unit="USD", source=_SUM, label="capital by the price of a watt")
def site_capital(site_peak_power, capital_per_watt):
    """What the site costs to build, chips included, from a published price per gigawatt."""
    return site_peak_power * capital_per_watt


@quantity(unit="USD", source=_SUM, label="capital by its parts")
def site_parts_capital(site_chips, capital_per_chip):
    """What the site costs to build, added up from the prices of its parts."""
    return site_chips * capital_per_chip


@quantity(unit="", source=_SUM, show="times", label="capital by price over that by parts")
def capital_ratio(capital_per_watt, parts_capital_per_watt):
    """The site's capital from a published price per gigawatt over that added up from its parts."""
    return capital_per_watt / parts_capital_per_watt


@quantity(unit="USD", source=_SUM, label="electricity cost in a year")
def site_electricity_cost(site_energy, electricity_price):
    """Electricity of the site in a year."""
    return site_energy * electricity_price


@quantity(unit="USD", source=_SUM, label="capital charge in a year")
def site_capital_charge(site_chips, capital_charge_per_chip_year):
    """Capital of the site's parts that a calendar year is charged with."""
    return site_chips * capital_charge_per_chip_year


@quantity(unit="USD", source=_SUM, label="maintenance in a year")
def site_maintenance(site_chips, maintenance_per_chip_year):
    """Operation and maintenance of the site in a calendar year."""
    return site_chips * maintenance_per_chip_year


@quantity(unit="USD", source=_SUM, label="cost in a year by parts")
def site_cost_per_year(site_capital_charge, site_maintenance, site_electricity_cost):
    """Cost of owning the site for a year: capital charged, maintenance and electricity, from the prices of its parts."""
    return site_capital_charge + site_maintenance + site_electricity_cost


@quantity(
    unit="USD",
    source="the parts' yearly charge and upkeep, scaled to the capital that a price per gigawatt gives",
    label="cost in a year by the price of a watt",
)
def site_cost_per_year_as_priced(site_capital_charge, site_maintenance, capital_ratio, site_electricity_cost):
    """Cost of owning the site for a year if it costs to build what a published price per gigawatt says."""
    return (site_capital_charge + site_maintenance) * capital_ratio + site_electricity_cost


@quantity(unit="USD/W", source=_SUM, label="capital by parts per watt")
def parts_capital_per_watt(capital_per_chip, peak_facility_power_per_chip):
    """Capital from the prices of the parts, chips included, per watt of peak facility power; beside capital_per_watt."""
    return capital_per_chip / peak_facility_power_per_chip


@quantity(unit="USD/W", source=_SUM, label="capital by parts per watt of IT")
def parts_capital_per_it_watt(capital_per_chip, peak_it_power_per_chip):
    """Capital from the prices of the parts, chips included, per watt of peak IT power."""
    return capital_per_chip / peak_it_power_per_chip


@quantity(unit="kgCO2e", source="GHG Protocol, scope 2, location-based", label="carbon emissions in a year")
def site_carbon(site_energy, carbon_intensity):
    """Emissions of the site's electricity in a year."""
    return site_energy * carbon_intensity


@quantity(unit="L", source="definition of WUE, ISO/IEC 30134-9: water per IT energy", label="water use in a year")
def site_water(site_energy, pue, wue):
    """Water used on site in a year."""
    return site_energy / pue * wue


@quantity(unit="L", source=_SUM, label="water use of power stations in a year")
def site_grid_water(site_energy, grid_water_intensity):
    """Water that power stations use in a year for the site's electricity."""
    return site_energy * grid_water_intensity


@quantity(unit="W", source=_SUM, show="GW", label="power that the money builds")
def funded_power(money, capital_per_watt):
    """Peak facility power that the sum of money builds, chips included."""
    return money / capital_per_watt


@quantity(unit="", source=_SUM, show="%", label="share of the site that the money builds")
def funded_share(money, site_capital):
    """Share of the site's capital that the sum of money is."""
    return money / site_capital


@quantity(unit="chip", source=_SUM, label="chips that the money builds")
def funded_chips(funded_power, peak_facility_power_per_chip):
    """Chips in the part of a site that the sum of money builds; not rounded, since no price is so exact."""
    return funded_power / peak_facility_power_per_chip
