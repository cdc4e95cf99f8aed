"""The files under configs/prior: the recipe of the fit, the fit itself, and the stated distributions."""

import fnmatch
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .... import configs
from ....kernels.errors import FlopwattError
from ....kernels.model import units
from ....kernels.quantities import MODEL
from ...stats import distributions as distributions
from ...stats.bayes_linear import Posterior
from .features import Floats, Ranges
from .method import Fitted, Recipe

FOLDER = configs.FOLDER / "prior"
RECIPE, DRAWS, FIT = (FOLDER / f"{name}.toml" for name in ("regression", "draws", "mfu"))


class PriorError(FlopwattError, ValueError):
    """A file of the prior is wrong; the message names it, the key and what would be right."""


@dataclass(frozen=True)
class Drawn:
    """A quantity's distribution; ``parameters`` are in base units.

    ``chips`` are patterns on keys of the hardware table; ``before`` is a year that the run must be earlier than.
    """

    quantity: str
    distribution: str
    parameters: tuple[float, ...]
    source: str
    chips: tuple[str, ...] = ("*",)
    before: float = math.inf

    def fits(self, chip: str, year: float) -> bool:
        """Whether it is for a run on this chip in this year; an unknown year (NaN) is taken as a late one."""
        early = self.before == math.inf or year < self.before
        return early and any(fnmatch.fnmatchcase(chip, pattern) for pattern in self.chips)

    def at(self, u: Floats) -> Floats:
        """The values whose cumulative probability is ``u``, in base units."""
        return distributions.inverse(self.distribution, self.parameters, u)


@dataclass(frozen=True)
class Sketch:
    """The shape of a transformer of which only the parameters are known."""

    width_per_layer: float
    head_size: float
    source: str


@dataclass(frozen=True)
class RunTime:
    """How long a run takes whose chips are not known: lognormal around a power of its operations, up to a most."""

    days: float
    at_flops: float
    exponent: float
    most_days: float
    sigma: float
    source: str

    def of(self, flops: float) -> Drawn:
        """The distribution for a run of so many operations."""
        days = min(self.days * (flops / self.at_flops) ** self.exponent, self.most_days)
        return Drawn("run_time", "lognormal", (units.to_base(days, "day"), self.sigma), self.source)


@dataclass(frozen=True)
class Stated:
    """The distributions of configs/prior/draws.toml."""

    entries: tuple[Drawn, ...]
    sketch: Sketch
    run_time: RunTime
    published_mfu: float  # deviation of the logarithm of a published MFU
    published_site: float  # deviation of the logarithm of the ratio of a site's published power and chips
    counted_by_die: tuple[str, ...]  # patterns on keys of the hardware table

    def of(self, quantity: str, chip: str = "", year: float = math.nan) -> Drawn | None:
        """The distribution of a quantity of a run on a chip (a key of the hardware table), or None where it is not drawn."""
        fitting = [each for each in self.entries if each.quantity == quantity and each.fits(chip, year)]
        return fitting[-1] if fitting else None

    def by_die(self, chip: str) -> bool:
        """Whether fleets of this chip count its dies."""
        return any(fnmatch.fnmatchcase(chip, pattern) for pattern in self.counted_by_die)


@functools.cache
def recipe() -> Recipe:
    """How the MFU is fitted. Raises PriorError."""
    document = configs.read_toml(RECIPE)
    try:
        beliefs = document["features"]
        return Recipe(
            features=tuple(beliefs),
            intercept=(float(document["intercept"]["mean"]), float(document["intercept"]["sd"])),
            means={name: float(belief["mean"]) for name, belief in beliefs.items()},
            sds={name: float(belief["sd"]) for name, belief in beliefs.items()},
            noise=float(document["noise"]["sd"]),
            weight=float(document["noise"]["weight"]),
            shared=float(document["noise"]["shared"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PriorError(f"{RECIPE}: is not complete: {error!r}") from None


@functools.cache
def stated() -> Stated:
    """The stated distributions. Raises PriorError."""
    document = configs.read_toml(DRAWS)
    try:
        shape = document["sketch"]
        sketch = Sketch(float(shape["width_per_layer"]), float(shape["head_size"]), shape["source"])
        return Stated(
            tuple(_entry(raw) for raw in document["draws"]),
            sketch,
            RunTime(**document["run_time"]),
            float(document["published_mfu"]["sigma"]),
            float(document["published_site"]["sigma"]),
            tuple(document["counted_by_die"]["chips"]),
        )
    except (KeyError, TypeError) as error:
        raise PriorError(f"{DRAWS}: is not complete: {error!r}") from None


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
    scaled = [units.to_base(n, unit) if carried else n for n, carried in zip(numbers, carries, strict=True)]
    try:
        distributions.check(kinds[0], scaled)
    except distributions.DrawError as error:
        raise PriorError(f"{place}: {error}") from None
    return Drawn(
        quantity, kinds[0], tuple(scaled), raw["source"], tuple(raw.get("chips", ("*",))), float(raw.get("before", math.inf))
    )


# --- the fit ----------------------------------------------------------------------------------------------------------


@functools.cache
def fitted() -> Fitted:
    """The MFU's regression as it was last fitted. Raises PriorError."""
    document = configs.read_toml(FIT)
    try:
        names = tuple(document["features"])
        ranges = document["ranges"]
        posterior = Posterior(
            coefficients=np.array([document["intercept"], *(document["coefficients"][name] for name in names)]),
            covariance=np.array(document["covariance"], dtype=np.float64),
            scale=float(document["scale"]),
            freedom=float(document["freedom"]),
            centre=np.array([document["centre"][name] for name in names]),
            spread=np.array([document["spread"][name] for name in names]),
        )
        low = {name: float(pair[0]) for name, pair in ranges.items()}
        high = {name: float(pair[1]) for name, pair in ranges.items()}
    except (KeyError, TypeError, ValueError) as error:
        raise PriorError(f"{FIT}: is not complete ({error!r}); `flopwatt validate` can fit it anew") from None
    return Fitted(names, Ranges(low, high), posterior)


def fit_source() -> str:
    """Where the fit comes from, for people."""
    return str(configs.read_toml(FIT).get("source", ""))


def write_fit(path: Path, fit: Fitted, source: str, quality: Mapping[str, str]) -> None:
    """Write a fit. ``quality`` are lines about how good it is, by name. Raises OSError; then the old file is still there."""
    from ...files import write_whole

    write_whole(path, _toml(fit, source, quality).encode())


def _toml(fit: Fitted, source: str, quality: Mapping[str, str]) -> str:
    post, names = fit.posterior, fit.names
    lines = [
        "# The MFU's regression: log(MFU) = intercept + sum of coefficient x feature, with Student's t around it.",
        "# Written by `flopwatt validate --fit` from the published runs; regression.toml says how.",
        "",
        f"source = {_text(source)}",
        f"features = [{', '.join(_text(name) for name in names)}]",
        f"intercept = {post.coefficients[0]:.6g}",
        f"scale = {post.scale:.6g}",
        f"freedom = {post.freedom:.6g}",
        "covariance = [  # of intercept and coefficients, in units of scale^2",
        *(f"    [{', '.join(f'{value:.6g}' for value in row)}]," for row in post.covariance),
        "]",
        "",
        "[coefficients]",
        *(f"{name} = {value:.6g}" for name, value in zip(names, post.coefficients[1:], strict=True)),
        "",
        "[centre]  # a feature that is not known takes this value ...",
        *(f"{name} = {value:.6g}" for name, value in zip(names, post.centre, strict=True)),
        "",
        "[spread]  # ... and adds this variance times its coefficient squared",
        *(f"{name} = {value:.6g}" for name, value in zip(names, post.spread, strict=True)),
        "",
        "[ranges]  # of the fitted runs; beyond them the nearest value is taken",
        *(f"{name} = [{fit.ranges.low[name]:.6g}, {fit.ranges.high[name]:.6g}]" for name in fit.ranges.low),
        "",
        "[quality]",
        *(f"{name} = {_text(value)}" for name, value in quality.items()),
    ]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
