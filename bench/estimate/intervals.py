"""An estimate of one run: medians and P10 to P90 of what it takes, and what drives the spread."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ...kernels.model.questions import Problem
from ...kernels.reductions.column_shares import column_shares
from ..errors import InputError
from ..prior.drawn_inputs import TARGETS, shown_name
from ..prior.features import Floats
from .scenario import Scenario, evaluate

LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9
DRAWS = 2**14
ROUNDING = 1e-9  # values that differ by less are one
_SHARE_DRAWS = 2**12  # for the inputs' shares of a variance


@dataclass(frozen=True)
class Spread:
    """A quantity's median, P10 and P90 over the draws.

    Parameters
    ----------
    median, low, high
        The median, P10 and P90 in the quantity's own unit. Low and high are None where nothing that the quantity depends on is
        drawn, the median is None where the quantity needs a fact that is not published.
    error
        The Monte-Carlo standard error of the worst of the three, as a share of it.
    undefined
        The share (0 to 1) of draws in which no number of chips meets the stated time; they are left out.
    missing
        The facts that are not published, by quantity.
    """

    quantity: Quantity
    median: float | None
    low: float | None = None
    high: float | None = None
    error: float = 0.0
    undefined: float = 0.0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """The spread of each target, and what drives it.

    Parameters
    ----------
    shares
        By target and drawn input, the share (0 to 1) of the variance of the target's logarithm that the input explains alone.
    share_errors
        The standard errors of these, alike.
    draws
        The number of joint draws.
    """

    spreads: Mapping[str, Spread]
    shares: Mapping[str, Mapping[str, float]]
    share_errors: Mapping[str, Mapping[str, float]]
    draws: int

    @property
    def undefined(self) -> float:
        """The greatest share (0 to 1) of draws that any quantity had to leave out."""
        return max((spread.undefined for spread in self.spreads.values()), default=0.0)

    @property
    def error(self) -> float:
        """The greatest Monte-Carlo standard error of any end of an interval, as a share of it."""
        return max((spread.error for spread in self.spreads.values()), default=0.0)


def estimate(scenario: Scenario, targets: Sequence[str] = TARGETS, draws: int = DRAWS, seed: int = 0) -> Estimate:
    """Evaluate the targets on joint draws, as a grid of one axis, and take their quantiles.

    Parameters
    ----------
    targets
        The quantities to estimate.
    draws, seed
        The number of joint draws, and the seed of their scrambled Sobol points.

    Raises
    ------
    InputError
        Where a target becomes infinite.
    """
    problem = scenario.problem(draws, seed)
    values = evaluate(problem, targets)
    spreads = {name: _spread(problem, name, values[name]) for name in targets}
    columns = ((name, column) for axis in problem.grid.axes for name, column in axis.columns.items())
    drawn = {shown_name(name): column for name, column in columns if name in scenario.drawn}
    varying = {name: values[name] for name, spread in spreads.items() if spread.low is not None and name not in drawn}
    return Estimate(spreads, *variance_shares(varying, drawn), draws)


def _spread(problem: Problem, name: str, values: Floats) -> Spread:
    item = problem.model[name]
    if np.isnan(values).all():
        return Spread(item, None, missing=_missing(problem, name))
    shown: Floats = units.from_base(values[~np.isnan(values)], item.unit)
    undefined = 1 - len(shown) / len(values)
    if np.isinf(shown).any():
        raise InputError(f"{name} becomes infinite: an input is far smaller or larger than anything real; see what was stated")
    shown.sort()
    if shown[-1] - shown[0] <= ROUNDING * abs(shown[-1]):
        return Spread(item, float(shown[0]), undefined=undefined)
    low, median, high = (_at(shown, share) for share in (LOW, MEDIAN, HIGH))
    error = max(sampling_error(shown, share) for share in (LOW, MEDIAN, HIGH))
    return Spread(item, median, low, high, error, undefined)


def _at(rising: Floats, share: float) -> float:
    """Interpolate the quantile of values that rise, at a share from 0 to 1 of them."""
    place = min(max(share, 0.0), 1.0) * (len(rising) - 1)
    below = math.floor(place)
    above = min(below + 1, len(rising) - 1)
    return float(rising[below] + (place - below) * (rising[above] - rising[below]))


def _missing(problem: Problem, name: str) -> tuple[str, ...]:
    """Find the inputs of a quantity that have no value and that it cannot do without (an FP8 peak does not matter in BF16).

    Where it can do without any one of them, but not without all, the first that is enough by itself is named.
    """
    columns = {n: c for axis in problem.grid.axes for n, c in axis.columns.items()}
    inputs = problem.model.inputs([name], problem.held())
    absent = [n for n in inputs if bool(np.isnan(columns.get(n, problem.given.get(n, math.nan))).all())]

    def unknown(given: Mapping[str, float]) -> bool:
        return bool(np.isnan(evaluate(replace(problem, given={**problem.given, **given}), [name])[name]).all())

    needed = tuple(n for n in absent if n in columns or unknown({**dict.fromkeys(absent, 1.0), n: math.nan}))
    enough = [n for n in absent if not needed and not unknown({n: 1.0})]
    return needed or tuple(enough[:1] or absent)


def sampling_error(rising: Floats, share: float) -> float:
    """Estimate the standard error of a quantile, as a share of it, for independent draws (Sobol points err less).

    ``rising`` are the draws in rising order, ``share`` (0 to 1) says which quantile. The error is half the distance between the
    order statistics one standard deviation of the binomial count away on either side (David and Nagaraja, Order Statistics,
    section 7.1).
    """
    deviation = math.sqrt(share * (1 - share) / len(rising))
    below, at, above = (_at(rising, p) for p in (share - deviation, share, share + deviation))
    return (above - below) / 2 / abs(at) if at else 0.0


def variance_shares(
    outputs: Mapping[str, Floats], inputs: Mapping[str, Floats]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Estimate the first-order Sobol indices (0 to 1) of each output's logarithm, largest first, from the draws themselves.

    The first _SHARE_DRAWS draws are enough for that.

    Returns
    -------
    tuple
        The indices and their standard errors, by output and input.
    """
    columns = [column[:_SHARE_DRAWS] for column in inputs.values()]
    if not columns or not outputs:
        return {output: {} for output in outputs}, {output: {} for output in outputs}
    with np.errstate(all="ignore"):
        logs = np.log(np.stack([np.broadcast_to(values[:_SHARE_DRAWS], columns[0].shape) for values in outputs.values()]))
    known = np.isfinite(logs)
    count = np.maximum(known.sum(axis=1), 1)
    means = np.where(known, logs, 0.0).sum(axis=1) / count
    variance = np.where(known, (logs - means[:, None]) ** 2, 0.0).sum(axis=1) / count
    split = column_shares(columns, logs, known.astype(np.float64), np.where(variance > 0, variance, np.nan))
    shares, errors = {}, {}
    for output, values, deviations in zip(outputs, np.nan_to_num(split.shares), np.nan_to_num(split.errors), strict=True):
        order = np.argsort(-values, kind="stable")
        names = list(inputs)
        shares[output] = {names[i]: float(values[i]) for i in order}
        errors[output] = {names[i]: float(deviations[i]) for i in order}
    return shares, errors
