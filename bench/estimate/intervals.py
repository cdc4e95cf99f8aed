"""An estimate of one run: medians and P10 to P90 of what it takes, and what drives the spread."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ...kernels.model.questions import Problem
from ..errors import InputError
from ..prior.drawn_inputs import TARGETS, shown_name
from ..prior.features import Floats
from .scenario import Scenario, evaluate

LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9
DRAWS = 2**14
ROUNDING = 1e-9  # values that differ by less are one
BINS = 64  # of an input's draws, for its share of the variance


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
    draws
        The number of joint draws.
    """

    spreads: Mapping[str, Spread]
    shares: Mapping[str, Mapping[str, float]]
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
    return Estimate(spreads, variance_shares(varying, drawn), draws)


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
    """Find the inputs of a quantity that have no value and that it cannot do without (an FP8 peak does not matter in BF16)."""
    columns = {n: c for axis in problem.grid.axes for n, c in axis.columns.items()}
    inputs = problem.model.inputs([name], problem.held())
    absent = [n for n in inputs if bool(np.isnan(columns.get(n, problem.given.get(n, math.nan))).all())]

    def needs(missing: str) -> bool:
        given = {**problem.given, **dict.fromkeys(absent, 1.0), missing: math.nan}
        return bool(np.isnan(evaluate(replace(problem, given=given), [name])[name]).all())

    return tuple(n for n in absent if n in columns or needs(n))


def sampling_error(rising: Floats, share: float) -> float:
    """Estimate the standard error of a quantile, as a share of it, for independent draws (Sobol points err less).

    ``rising`` are the draws in rising order, ``share`` (0 to 1) says which quantile. The error is half the distance between the
    order statistics one standard deviation of the binomial count away on either side (David and Nagaraja, Order Statistics,
    section 7.1).
    """
    deviation = math.sqrt(share * (1 - share) / len(rising))
    below, at, above = (_at(rising, p) for p in (share - deviation, share, share + deviation))
    return (above - below) / 2 / abs(at) if at else 0.0


def variance_shares(outputs: Mapping[str, Floats], inputs: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    """Estimate the first-order Sobol indices (0 to 1) of each output's logarithm, largest first, from the draws themselves.

    The draws are sorted by an input and cut into bins; the variance between the bins' means over the whole, less what chance
    puts between them, is the part that the input explains by itself (Plischke 2010, doi:10.1016/j.ress.2009.11.005). The
    first DRAWS draws are enough for that.
    """
    orders = {name: np.argsort(column[:DRAWS]) for name, column in inputs.items()}
    result = {}
    for output, values in outputs.items():
        with np.errstate(all="ignore"):
            logs = np.log(values[:DRAWS])
        shares = {name: _share(logs[order]) for name, order in orders.items()}
        result[output] = dict(sorted(shares.items(), key=lambda item: -item[1]))
    return result


def _share(logs: Floats) -> float:
    """Return the share (0 to 1) of the variance of values, sorted by an input, that lies between bins of neighbours."""
    logs = logs[np.isfinite(logs)]
    bins = min(BINS, len(logs) // 8)
    total = float(np.sum((logs - logs.mean()) ** 2)) if bins > 1 else 0.0
    if total == 0.0:
        return 0.0
    edges = np.linspace(0, len(logs), bins + 1).astype(np.int64)[:-1]
    counts = np.diff(np.r_[edges, len(logs)])
    means = np.add.reduceat(logs, edges) / counts
    between = float(np.sum(counts * (means - logs.mean()) ** 2))
    by_chance = (bins - 1) * (total - between) / (len(logs) - bins)
    return min(max((between - by_chance) / total, 0.0), 1.0)
