"""Fit how far step times are from their prediction, on published ones each predicted without its source.

Method: maximum a posteriori, then one factor. The logarithm of measured over predicted time is the sum of a deviation that all
rows of a source share, normal, and one of the row's own, Student's t around it with `FREEDOM` degrees of freedom: few rows are
far off for reasons that no share tells. The row's scale is sqrt(base^2 + sum of (coefficient x share)^2). The shared deviation
is integrated out on a grid, so sixty like rows of one source count as one source, and like rows weigh as in the step times' own
fit. Then base, the source's deviation and the coefficients are all multiplied by one factor, at which P10 to P90 of normal
distributions hold `INSIDE` of the rows, each by spreads fitted without its source as well.

References: Gelman et al., Bayesian Data Analysis, 3rd edition, chapters 5 and 17 (hierarchical models, Student's t); Barber et
al. 2021, arXiv:1905.02928 (intervals from residuals that were left out); Gneiting and Raftery 2007, Strictly proper scoring
rules, section 6.2 (the interval score).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.validation.plain_tests import NO_OTHER_KEYS
from ...kernels.validation.validator import Validator
from ..prior.features import Floats
from ..stats.distributions import P90
from ..terminal.numbers import significant
from ..terminal.toml_text import start_document
from . import fit, left_out, predict
from .rows import StepCase

BELIEFS = configs.FOLDER / "prior" / "step_time_spread_beliefs.toml"
BASE, SOURCE = "step_spread_base", "step_spread_source"
# Coefficient -> the share of the step that it multiplies.
SHARES = {
    "step_spread_attention": "attention_step_share",
    "step_spread_network": "network_step_share",
    "step_spread_bubble": "bubble_step_share",
    "step_spread_sync": "sync_step_share",
    "step_spread_experts": "expert_step_share",
    "step_spread_memory": "memory_step_share",
    "step_spread_low_bits": "low_bits_step_share",
}
FREEDOM = 5.0
# Of the rows that P10 to P90 holds: a little over four in five, since the model's forms were chosen with these rows in view.
INSIDE = 0.84
_BEYOND = 0.2  # of what P10 to P90 leaves out, in the interval score
_SHIFTS = np.linspace(-0.5, 0.5, 201)  # of what a source's rows share


@dataclass(frozen=True)
class PartBelief:
    """What is held likely of a part of the spread: lognormal, ``spread`` the standard deviation of its logarithm."""

    guess: float
    spread: float
    why: str
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


_FORM = Validator[dict[str, PartBelief]](dict[str, PartBelief])


@dataclass(frozen=True)
class Residuals:
    """How far steps were off, each predicted without its source.

    Parameters
    ----------
    logs
        The logarithm of measured over predicted time, by row.
    shares
        The shares of `SHARES` as a column each, by row.
    weights
        How many rows each counts as.
    sources
        The source of each row.
    """

    logs: Floats
    shares: Floats
    weights: Floats
    sources: tuple[str, ...]

    def of(self, source: str, keep: bool = True) -> "Residuals":
        """Return the rows of a source, or all others."""
        mask = np.array([(own == source) == keep for own in self.sources])
        sources = tuple(own for own, taken in zip(self.sources, mask.tolist(), strict=True) if taken)
        return Residuals(self.logs[mask], self.shares[mask], self.weights[mask], sources)


@dataclass(frozen=True)
class Coverage:
    """How well intervals hold measured times: share inside P10 to P90, mean width and interval score (of the logarithm)."""

    group: str
    n: int
    inside: float
    width: float
    score: float


def beliefs() -> dict[str, PartBelief]:
    """Read what is believed of each part from configs/prior/step_time_spread_beliefs.toml. Raises FactError."""
    return configs.checked(_FORM, configs.read_toml(BELIEFS), BELIEFS)


def residuals(cases: Sequence[StepCase], fits: Mapping[str, left_out.Parameters], by: str = "source") -> Residuals:
    """Predict cases without their source, and gather how far off that is and the shares of their steps.

    Parameters
    ----------
    cases
        Published steps.
    fits
        Parameters of the fits that leave out a source at a time.
    by
        What they leave out, a field of a case.
    """
    groups = [str(getattr(case, by)) for case in cases]
    logs, shares = np.empty(len(cases)), np.empty((len(cases), len(SHARES)))
    for group in dict.fromkeys(groups):
        places = [i for i, own in enumerate(groups) if own == group]
        steps = [cases[i] for i in places]
        targets = ("predicted_step_time", *SHARES.values())
        values = predict.evaluate({**predict.inputs(steps, targets, fits[group]), **fits[group]}, targets)
        logs[places] = np.log([case.seconds for case in steps]) - np.log(values["predicted_step_time"])
        shares[places] = np.column_stack([np.broadcast_to(values[name], len(steps)) for name in SHARES.values()])
    return Residuals(logs, shares, fit.weights(cases), tuple(groups))


def most_likely(rows: Residuals, start: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the most likely base, source's deviation and coefficients a posteriori, by the input's name.

    Parameters
    ----------
    rows
        How far steps were off.
    start
        Where to look from; without, from the beliefs.
    """
    from scipy.optimize import minimize

    believed = beliefs()
    names = [BASE, SOURCE, *SHARES]
    middle = np.log([believed[name].guess for name in names])
    wide = np.array([believed[name].spread for name in names])
    first = middle if start is None else np.log([start[name] for name in names])

    def loss(x: Floats) -> float:
        return float(0.5 * np.sum(((x - middle) / wide) ** 2)) - log_likelihood(rows, np.exp(x))

    optimum = minimize(loss, first, method="L-BFGS-B", options={"ftol": 1e-7})
    return {name: float(value) for name, value in zip(names, np.exp(optimum.x), strict=True)}


def log_likelihood(rows: Residuals, parts: Floats) -> float:
    """Return the logarithm of the likelihood, but for a constant, of base, the source's deviation and the coefficients."""
    base, shared, coefficients = parts[0], parts[1], parts[2:]
    scales = np.sqrt(base**2 + (rows.shares**2) @ coefficients**2)
    z = (rows.logs[:, None] - _SHIFTS) / scales[:, None]
    density = -(FREEDOM + 1) / 2 * np.log1p(z**2 / FREEDOM) - np.log(scales)[:, None]
    names, place = np.unique(rows.sources, return_inverse=True)
    by_source = np.zeros((len(names), len(_SHIFTS)))
    np.add.at(by_source, place, rows.weights[:, None] * density)
    by_source -= 0.5 * (_SHIFTS / shared) ** 2 + np.log(shared)
    top = by_source.max(axis=1)
    return float(np.sum(top + np.log(np.exp(by_source - top[:, None]).sum(axis=1))))


@dataclass(frozen=True)
class FittedSpreads:
    """Base, source's deviation and coefficients, by the input's name: fitted to all rows, and without each source."""

    whole: Mapping[str, float]
    without: Mapping[str, Mapping[str, float]]


def fit_spreads(rows: Residuals) -> FittedSpreads:
    """Fit the spreads to all rows and without each source, and scale them until P10 to P90 holds `INSIDE` of what is left out.

    The factor of spreads without a source comes from the other sources' rows.
    """
    whole = most_likely(rows)
    without = {source: most_likely(rows.of(source, keep=False), whole) for source in dict.fromkeys(rows.sources)}
    deviates = np.abs(rows.logs) / _own_spreads(rows, without)
    names = np.array(rows.sources)

    def scaled(parts: Mapping[str, float], mask: NDArray[np.bool_]) -> dict[str, float]:
        factor = _weighted_quantile(deviates[mask], rows.weights[mask]) / P90
        return {name: factor * value for name, value in parts.items()}

    every = np.ones(len(names), dtype=bool)
    return FittedSpreads(scaled(whole, every), {source: scaled(parts, names != source) for source, parts in without.items()})


def _weighted_quantile(values: Floats, weights: Floats) -> float:
    """Return the value that `INSIDE` of the weight lies at or below."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(below, INSIDE)])


def _own_spreads(rows: Residuals, parts: Mapping[str, Mapping[str, float]]) -> Floats:
    """Return each row's spread by its own source's parts."""
    own, names = np.empty(len(rows.logs)), np.array(rows.sources)
    for source, values in parts.items():
        own[names == source] = spreads(rows.of(source), values)
    return own


def spreads(rows: Residuals, parts: Mapping[str, float]) -> Floats:
    """Return each row's standard deviation of the logarithm, as the quantity ``step_time_spread`` computes it."""
    coefficients = np.array([parts[name] for name in SHARES])
    return np.asarray(np.sqrt(parts[BASE] ** 2 + parts[SOURCE] ** 2 + (rows.shares**2) @ coefficients**2))


def coverages(rows: Residuals, parts: Mapping[str, Mapping[str, float]]) -> list[Coverage]:
    """Summarise how well intervals hold the rows: of all, then by source, each by its own source's parts."""
    own, names = _own_spreads(rows, parts), np.array(rows.sources)
    groups = {"all": np.ones(len(own), dtype=bool)} | {source: names == source for source in sorted(parts)}
    return [_coverage(group, rows.logs[mask], own[mask]) for group, mask in groups.items()]


def _coverage(group: str, logs: Floats, own: Floats) -> Coverage:
    beyond = np.maximum(np.abs(logs) - P90 * own, 0.0)
    width = 2 * P90 * own
    score = width + 2 / _BEYOND * beyond
    return Coverage(group, len(logs), float(np.mean(beyond == 0)), float(width.mean()), float(score.mean()))


_HEAD = """\
# How far step times are from their prediction: parts of the standard deviation of the logarithm of measured over predicted.
# `flopwatt.bench.step_time.spread_fit` has the method. Written by `python -m flopwatt.bench.step_time --write`.
#"""


def render(fitted: FittedSpreads, rows: Residuals, date: str) -> str:
    """Write configs/prior/step_time_spread.toml as text.

    Parameters
    ----------
    fitted
        The spreads.
    rows
        What they were fitted to.
    date
        Of the newest software among the step times.
    """
    import tomlkit

    (within, *_), (nested, *_) = coverages(rows, dict.fromkeys(fitted.without, fitted.whole)), coverages(rows, fitted.without)
    lines = [
        f"# {within.n} step times, each predicted without its source: P10 to P90 holds {within.inside:.0%}",
        f"# the same by spreads fitted without its source too: {nested.inside:.0%}",
    ]
    document = start_document("\n".join([_HEAD, *lines]))
    for name, belief in beliefs().items():
        source = f"fitted to {within.n} step times, each predicted without its source; believed beforehand {belief.guess:g}: "
        source += belief.why
        document[name] = {"value": significant(fitted.whole[name], 3), "unit": "", "source": source, "date": date}
    return tomlkit.dumps(document)
