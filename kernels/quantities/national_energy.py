# mypy: allow-untyped-defs, allow-untyped-calls
"""What the data centres of a country use in a year: its AI accelerators, by what was shipped, and all the rest by its growth.

Accelerators are counted from 2022 to a last year; what is shipped afterwards grows from that year. They come evenly over a
year, so that half of a year's are in service on average over it. None is retired: by 2028 those of 2022 and 2023 are 3% of all.
What no shipments are counted of is taken from a year in which it is known.
"""

from ..model.quantity import exp, given, log2, quantity, where
from .economics import LN_2

_SUM = "definition"
_RANGE = "log-uniform between the ends"

given("counted_year", "", "Calendar year whose energy is counted.", low=1990, high=2100, whole=True, label="year")
given(
    "last_counted_year",
    "",
    "Last calendar year whose shipments are taken as counted; later ones grow from it.",
    low=1990,
    high=2100,
    whole=True,
    label="shipments counted through",
)
given(
    "shipped_chip_power_low",
    "W",
    "Least TDP of all AI accelerators shipped in the last year counted, in the world.",
    low_open=True,
    show="GW",
    label="least power of chips shipped",
)
given(
    "shipped_chip_power_high",
    "W",
    "Greatest TDP of all AI accelerators shipped in the last year counted, in the world.",
    low_open=True,
    show="GW",
    label="greatest power of chips shipped",
)
given(
    "stock_chip_power_low",
    "W",
    "Least TDP of all AI accelerators shipped through the last year counted, in the world.",
    low_open=True,
    show="GW",
    label="least power of all chips",
)
given(
    "stock_chip_power_high",
    "W",
    "Greatest TDP of all AI accelerators shipped through the last year counted, in the world.",
    low_open=True,
    show="GW",
    label="greatest power of all chips",
)
given(
    "shipment_position",
    "",
    "Where the power of the chips shipped lies from the least, 0, to the greatest, 1, in equal ratios.",
    high=1,
    label="place within the range of shipments",
)
given(
    "shipment_growth",
    "",
    "Power of the chips shipped in a year over that of the year before, after the last one that was counted.",
    low=1,
    low_open=True,
    show="times",
    label="growth of shipments a year",
)
given("country_share", "", "Share of the world's AI accelerators in the country.", high=1, show="%", label="country's share")
given(
    "accelerated_load",
    "",
    "Share of the rated power of accelerated servers that they draw on average, standing idle included.",
    low_open=True,
    high=1,
    show="%",
    label="load of accelerated servers",
)
given(
    "other_energy_known",
    "TWh",
    "Energy of a year of all in data centres but accelerated servers, cooling included, in the year in which it is known.",
    label="energy of the rest, as known",
)
given(
    "other_energy_year",
    "",
    "Calendar year in which the energy of the rest is known.",
    low=1990,
    high=2100,
    whole=True,
    label="year of the energy of the rest",
)
given(
    "other_growth",
    "",
    "Energy of the rest in a year over that of the year before.",
    low_open=True,
    high=2,
    show="times",
    label="growth of the rest a year",
)
given("forecast_energy_low", "TWh", "Least energy of a year, as forecast.", label="least forecast")
given("forecast_energy_high", "TWh", "Greatest energy of a year, as forecast.", label="greatest forecast")
given(
    "forecast_ai_energy_low", "TWh", "Least energy of AI servers in a year, as forecast.", label="least forecast of AI servers"
)
given(
    "forecast_ai_energy_high",
    "TWh",
    "Greatest energy of AI servers in a year, as forecast.",
    label="greatest forecast of AI servers",
)


@quantity(unit="W", source=_RANGE, show="GW", label="power of chips shipped in the last year counted")
def shipped_chip_power(shipped_chip_power_low, shipped_chip_power_high, shipment_position):
    """TDP of all AI accelerators shipped in the last year counted, in the world."""
    return shipped_chip_power_low * exp(shipment_position * (log2(shipped_chip_power_high / shipped_chip_power_low) * LN_2))


@quantity(unit="W", source=_RANGE, show="GW", label="power of chips shipped through the last year counted")
def stock_chip_power(stock_chip_power_low, stock_chip_power_high, shipment_position):
    """TDP of all AI accelerators shipped through the last year counted, in the world."""
    return stock_chip_power_low * exp(shipment_position * (log2(stock_chip_power_high / stock_chip_power_low) * LN_2))


@quantity(
    unit="",
    source="sum of a geometric series, its last member halved: shipped evenly over the year",
    low=-1,
    show="times",
    label="years of shipments since",
)
def shipments_since(shipment_growth, counted_year, last_counted_year):
    """Shipments in service since the last year counted, over those of that year; half of these are missing in it itself."""
    years = counted_year - last_counted_year
    grown = exp(years * (log2(shipment_growth) * LN_2))
    whole = (grown - shipment_growth) / (shipment_growth - 1)
    return where(years > 0, whole + grown / 2, -0.5)


@quantity(unit="W", source="none is retired", show="GW", label="power of chips in service")
def chip_power_in_service(stock_chip_power, shipped_chip_power, shipments_since):
    """TDP of all AI accelerators in service in a year, on average over it, in the world."""
    return stock_chip_power + shipped_chip_power * shipments_since


@quantity(unit="W", source=_SUM, show="GW", label="rated power of accelerated IT in the country")
def accelerated_it_power(chip_power_in_service, country_share, peak_server_factor, network_factor):
    """Rated power of the country's accelerated servers in service, with their network."""
    return chip_power_in_service * country_share * (peak_server_factor * network_factor)


@quantity(unit="TWh", source=_SUM, label="energy of AI servers in a year")
def accelerated_energy(accelerated_it_power, accelerated_load, pue, calendar_year):
    """Energy that the country's accelerated servers use in a year, cooling included."""
    return accelerated_it_power * accelerated_load * pue * calendar_year


@quantity(unit="TWh", source="compound growth", label="energy of the rest in a year")
def other_energy(other_energy_known, other_growth, counted_year, other_energy_year):
    """Energy that all else in the country's data centres uses in a year, cooling included."""
    return other_energy_known * exp((counted_year - other_energy_year) * (log2(other_growth) * LN_2))


@quantity(unit="TWh", source=_SUM, label="energy of the country's data centres")
def national_energy(accelerated_energy, other_energy):
    """Energy that all data centres of the country use in a year."""
    return accelerated_energy + other_energy


@quantity(unit="", source=_SUM, high=1, show="%", label="inside the forecast")
def inside_forecast(national_energy, forecast_energy_low, forecast_energy_high):
    """Whether the energy of a year lies within what was forecast of it: 1 or 0, so that a mean is a share of the cases."""
    return where((national_energy >= forecast_energy_low) & (national_energy <= forecast_energy_high), 1.0, 0.0)
