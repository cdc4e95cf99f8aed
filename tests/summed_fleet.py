"""A fleet of phases over periods, whose quantities are sums along both, sums of sums, and formulas that read them."""

import math

import numpy as np

from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, cumulative, given, quantity, total, where
from flopwatt.kernels.model.questions import Problem


def fleet() -> Model:
    """Phases that come online at a date, seen in periods: what is online, is used, has been used."""
    with collecting() as own:
        given("period", "", "When a period ends.")
        given("phase", "", "When a phase comes online.")
        given("power", "W", "Of a phase.", low=-math.inf)
        given("slip", "", "Periods that all are late.")
        given("price", "USD/J", "Of energy.")

        @quantity(unit="W", source="test")
        def phase_online(period, phase, power, slip):
            """Power of a phase that is online."""
            return where(phase + slip <= period, power, 0.0 * power)

        @quantity(unit="W", source="test")
        def online(phase_online, phase):
            """Power of all phases."""
            return total(phase_online, phase)

        @quantity(unit="W", source="test")
        def piled(online, period):
            """The sum of a sum."""
            return cumulative(online, period)

        @quantity(unit="W", source="test")
        def ever(piled, period):
            """A total of a cumulative of a total."""
            return total(piled, period)

        @quantity(unit="W", source="test")
        def share(piled, ever):
            """What reads sums at a point."""
            return piled / ever

        @quantity(unit="W", source="test")
        def phases_so_far(power, phase):
            """A sum along the phases alone."""
            return cumulative(power, phase)

        @quantity(unit="USD*W/J", source="test")
        def paid(piled, price):
            """What reads a sum, and another axis."""
            return piled * price

    return Model(own)


TARGETS = ("online", "piled", "ever", "share", "phases_so_far", "paid", "phase_online")


def fleet_problem(phases: int = 4, periods: int = 6, draws: int = 5, prices: int = 3, **columns: np.ndarray) -> Problem:
    random = np.random.default_rng(phases * 100 + periods)
    own = {
        "phase": np.arange(phases) * 1.5,
        "power": random.uniform(1, 2, phases),
        "slip": random.uniform(0, 3, draws),
        "price": random.uniform(1, 2, prices),
        "period": np.arange(periods, dtype=float),
    } | columns
    axes = (
        Axis("phases", {"phase": own["phase"], "power": own["power"]}),
        Axis("slips", {"slip": own["slip"]}, uncertain=True),
        Axis("periods", {"period": own["period"]}),
        Axis("prices", {"price": own["price"]}),
    )
    return Problem(fleet(), Grid(axes))
