"""What is drawn for a run of which an input is not known: stated distributions, and Student's t around the regression."""

import hashlib
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ... import configs
from ...kernels.model.quantity import Model
from ..stats.array_cache import cached_array
from . import store
from .features import WORDS, Floats
from .method import Fitted

DEVIATION = "mfu_deviation"
STEP_DEVIATION = "step_time_deviation"
SERVING_DEVIATION, SERVING_POWER_DEVIATION = "serving_step_deviation", "serving_power_deviation"
_SHOWN = {
    DEVIATION: "mfu",
    STEP_DEVIATION: "step_time",
    SERVING_DEVIATION: "serving_time_factor",
    SERVING_POWER_DEVIATION: "serving_load",
    "price_position": "chip_price",
    "rental_position": "rental_price",
}
# What a run's inputs are looked for behind: draws do not change where only some of these are asked for.
TARGETS = (
    "training_flops",
    "chip_count",
    "mfu",
    "goodput",
    "run_time",
    "chip_hours",
    "facility_power",
    "peak_facility_power",
    "chip_energy",
    "it_energy",
    "energy",
    "capital_cost",
    "maintenance_cost",
    "electricity_cost",
    "cost",
    "capital",
    "rental_cost",
    "chip_hour_cost",
    "rental_price",
    "carbon",
    "water",
)
PROGRAMME_TARGETS = ("programme_chip_hours", "programme_energy", "programme_cost")  # experiments and failed runs too


class Distribution(Protocol):
    """What a quantity is drawn from: a value for every cumulative probability, and where that comes from."""

    @property
    def source(self) -> str:
        """Where the distribution comes from, for a person."""
        ...

    def at(self, u: Floats) -> Floats:
        """Return the values in base units whose cumulative probabilities (0 to 1) are ``u``."""
        ...


@dataclass(frozen=True)
class RunFacts:
    """What an input's distribution may hang on.

    Parameters
    ----------
    chip
        A key of the hardware table; empty where it is not known.
    year
        The calendar year of the run; NaN where it is not known.
    """

    chip: str = ""
    year: float = math.nan


NOTHING_KNOWN = RunFacts()


@dataclass(frozen=True)
class StudentT:
    """Student's t of median 0 and scale 1.

    Parameters
    ----------
    freedom
        Degrees of freedom.
    source
        Where the fit comes from, for a person.
    """

    freedom: float
    source: str

    def at(self, u: Floats) -> Floats:
        """Return the deviates whose cumulative probability (0 to 1) is ``u``; kept on disk, since SciPy is slow to import."""
        places = np.ascontiguousarray(u, dtype=np.float64)
        key = ("student", self.freedom, hashlib.sha256(places.tobytes()).hexdigest())
        return cached_array(key, lambda: _student(self.freedom, places))


def _student(freedom: float, u: Floats) -> Floats:
    from scipy.special import stdtrit

    return np.asarray(stdtrit(freedom, u), dtype=np.float64)


def known_inputs() -> tuple[str, ...]:
    """List every input that can be drawn, the MFU's deviation first."""
    return (DEVIATION, *dict.fromkeys(entry.quantity for entry in store.stated().entries))


def distribution_of(quantity: str, run: RunFacts = NOTHING_KNOWN, fit: Fitted | None = None) -> Distribution | None:
    """Find the distribution of an input of a run, or None where it is not drawn.

    Parameters
    ----------
    quantity
        The input.
    run
        What is known of the run.
    fit
        Takes the place of the MFU's regression in configs/prior.
    """
    if quantity == DEVIATION:
        fit = fit or store.fitted()
        source = f"fitted on {', '.join(dict.fromkeys(WORDS[name] for name in fit.names))}; {store.fit_source()}"
        return StudentT(fit.posterior.freedom, "; ".join((source, *unseen_chips([run.chip] if run.chip else []))))
    return store.stated().of(quantity, run.chip, run.year)


def shown_name(quantity: str) -> str:
    """Name what a person reads where a quantity is drawn: the MFU or the price in place of the place that it is drawn by."""
    return _SHOWN.get(quantity, quantity)


def drawn_order(model: Model, targets: Iterable[str], held: Collection[str]) -> list[str]:
    """List the inputs of a run that nothing gives and that can be drawn, in the order of their dimensions.

    Parameters
    ----------
    model
        The quantities.
    targets
        What is asked of the run.
    held
        Quantities that have a value.
    """
    known = known_inputs()
    names = [name for name in model.inputs(targets, held) if name in known and name not in held]
    return sorted(names, key=lambda name: name != DEVIATION)  # the MFU's comes first


def has_evidence(chip: str) -> bool:
    """Tell whether the MFU is fitted on a run on a chip (a key of the hardware table), or its step times are published."""
    evidence = store.evidence()
    return chip in evidence.runs or chip in evidence.steps


def unseen_chips(chips: Iterable[str]) -> tuple[str, ...]:
    """Say of which chips (keys of the hardware table) the MFU's regression saw no run, those with step times first."""
    unseen = [chip for chip in dict.fromkeys(chips) if chip not in store.evidence().runs]
    stepped = [chip for chip in unseen if has_evidence(chip)]
    others = [chip for chip in unseen if chip not in stepped]
    with_steps = _without_run(stepped, "only step times")
    return (*with_steps, *_without_run(others, "and no step times"))


def _without_run(chips: Sequence[str], steps: str) -> tuple[str, ...]:
    if not chips:
        return ()
    rows = configs.load("hardware").rows
    names = [rows[chip].shown if chip in rows else chip for chip in chips]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    them = "it" if len(chips) == 1 else "them"
    return (f"MFU of {listed}: predicted from published runs on other chips; there are none on {them}, {steps}",)
