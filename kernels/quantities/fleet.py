# mypy: allow-untyped-defs
"""A site of so many gigawatts: the chips, racks and FLOP/s it holds, what it uses and costs in a year, and what money builds.

Announced gigawatts are peak power by a stated basis: the facility's grid connection, its IT load, or its chips' TDP alone.
"""

from ..model.quantity import ceil, floor, given, quantity, where

_SUM = "definition"

given("site_power", "W", "Announced peak power of the site, on the basis that site_basis names.", low_open=True, show="GW")
given("site_basis", "", "What site_power counts: 0 the facility, 1 IT, 2 the chips' TDP.", high=2, whole=True)
given("chips_per_rack", "chip", "Chips (packages) in a rack.", low=1, whole=True)
given("dies_per_chip", "", "Compute dies in one chip (package).", low=1, whole=True)
given("training_share", "", "Share of the site's chips that train; the rest serve.", high=1)
given("reported_chips", "chip", "Chips of a site, as reported.", low_open=True)
given("reported_capital", "USD", "Capital of a site, as reported.", low_open=True)
given("money", "USD", "A sum to build with.")
given(
    "capital_per_watt", "USD/W", "Capital of a site per watt of peak facility power, chips included.", low_open=True, high=1e4
)
given(
    "capital_per_watt_low",
    "USD/W",
    "Capital per watt of capital_basis, chips included: the least said.",
    low_open=True,
    high=1e4,
)
given(
    "capital_per_watt_high",
    "USD/W",
    "Capital per watt of capital_basis, chips included: the most said.",
    low_open=True,
    high=1e4,
)
given("capital_basis", "", "Whose watts a capital is said per: 0 the facility's, 1 those of IT.", high=1, whole=True)
given("compared_energy", "kWh", "Energy in a year of what the site is compared with.", low_open=True)
given("compared_power", "W", "Power of what the site is compared with.", low_open=True)


@quantity(unit="W", source=_SUM, low_open=True)
def site_power_per_chip(site_basis, peak_facility_power_per_chip, peak_it_power_per_chip, tdp):
    """Peak power per chip on the basis of the announcement."""
    return where(site_basis < 1, peak_facility_power_per_chip, where(site_basis < 2, peak_it_power_per_chip, tdp))


@quantity(unit="chip", source=_SUM)
def site_chips(site_power, site_power_per_chip):
    """Chips (packages) that the site can power at their peak."""
    return floor(site_power / site_power_per_chip)


@quantity(unit="", source=_SUM)
def site_dies(site_chips, dies_per_chip):
    """Compute dies in those chips: what some announcements call GPUs."""
    return site_chips * dies_per_chip


@quantity(unit="rack", source=_SUM)
def site_racks(site_chips, chips_per_rack):
    """Racks that hold those chips."""
    return ceil(site_chips / chips_per_rack)


@quantity(unit="FLOP/s", source=_SUM)
def site_flops(site_chips, peak_flops):
    """Dense peak of the whole site."""
    return site_chips * peak_flops


@quantity(unit="W", source=_SUM)
def site_peak_power(site_chips, peak_facility_power_per_chip):
    """Peak power of the facility, whatever the basis of the announcement."""
    return site_chips * peak_facility_power_per_chip


@quantity(unit="W", source=_SUM)
def site_average_power(site_chips, facility_power_per_chip):
    """Power of the facility with every chip at a training run's average."""
    return site_chips * facility_power_per_chip


@quantity(unit="TWh", source=_SUM)
def site_full_load_energy(site_peak_power, calendar_year):
    """Energy in a year at peak power around the clock: an upper bound."""
    return site_peak_power * calendar_year


@quantity(unit="TWh", source=_SUM)
def site_energy(site_average_power, year_length):
    """Energy in a year with every chip at a training run's average."""
    return site_average_power * year_length


@quantity(unit="", source=_SUM)
def energy_ratio(site_full_load_energy, compared_energy):
    """The site's energy in a year at full load over that of what it is compared with."""
    return site_full_load_energy / compared_energy


@quantity(unit="", source=_SUM)
def power_ratio(site_peak_power, compared_power):
    """The site's peak power over the power of what it is compared with."""
    return site_peak_power / compared_power


@quantity(unit="FLOP", source=_SUM)
def site_training_flops(site_chips, training_share, peak_flops, mfu, goodput, year_length):
    """Training operations that the site does in a year: runs side by side, each with the goodput of chip_count chips."""
    return site_chips * (peak_flops * mfu) * (goodput * training_share) * year_length


@quantity(unit="run", source=_SUM)
def runs_per_year(site_training_flops, training_flops):
    """Training runs of that size that the site does in a year."""
    return site_training_flops / training_flops


@quantity(unit="USD", source=_SUM)
def site_capital(site_peak_power, capital_per_watt):
    """What the site costs to build, chips included, from a published price per gigawatt."""
    return site_peak_power * capital_per_watt


@quantity(unit="USD", source=_SUM)
def site_parts_capital(site_chips, capital_per_chip):
    """What the site costs to build, added up from the prices of its parts."""
    return site_chips * capital_per_chip


@quantity(unit="USD", source=_SUM)
def site_electricity_cost(site_energy, electricity_price):
    """Electricity of the site in a year."""
    return site_energy * electricity_price


@quantity(unit="USD", source=_SUM)
def site_capital_charge(site_chips, capital_charge_per_chip_year):
    """Capital of the site's parts that a calendar year is charged with."""
    return site_chips * capital_charge_per_chip_year


@quantity(unit="USD", source=_SUM)
def site_maintenance(site_chips, maintenance_per_chip_year):
    """Operation and maintenance of the site in a calendar year."""
    return site_chips * maintenance_per_chip_year


@quantity(unit="USD", source=_SUM)
def site_cost_per_year(site_capital_charge, site_maintenance, site_electricity_cost):
    """Cost of owning the site for a year: capital charged, maintenance and electricity, from the prices of its parts."""
    return site_capital_charge + site_maintenance + site_electricity_cost


@quantity(unit="USD", source="the parts' yearly charge and upkeep, scaled to the capital that a price per gigawatt gives")
def site_cost_per_year_as_priced(
    site_capital_charge, site_maintenance, site_capital, site_parts_capital, site_electricity_cost
):
    """Cost of owning the site for a year if it costs to build what a published price per gigawatt says."""
    return (site_capital_charge + site_maintenance) * (site_capital / site_parts_capital) + site_electricity_cost


@quantity(unit="USD/W", source=_SUM)
def parts_capital_per_watt(capital_per_chip, peak_facility_power_per_chip):
    """Capital from the prices of the parts, chips included, per watt of peak facility power; beside capital_per_watt."""
    return capital_per_chip / peak_facility_power_per_chip


@quantity(unit="USD/W", source=_SUM)
def parts_capital_per_it_watt(capital_per_chip, peak_it_power_per_chip):
    """Capital from the prices of the parts, chips included, per watt of peak IT power."""
    return capital_per_chip / peak_it_power_per_chip


@quantity(unit="USD", source=_SUM)
def site_cost_per_run(site_cost_per_year, training_share, runs_per_year):
    """What one training run costs, of the part of the site's cost that its training share bears."""
    return site_cost_per_year * training_share / runs_per_year


@quantity(unit="kWh", source=_SUM)
def site_energy_per_run(site_energy, training_share, runs_per_year):
    """Energy of one training run, of the part of the site's energy that its training share uses."""
    return site_energy * training_share / runs_per_year


@quantity(unit="kgCO2e", source="GHG Protocol, scope 2, location-based")
def site_carbon(site_energy, carbon_intensity):
    """Emissions of the site's electricity in a year."""
    return site_energy * carbon_intensity


@quantity(unit="L", source="definition of WUE, ISO/IEC 30134-9: water per IT energy")
def site_water(site_chips, it_power_per_chip, year_length, wue):
    """Water used on site in a year."""
    return site_chips * it_power_per_chip * year_length * wue


@quantity(unit="W", source=_SUM, show="GW")
def funded_power(money, capital_per_watt):
    """Peak facility power that the sum of money builds, chips included."""
    return money / capital_per_watt


@quantity(unit="", source=_SUM)
def funded_share(money, site_capital):
    """Share of the site's capital that the sum of money is."""
    return money / site_capital


@quantity(unit="chip", source=_SUM)
def funded_chips(funded_power, peak_facility_power_per_chip):
    """Chips in the part of a site that the sum of money builds."""
    return floor(funded_power / peak_facility_power_per_chip)
