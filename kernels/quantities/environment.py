# mypy: allow-untyped-defs
"""Carbon and water of a run.

Carbon of operation counts the facility's energy at the grid's location-based intensity. WUE is litres per kWh of IT energy
(ISO/IEC 30134-9), so water on site is counted from IT energy: PUE does not enter twice. Water at the power stations goes
with the facility's energy.
"""

from ..model.quantity import given, quantity

_SUM = "definition"
_WUE = "definition of WUE, ISO/IEC 30134-9: water per IT energy"

given(
    "carbon_intensity",
    "kgCO2e/kWh",
    "Emissions per energy of the grid at the facility.",
    high=10,
    label="carbon intensity of the grid",
)
given("wue", "L/kWh", "Water usage effectiveness: water used on site per IT energy.", high=100)
given(
    "grid_water_intensity",
    "L/kWh",
    "Water that power stations use per energy delivered.",
    high=1000,
    label="water intensity of the grid",
)
given("chip_embodied_carbon", "kgCO2e", "Emissions of making one chip.")
given("server_embodied_carbon", "kgCO2e", "Emissions of making the rest of a server, per chip.")
given(
    "service_life",
    "year",
    "Calendar time in which chips and servers serve, whatever they are written off over.",
    low_open=True,
    label="time that the hardware serves",
)


@quantity(unit="kgCO2e", source="GHG Protocol, scope 2, location-based", label="carbon emissions")
def carbon(energy, carbon_intensity):
    """Emissions of the electricity that the facility uses for the run."""
    return energy * carbon_intensity


@quantity(
    unit="kgCO2e",
    source="the hours' share of the service life of chip and server, as EcoLogits does",
    label="carbon of making the hardware",
)
def embodied_carbon(chip_hours, chip_embodied_carbon, server_embodied_carbon, service_life, utilisation):
    """The run's share of the emissions of making chips and servers; unknown where a chip's figure is not published."""
    return chip_hours * ((chip_embodied_carbon + server_embodied_carbon) / (service_life * utilisation))


@quantity(unit="kgCO2e", source=_SUM, label="carbon, making the hardware included")
def total_carbon(carbon, embodied_carbon):
    """Emissions of operation and of making; unknown where the latter is."""
    return carbon + embodied_carbon


@quantity(unit="L", source=_WUE, label="water use")
def water(it_energy, wue):
    """Water used on site for the run."""
    return it_energy * wue


@quantity(unit="L", source=_SUM, label="water use of power stations")
def grid_water(energy, grid_water_intensity):
    """Water that power stations use for the run's electricity."""
    return energy * grid_water_intensity


@quantity(unit="L", source=_SUM, label="water use, power stations included")
def total_water(water, grid_water):
    """Water on site and at the power stations."""
    return water + grid_water
