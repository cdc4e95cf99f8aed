# mypy: allow-untyped-defs
"""The programme around a run: its experiments, and the runs that failed, beside the final one.

How much of a programme is not the final run differs: Olmo 3's 82.2% (Morrison et al. 2026, arXiv:2605.01158), the same
developer's models before a third (development 50% of training: Morrison et al. 2025, arXiv:2503.05804), OpenAI in 2024 about
nine tenths (Epoch AI). What a run itself takes, restarts included, is in the other quantities and holds none of this.
"""

from ..model.quantity import given, quantity

_SUM = "definition"

given(
    "exploration_share",
    "",
    "Share of a programme's compute that is experiments and failed runs.",
    high=0.999,
    show="%",
    label="share of experiments and failed runs",
)


@quantity(unit="h", source=_SUM, label="chip-hours of the programme")
def programme_chip_hours(chip_hours, exploration_share):
    """Chip-hours of the whole programme."""
    return chip_hours / (1 - exploration_share)


@quantity(unit="kWh", source="experiments use chips as the final run does", label="energy of the programme")
def programme_energy(energy, exploration_share):
    """Energy of the facility over the whole programme."""
    return energy / (1 - exploration_share)


@quantity(unit="USD", source="experiments use chips as the final run does", label="cost of the programme")
def programme_cost(cost, exploration_share):
    """Cost of the whole programme."""
    return cost / (1 - exploration_share)


@quantity(unit="kgCO2e", source="experiments use chips as the final run does", label="carbon emissions of the programme")
def programme_carbon(carbon, exploration_share):
    """Emissions of the electricity of the whole programme."""
    return carbon / (1 - exploration_share)
