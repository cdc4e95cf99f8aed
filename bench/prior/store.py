"""The files under configs/prior: the recipe of the fit, the fit itself, and the stated distributions."""

import fnmatch
import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ... import configs
from ...configs import mfu_fit
from ...kernels.errors import FlopwattError
from ...kernels.model import units
from ...kernels.quantities import MODEL
from ...kernels.validation.validator import Validator
from ..stats import distributions
from ..stats.bayes_linear import Posterior
from . import forms
from .developers import effects
from .features import Floats, SeenRuns
from .method import Fitted, PracticeFit, Recipe

FOLDER = configs.FOLDER / "prior"
RECIPE, DRAWS, FIT = FOLDER / "regression.toml", FOLDER / "draws.toml", configs.MFU_FIT


T = TypeVar("T")


class PriorError(FlopwattError, ValueError):
    """A file of the prior is wrong; the message names it, the key and what would be right."""


@dataclass(frozen=True)
class Drawn:
    """A quantity's distribution.

    Parameters
    ----------
    quantity
        What is drawn.
    distribution, parameters
        A kind of ``stats.distributions`` and its parameters, in base units.
    source
        Where it comes from, for a person.
    chips
        Patterns on keys of the hardware table, one of which the run's chip must fit.
    before
        A calendar year that the run must be earlier than.
    date, secondary
        When the source was published, and whether it is not by those who made or measured the thing.
    """

    quantity: str
    distribution: str
    parameters: tuple[float, ...]
    source: str
    chips: tuple[str, ...] = ("*",)
    before: float = math.inf
    date: str = ""
    secondary: bool = False

    def fits(self, chip: str, year: float) -> bool:
        """Tell whether it is for a run on this chip in this year; an unknown year (NaN) is taken as a late one."""
        early = self.before == math.inf or year < self.before
        return early and any(fnmatch.fnmatchcase(chip, pattern) for pattern in self.chips)

    def at(self, u: Floats) -> Floats:
        """Return the values whose cumulative probabilities (0 to 1) are ``u``, in base units."""
        return distributions.inverse(self.distribution, self.parameters, u)


@dataclass(frozen=True)
class RunTime(forms.RunTimeEntry):
    """How long a run takes whose chips are not known, as a distribution for each number of operations."""

    def of(self, flops: float) -> Drawn:
        """Return the distribution (s) for a run of so many operations (FLOP)."""
        days = min(self.days * (flops / self.at_flops) ** self.exponent, self.most_days)
        return Drawn("run_time", "lognormal", (units.to_base(days, "day"), self.sigma), self.source)


@dataclass(frozen=True)
class Stated:
    """The distributions of configs/prior/draws.toml.

    Parameters
    ----------
    entries
        Of quantities; the last that fits a run holds.
    sketch, run_time
        Of a model and of a run of which little is known.
    published_mfu
        The standard deviation of the logarithm of a published MFU.
    published_site
        That of the ratio of a site's published power and chips.
    counted_by_die
        Patterns on keys of the hardware table: chips of which fleets count the dies.
    hours
        What published chip-hours are of those of a run of the stated tokens, by what they stand for.
    """

    entries: tuple[Drawn, ...]
    sketch: forms.SketchEntry
    run_time: RunTime
    published_mfu: float
    published_site: float
    counted_by_die: tuple[str, ...]
    hours: Mapping[str, forms.HoursEntry]

    def of(self, quantity: str, chip: str = "", year: float = math.nan) -> Drawn | None:
        """Find the distribution of a quantity of a run, or None where it is not drawn.

        Parameters
        ----------
        chip
            A key of the hardware table.
        year
            The calendar year of the run; NaN where it is not known.
        """
        fitting = [entry for entry in self.entries if entry.quantity == quantity and entry.fits(chip, year)]
        return fitting[-1] if fitting else None

    def by_die(self, chip: str) -> bool:
        """Tell whether fleets of this chip (a key of the hardware table) count its dies."""
        return any(fnmatch.fnmatchcase(chip, pattern) for pattern in self.counted_by_die)


def _read(make: Callable[[Mapping[str, Any]], T], form: Validator[Any], path: Path) -> T:
    """Read a file of a form by ``make``.

    Raises
    ------
    PriorError
        Where the file is not in that form, or lacks something.
    """
    document = configs.read_toml(path)
    try:
        configs.check_form(form, document, path)
        return make(document)
    except PriorError:
        raise
    except configs.FactError as error:
        raise PriorError(str(error)) from None
    except (KeyError, TypeError, ValueError) as error:
        raise PriorError(f"{path}: is not complete: {error!r}") from None


@functools.cache
def recipe() -> Recipe:
    """Read how the MFU is fitted. Raises PriorError."""
    try:
        file = configs.checked(forms.REGRESSION, configs.read_toml(RECIPE), RECIPE)
    except configs.FactError as error:
        raise PriorError(str(error)) from None
    return Recipe(
        features=tuple(file.features),
        intercept=(file.intercept.mean, file.intercept.sd),
        means={name: belief.mean for name, belief in file.features.items()},
        sds={name: belief.sd for name, belief in file.features.items()},
        best_steps={name: belief.best_step for name, belief in file.features.items()},
        noise=file.noise.sd,
        weight=file.noise.weight,
        shared=file.noise.shared,
        practice=(file.practice.mean, file.practice.sd),
    )


@functools.cache
def stated() -> Stated:
    """Read the stated distributions. Raises PriorError."""
    return _read(_stated, forms.DRAWS, DRAWS)


def _stated(document: Mapping[str, Any]) -> Stated:
    shape = document["sketch"]
    return Stated(
        tuple(_entry(raw) for raw in document["draws"]),
        forms.SketchEntry(float(shape["width_per_layer"]), float(shape["head_size"]), shape["source"]),
        RunTime(**document["run_time"]),
        float(document["published_mfu"]["sigma"]),
        float(document["published_site"]["sigma"]),
        tuple(document["counted_by_die"]["chips"]),
        {name: forms.HoursEntry(**entry) for name, entry in document["hours"].items()},
    )


def _entry(raw: Mapping[str, Any]) -> Drawn:
    quantity, unit = raw["quantity"], raw["unit"]
    place = f"{DRAWS}: {quantity}"
    if quantity not in MODEL:
        raise PriorError(f"{place}: is no quantity of the model")
    if units.dimension(unit) != units.dimension(MODEL[quantity].unit):
        raise PriorError(f"{place}: the unit {unit!r} does not convert to {MODEL[quantity].unit!r}")
    kinds = [kind for kind in distributions.DISTRIBUTIONS if kind in raw]
    if len(kinds) != 1:
        raise PriorError(f"{place}: needs one distribution of {', '.join(distributions.DISTRIBUTIONS)}")
    carries = distributions.DISTRIBUTIONS[kinds[0]][1]
    numbers = [float(number) for number in raw[kinds[0]]]
    try:
        distributions.check(kinds[0], numbers)
    except distributions.DrawError as error:
        raise PriorError(f"{place}: {error}") from None
    scaled = [units.to_base(n, unit) if carried else n for n, carried in zip(numbers, carries, strict=True)]
    return Drawn(
        quantity,
        kinds[0],
        tuple(scaled),
        raw["source"],
        tuple(raw.get("chips", ("*",))),
        float(raw.get("before", math.inf)),
        raw.get("date", ""),
        bool(raw.get("secondary", False)),
    )


# --- the fit ----------------------------------------------------------------------------------------------------------


@functools.cache
def fitted() -> Fitted:
    """Read the MFU's regression as it was last fitted. Raises PriorError."""
    return _read_fit(_fitted)


@functools.cache
def evidence() -> mfu_fit.Evidence:
    """Read the chips of which training runs or step times were published when the MFU was last fitted. Raises PriorError."""
    return _read_fit(mfu_fit.evidence)


def _read_fit(make: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return _read(make, forms.FIT, FIT)
    except PriorError as error:
        raise PriorError(f"{error}; `flopwatt validate` can fit it anew") from None


def _fitted(document: Mapping[str, Any]) -> Fitted:
    names = tuple(document["features"])
    posterior = Posterior(
        coefficients=np.array([document["intercept"], *(document["coefficients"][name] for name in names)]),
        covariance=np.array(document["covariance"], dtype=np.float64),
        scale=float(document["scale"]),
        freedom=float(document["freedom"]),
        centre=np.array([document["centre"][name] for name in names]),
        spread=np.array([document["spread"][name] for name in names]),
    )
    seen = SeenRuns(**{name: float(value) for name, value in document["seen"].items()})
    told = document["practice"]
    practice = PracticeFit(told["weight"], told["intercept"], tuple(told["slopes"][name] for name in names))
    return Fitted(names, seen, posterior, practice, tuple(document["chips"]), effects(document))


def fit_source() -> str:
    """Read where the fit comes from, for a person."""
    return str(configs.read_toml(FIT).get("source", ""))


def fit_date() -> str:
    """Read the date of the newest that the fit rests on; empty where the file does not say."""
    return str(configs.read_toml(FIT).get("date", ""))


def plain(fit: Fitted) -> dict[str, Any]:
    """Return a fit's numbers as its file holds them, not rounded."""
    post, names = fit.posterior, fit.names
    slopes = dict(zip(names, fit.practice.slopes, strict=True))
    by_feature = {"coefficients": post.coefficients[1:], "centre": post.centre, "spread": post.spread}
    return {
        "features": list(names),
        "intercept": float(post.coefficients[0]),
        "scale": post.scale,
        "covariance": post.covariance.tolist(),
        "seen": asdict(fit.seen),
        "practice": {"weight": fit.practice.weight, "intercept": fit.practice.intercept, "slopes": slopes},
        **{key: dict(zip(names, values.tolist(), strict=True)) for key, values in by_feature.items()},
    }


def regression_inputs(fit: Fitted) -> dict[str, float]:
    """Return what the model's inputs are under a fit, by quantity."""
    return mfu_fit.inputs(plain(fit))
