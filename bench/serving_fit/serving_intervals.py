"""Fit how far measured serving is from its prediction, on rows each predicted without its model and without its source.

Method: maximum a posteriori, then one factor. The logarithm of measured over predicted throughput or latency is the sum of a
deviation that all rows of one source and model share, normal, and one of the row's own, Student's t: few rows are far off for
reasons that no share tells. The row's scale is sqrt(base^2 + sum of (coefficient x share)^2), as in the step times' own spread,
whose likelihood this is. Then all parts are multiplied by one factor, at which P10 to P90 of normal distributions hold `INSIDE`
of the rows, n like ones weighing as the square root of n. Power's spread is one number, at which they hold `INSIDE_POWER` of
the rows without their model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..stats.distributions import P90
from ..step_time.spread_fit import Residuals, log_likelihood
from .measured import ServedFigure
from .serving_constants import ConstantFit, beliefs

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
# Of the rows that P10 to P90 holds where models and sources are left out; of rows of what was fitted on it holds a tenth more.
INSIDE = 0.76
INSIDE_POWER = 0.84  # without their model alone: more than of times, since nearly all of them are of one source and chip
SHARES = {"serving_spread_experts": "expert_product_share", "serving_spread_bits": "precision_bits"}
POWER_SPREAD = "serving_power_spread"
TIMES = (
    ServedFigure.THROUGHPUT,
    ServedFigure.DECODE_THROUGHPUT,
    ServedFigure.INPUT_THROUGHPUT,
    ServedFigure.LATENCY,
    ServedFigure.TOKEN_TIME,
    ServedFigure.INTERACTIVITY,
    ServedFigure.FIRST_TOKEN,
)
POWERS = (ServedFigure.CHIP_POWER, ServedFigure.WALL_POWER)


@dataclass(frozen=True)
class Held:
    """How well intervals hold measured values of a group: rows, median error, the share inside P10 to P90."""

    group: str
    n: int
    median: float
    inside: float


def of_kind(fit: ConstantFit, kinds: Sequence[ServedFigure]) -> Mask:
    """Tell which rows measured one of several quantities."""
    return np.array([case.counted.measured in kinds for case in fit.cases])


def shares(fit: ConstantFit) -> Floats:
    """Compute the shares that widen a row's spread, a column each: products of experts, bits that products lack."""
    one = np.ones(len(fit.cases))
    values = fit.served.evaluate({}, one, list(SHARES.values()))
    experts = np.broadcast_to(values["expert_product_share"], one.shape)
    return np.column_stack([experts, 1 - np.broadcast_to(values["precision_bits"], one.shape) / 16])


def spread_parts(fit: ConstantFit, left_out: Sequence[Floats]) -> dict[str, float]:
    """Fit base, source's deviation and coefficients to rows that were left out, by the input's name; power's spread with them.

    Parameters
    ----------
    fit
        The rows.
    left_out
        The logarithm of measured over predicted of every row, once for each way to leave it out, that without its model first.
    """
    from scipy.optimize import minimize

    time, believed = of_kind(fit, TIMES), beliefs().spread
    own, groups = shares(fit)[time], tuple(f"{c.family} {c.model}" for c, kept in zip(fit.cases, time, strict=True) if kept)
    sets = [Residuals(off[time], own, fit.weights[time], groups) for off in left_out]
    names = list(believed)
    middle = np.log([belief.guess for belief in believed.values()])
    wide = np.array([belief.spread for belief in believed.values()])

    def loss(x: Floats) -> float:
        likely = sum(log_likelihood(rows, np.exp(x)) for rows in sets) / len(sets)
        return float(0.5 * np.sum(((x - middle) / wide) ** 2)) - likely

    optimum = minimize(loss, middle, method="L-BFGS-B", options={"ftol": 1e-6})
    parts = dict(zip(names, np.exp(optimum.x).tolist(), strict=True))
    scales = spreads(fit, parts)[time]
    deviates = np.concatenate([np.abs(rows.logs) / scales for rows in sets])
    factor = _weighted_quantile(deviates, np.tile(fit.weights[time], len(sets))) / P90
    power = of_kind(fit, POWERS)
    own_power = _weighted_quantile(np.abs(left_out[0][power]), fit.weights[power], INSIDE_POWER) / P90
    return {name: factor * value for name, value in parts.items()} | {POWER_SPREAD: own_power}


def spreads(fit: ConstantFit, parts: Mapping[str, float]) -> Floats:
    """Compute each row's standard deviation of the logarithm, as the quantity ``serving_time_spread`` does."""
    own = dict(parts)
    coefficients = np.array([own[name] for name in SHARES])
    base = own["serving_step_spread"] ** 2 + own["serving_spread_source"] ** 2
    return np.asarray(np.sqrt(base + (shares(fit) ** 2) @ coefficients**2))


def held(fit: ConstantFit, off: Floats, parts: Mapping[str, float], kinds: Sequence[ServedFigure]) -> list[Held]:
    """Summarise errors and coverage of some quantities: of all rows, then by source.

    Parameters
    ----------
    fit
        The rows.
    off
        The logarithm of measured over predicted, by row.
    parts
        The spreads, as `spread_parts` finds them.
    kinds
        The quantities.
    """
    time = np.zeros(len(off)) if set(kinds) <= set(POWERS) else spreads(fit, parts)
    power = 0.0 if set(kinds) <= set(TIMES) else parts[POWER_SPREAD]
    own = np.sqrt(time**2 + power**2)  # energy is power over throughput, and has both
    mask, families = of_kind(fit, kinds), np.array([case.family for case in fit.cases])
    groups = {"all": mask} | {family: mask & (families == family) for family in sorted(set(families[mask].tolist()))}
    return [_summary(group, off[rows], own[rows]) for group, rows in groups.items() if rows.any()]


def _summary(group: str, off: Floats, own: Floats) -> Held:
    errors = np.abs(np.expm1(-off))  # of the prediction, over the measured value
    return Held(group, len(off), float(np.median(errors)), float(np.mean(np.abs(off) <= P90 * own)))


def _weighted_quantile(values: Floats, weights: Floats, share: float = INSIDE) -> float:
    """Return the value that a share of the weight lies at or below."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][np.searchsorted(below, share)])
