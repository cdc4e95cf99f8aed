"""An estimate of one run: medians and P10 to P90 of what it takes, and what drives the spread."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
_MANY_DRAWS = 2**10  # from which inputs that do not matter are not in the way, and all outputs are split at once
_NOTHING = (0.0, 0.0)  # a share and its error
_MIN_SHARE_DRAWS = 128  # of fewer, the shares' errors are themselves too uncertain: 96 draws made up a third of a variance


@dataclass(frozen=True)
class Spread:
    """A quantity's median, P10 and P90 over the draws.

    Parameters
    ----------
    median, low, high
        The median, P10 and P90 in the quantity's own unit. Low and high are None where nothing that the quantity depends on is
        drawn, the median is None where the quantity needs a fact that is not published. Infinite where so many draws are.
    error
        The Monte-Carlo standard error of the worst of the three that are finite, as a share of it.
    endless
        The share (0 to 1) of draws in which no number of chips meets the stated time: the chips are infinite there.
    missing
        The facts that are not published, by quantity.
    """

    quantity: Quantity
    median: float | None
    low: float | None = None
    high: float | None = None
    error: float = 0.0
    endless: float = 0.0
    missing: tuple[str, ...] = ()

    def entry(self) -> dict[str, Any]:
        """Return unit, median, P10 and P90 as JSON has them, which has no infinity."""
        ends = {"median": self.median, "low": self.low, "high": self.high}
        finite = {name: end if end is None or math.isfinite(end) else None for name, end in ends.items()}
        return {"unit": self.quantity.unit, **finite}


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
    def endless(self) -> float:
        """The share (0 to 1) of draws in which no number of chips meets the stated time."""
        return max((spread.endless for spread in self.spreads.values()), default=0.0)

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
    spreads = _spreads(scenario, problem, values)
    columns = _columns(problem)
    drawn = {shown_name(name): column for name, column in columns.items() if name in scenario.drawn}
    varying = {name: values[name] for name, spread in spreads.items() if spread.low is not None and name not in drawn}
    behind = {name: {shown_name(item) for item in scenario.drawn_behind(name)} for name in varying}
    return Estimate(spreads, *variance_shares(varying, drawn, behind), draws)


def spreads_alone(scenario: Scenario, targets: Sequence[str], draws: int, seed: int = 0) -> dict[str, Spread]:
    """Return the spreads of an estimate, without what drives them.

    Parameters
    ----------
    scenario, targets, draws, seed
        As of `estimate`.

    Raises
    ------
    InputError
        Where a target becomes infinite.
    """
    problem = scenario.problem(draws, seed)
    return _spreads(scenario, problem, evaluate(problem, targets))


def _spreads(scenario: Scenario, problem: Problem, values: Mapping[str, Floats]) -> dict[str, Spread]:
    in_time = np.isfinite(_columns(problem)["chip_count"]) if scenario.solve else np.array(True)
    return {name: _spread(problem, name, column, in_time) for name, column in values.items()}


def _columns(problem: Problem) -> dict[str, Floats]:
    return {name: column for axis in problem.grid.axes for name, column in axis.columns.items()}


def _spread(problem: Problem, name: str, values: Floats, in_time: NDArray[np.bool_]) -> Spread:
    item = problem.model[name]
    if np.isnan(values).all():
        return Spread(item, None, missing=_missing(problem, name))
    shown: Floats = np.ravel(units.from_base(values, item.unit))
    if (np.isinf(shown) & in_time).any():
        raise InputError(f"{name} becomes infinite: an input is far smaller or larger than anything real; see what was stated")
    endless = float(np.isinf(shown).mean())
    shown.sort()
    if shown[0] == shown[-1] or shown[-1] - shown[0] <= ROUNDING * abs(shown[-1]) < math.inf:
        return Spread(item, float(shown[0]), endless=endless)
    low, median, high = (_at(shown, share) for share in (LOW, MEDIAN, HIGH))
    errors = (sampling_error(shown, share) for share in (LOW, MEDIAN, HIGH))
    return Spread(item, median, low, high, max(filter(math.isfinite, errors), default=0.0), endless)


def _at(rising: Floats, share: float) -> float:
    """Interpolate the quantile of values that rise, at a share from 0 to 1 of them."""
    place = min(max(share, 0.0), 1.0) * (len(rising) - 1)
    below = math.floor(place)
    low, high = float(rising[below]), float(rising[min(below + 1, len(rising) - 1)])
    return low if place == below or low == high else low + (place - below) * (high - low)


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
    return (above - below) / 2 / abs(at) if at and math.isfinite(at) else 0.0


def variance_shares(
    outputs: Mapping[str, Floats], inputs: Mapping[str, Floats], behind: Mapping[str, Collection[str]] | None = None
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Estimate the first-order Sobol indices (0 to 1) of each output's logarithm, largest first, from the draws themselves.

    The first _SHARE_DRAWS draws are enough for that; fewer than _MIN_SHARE_DRAWS tell nothing, and nothing is said.

    Parameters
    ----------
    outputs, inputs
        Their values at each draw.
    behind
        By output, the inputs that it depends on; the others explain nothing of it. All, where it is left out.

    Returns
    -------
    tuple
        The indices and their standard errors, by output and input.
    """
    columns = {name: column[:_SHARE_DRAWS] for name, column in inputs.items()}
    draws = min(map(len, columns.values()), default=0)
    if draws < _MIN_SHARE_DRAWS:
        return {output: {} for output in outputs}, {output: {} for output in outputs}
    shares, errors = {}, {}
    alike: dict[frozenset[str], dict[str, Floats]] = {}
    for output, values in outputs.items():
        matters = frozenset(inputs if behind is None or draws >= _MANY_DRAWS else behind[output])
        alike.setdefault(matters, {})[output] = values[:_SHARE_DRAWS] if values.ndim else np.full(draws, values)
    for matters, of_outputs in alike.items():
        split = _shares(of_outputs, {name: column for name, column in columns.items() if name in matters})
        for output, by_input in split.items():
            known = {n: by_input.get(n, _NOTHING) if behind is None or n in behind[output] else _NOTHING for n in inputs}
            order = sorted(known, key=lambda name: -known[name][0])
            shares[output] = {name: known[name][0] for name in order}
            errors[output] = {name: known[name][1] for name in order}
    return shares, errors


def _shares(outputs: Mapping[str, Floats], inputs: Mapping[str, Floats]) -> dict[str, dict[str, tuple[float, float]]]:
    """Estimate the share of each input in each output's logarithm, and its error; none where there is no input."""
    if not inputs:
        return {output: {} for output in outputs}
    with np.errstate(all="ignore"):
        logs = np.log(np.stack(list(outputs.values())))
    known = np.isfinite(logs)
    count = np.maximum(known.sum(axis=1), 1)
    means = np.where(known, logs, 0.0).sum(axis=1) / count
    variance = np.where(known, (logs - means[:, None]) ** 2, 0.0).sum(axis=1) / count
    split = column_shares(list(inputs.values()), logs, known.astype(np.float64), np.where(variance > 0, variance, np.nan))
    pairs = np.nan_to_num(np.stack([split.shares, split.errors], axis=-1)).tolist()
    return {output: dict(zip(inputs, map(tuple, rows), strict=True)) for output, rows in zip(outputs, pairs, strict=True)}
