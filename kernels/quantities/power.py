# mypy: allow-untyped-defs
"""Electric power, from the chip over the server and the IT room to the facility.

Each level has two quantities with factors of their own: the peak, which a site must be sized for, and the average while
training, which energy is counted from. The chip is one package, as its data sheet's TDP counts it.

Sources: Epoch AI 2025-12-18 (epoch.ai/data-insights/gpus-power-usage-in-ai-data-centers) for the chain of peaks; Newkirk et
al. (arXiv:2506.14551) and Latif et al. (arXiv:2412.08602) for measured nodes in training.
"""

from ..model.quantity import given, quantity, where

_SUM = "definition"
_PEAK = "Epoch AI 2025-12-18, peak power of frontier AI data centres by component"
_NODE = "measured H100 nodes in training: Newkirk et al., arXiv:2506.14551"

given("tdp", "W", "Thermal design power of one chip (package).", low_open=True)
given(
    "server_rating",
    "W",
    "Rated power of a server per chip: chips, CPUs, NICs, fans.",
    low_open=True,
    label="rated power of a server per chip",
)
given(
    "load",
    "",
    "Share of TDP that a chip draws on average over a training run.",
    high=1.5,
    low_open=True,
    show="%",
    label="load of the chips",
)
given(
    "host_load",
    "",
    "Share of its rated power that the rest of a server draws on average while training.",
    high=1.5,
    show="%",
    label="load of the rest of a server",
)
given(
    "peak_server_factor",
    "",
    "Peak server power over its chips' TDP, where the server's rating is not known.",
    low=1,
    high=5,
    label="server's peak power over its chips'",
)
given(
    "network_factor",
    "",
    "Average power of servers, network and storage over that of the servers.",
    low=1,
    high=3,
    label="power with network over the servers'",
)
given(
    "peak_network_factor",
    "",
    "Peak power of servers, network and storage over that of the servers.",
    low=1,
    high=3,
    label="peak power with network over servers'",
)
given("pue", "", "Power usage effectiveness, average: facility energy over IT energy.", low=1, high=5)
given("peak_pue", "", "Peak facility power over peak IT power: what a site is sized for.", low=1, high=5, label="PUE at peak")


@quantity(unit="W", source=_SUM, low_open=True, label="average power of a chip")
def chip_power(tdp, load):
    """Average power of one chip in a training run."""
    return tdp * load


@quantity(unit="W", source=_PEAK, low_open=True)
def peak_server_power(server_rating, tdp, peak_server_factor):
    """Peak power of a server per chip: its rating, or its chip's TDP by a factor where no rating is published."""
    return where(server_rating > 0, server_rating, tdp * peak_server_factor)


@quantity(unit="W", source=_NODE, low_open=True)
def server_power(chip_power, peak_server_power, tdp, host_load):
    """Average power of a server per chip: the chip, and CPUs, NICs and fans at their own share of their rating."""
    return chip_power + (peak_server_power - tdp) * host_load


@quantity(unit="W", source=_PEAK, low_open=True)
def it_power_per_chip(server_power, network_factor):
    """Average power of servers, network and storage per chip."""
    return server_power * network_factor


@quantity(unit="W", source=_PEAK, low_open=True)
def peak_it_power_per_chip(peak_server_power, peak_network_factor):
    """Peak power of servers, network and storage per chip."""
    return peak_server_power * peak_network_factor


@quantity(unit="W", source="definition of PUE, ISO/IEC 30134-2", low_open=True)
def facility_power_per_chip(it_power_per_chip, pue):
    """Average power of the facility per chip, cooling and conversion included."""
    return it_power_per_chip * pue


@quantity(unit="W", source=_PEAK, low_open=True)
def peak_facility_power_per_chip(peak_it_power_per_chip, peak_pue):
    """Peak power of the facility per chip."""
    return peak_it_power_per_chip * peak_pue


@quantity(unit="W", source=_SUM, label="average power of IT")
def it_power(chip_count, it_power_per_chip):
    """Average IT power of all chips of a run."""
    return chip_count * it_power_per_chip


@quantity(unit="W", source=_SUM, label="peak power of IT")
def peak_it_power(chip_count, peak_it_power_per_chip):
    """Peak IT power of all chips of a run."""
    return chip_count * peak_it_power_per_chip


@quantity(unit="W", source=_SUM, label="average power of the facility")
def facility_power(chip_count, facility_power_per_chip):
    """Average power of the facility for all chips of a run."""
    return chip_count * facility_power_per_chip


@quantity(unit="W", source=_SUM, label="peak power of the facility")
def peak_facility_power(chip_count, peak_facility_power_per_chip):
    """Peak power of the facility for all chips of a run: what its grid connection must carry."""
    return chip_count * peak_facility_power_per_chip


@quantity(unit="kWh", source=_SUM, label="energy of the chips")
def chip_energy(chip_hours, chip_power):
    """Energy of the chips alone over the run."""
    return chip_hours * chip_power


@quantity(unit="kWh", source=_SUM, label="energy of the servers")
def server_energy(chip_hours, server_power):
    """Energy of the servers over the run."""
    return chip_hours * server_power


@quantity(unit="kWh", source=_SUM, label="energy of IT")
def it_energy(chip_hours, it_power_per_chip):
    """Energy of servers, network and storage over the run."""
    return chip_hours * it_power_per_chip


@quantity(unit="kWh", source=_SUM)
def energy(chip_hours, facility_power_per_chip):
    """Energy of the facility over the run."""
    return chip_hours * facility_power_per_chip
