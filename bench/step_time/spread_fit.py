"""Fit how far step times are from their prediction, on published ones each predicted without its source.

Method: maximum a posteriori. The logarithm of measured over predicted time is the sum of a deviation that all rows of a source
share, normal, and one of the row's own, Student's t around it with `FREEDOM` degrees of freedom: few rows are far off for
reasons that no share tells. The row's scale is sqrt(base^2 + sum of (coefficient x share)^2), times a factor that all rows of a
source share, lognormal: some publishers measure more alike than others. So sixty like rows of one source count as one source.
Both shared deviations are integrated out: the first on a grid, since sixty rows know it to within some 0.5%, the second by
Gauss-Hermite quadrature. What is written is the normal distribution that has the
same P10 and P90: base and coefficients times `tail_factor`.

References: Gelman et al., Bayesian Data Analysis, 3rd edition, chapters 5 and 17 (hierarchical models, Student's t); Gneiting
and Raftery 2007, Strictly proper scoring rules, section 6.2 (the interval score).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ... import configs
from ...kernels.validation.plain_tests import NO_OTHER_KEYS
from ...kernels.validation.validator import Validator
from ..prior.features import Floats
from ..terminal.numbers import significant
from ..terminal.toml_text import start_document
from . import left_out, predict
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
}
FREEDOM = 5.0
SCALE_DEVIATION = 0.3  # of the logarithm of the factor that a source's rows share
INSIDE = 0.8  # of measured times that P10 to P90 should hold
_SHIFTS = np.linspace(-0.5, 0.5, 201)  # of what a source's rows share
_SCALE_NODES = 5


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
    sources
        The source of each row.
    """

    logs: Floats
    shares: Floats
    sources: tuple[str, ...]

    def of(self, source: str, keep: bool = True) -> "Residuals":
        """Return the rows of a source, or all others."""
        mask = np.array([(own == source) == keep for own in self.sources])
        sources = tuple(own for own, taken in zip(self.sources, mask.tolist(), strict=True) if taken)
        return Residuals(self.logs[mask], self.shares[mask], sources)


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
        values = predict.evaluate({**predict.inputs(steps, targets), **fits[group]}, targets)
        logs[places] = np.log([case.seconds for case in steps]) - np.log(values["predicted_step_time"])
        shares[places] = np.column_stack([np.broadcast_to(values[name], len(steps)) for name in SHARES.values()])
    return Residuals(logs, shares, tuple(groups))


def fit_spreads(rows: Residuals) -> dict[str, float]:
    """Fit base, the source's deviation and the coefficients, as those of a normal distribution, by the input's name."""
    from scipy.optimize import minimize

    believed = beliefs()
    names = [BASE, SOURCE, *SHARES]
    middle = np.log([believed[name].guess for name in names])
    wide = np.array([believed[name].spread for name in names])

    def loss(x: Floats) -> float:
        return float(0.5 * np.sum(((x - middle) / wide) ** 2)) - log_likelihood(rows, np.exp(x))

    values = np.exp(minimize(loss, middle, method="L-BFGS-B").x)
    factor = tail_factor()
    return {name: float(value if name == SOURCE else factor * value) for name, value in zip(names, values, strict=True)}


def log_likelihood(rows: Residuals, parts: Floats) -> float:
    """Return the logarithm of the likelihood of base, the source's deviation and the coefficients of `SHARES`."""
    base, shared, coefficients = parts[0], parts[1], parts[2:]
    scales = np.sqrt(base**2 + (rows.shares**2) @ coefficients**2)
    scale, of_scale = _nodes(_SCALE_NODES)
    names, place = np.unique(rows.sources, return_inverse=True)
    own = scales[:, None, None] * np.exp(SCALE_DEVIATION * scale)
    density = _log_student((rows.logs[:, None, None] - _SHIFTS[:, None]) / own) - np.log(own)
    by_source = np.zeros((len(names), len(_SHIFTS), len(scale)))
    np.add.at(by_source, place, density)
    by_source += -0.5 * (_SHIFTS[:, None] / shared) ** 2 - np.log(shared) + np.log(of_scale)
    top = by_source.max(axis=(1, 2), keepdims=True)
    return float(np.sum(top[:, 0, 0] + np.log(np.exp(by_source - top).sum(axis=(1, 2)))))


def _nodes(count: int) -> tuple[Floats, Floats]:
    """Return nodes and weights (that sum to 1) of a standard normal's quadrature."""
    nodes, of_nodes = np.polynomial.hermite_e.hermegauss(count)
    return nodes, of_nodes / of_nodes.sum()


def _log_student(z: Floats) -> Floats:
    """Return the logarithm of Student's t density, but for its constant."""
    return np.asarray(-(FREEDOM + 1) / 2 * np.log1p(z**2 / FREEDOM))


def tail_factor() -> float:
    """Return how many times wider a normal distribution is that has P10 and P90 of a row's own deviation of scale 1."""
    from scipy.optimize import brentq
    from scipy.stats import t

    scale, of_scale = _nodes(_SCALE_NODES)
    scales = np.exp(SCALE_DEVIATION * scale)
    end = brentq(lambda z: float(of_scale @ (2 * t.cdf(z / scales, FREEDOM) - 1)) - INSIDE, 0.1, 10.0)
    return float(end) / predict.P90


def spreads(rows: Residuals, parts: Mapping[str, float]) -> Floats:
    """Return each row's standard deviation of the logarithm, as the quantity ``step_time_spread`` computes it."""
    coefficients = np.array([parts[name] for name in SHARES])
    return np.asarray(np.sqrt(parts[BASE] ** 2 + parts[SOURCE] ** 2 + (rows.shares**2) @ coefficients**2))


def spreads_without(rows: Residuals) -> dict[str, dict[str, float]]:
    """Fit the spreads once without the rows of each source, by source."""
    return {source: fit_spreads(rows.of(source, keep=False)) for source in dict.fromkeys(rows.sources)}


def coverages(rows: Residuals, parts: Mapping[str, Mapping[str, float]]) -> list[Coverage]:
    """Summarise how well intervals hold the rows: of all, then by source, each by its own source's parts."""
    own = np.empty(len(rows.logs))
    for source, values in parts.items():
        mask = np.array(rows.sources) == source
        own[mask] = spreads(rows.of(source), values)
    groups = {"all": np.ones(len(own), dtype=bool)}
    groups |= {source: np.array(rows.sources) == source for source in sorted(parts)}
    return [_coverage(group, rows.logs[mask], own[mask]) for group, mask in groups.items()]


def _coverage(group: str, logs: Floats, own: Floats) -> Coverage:
    beyond = np.maximum(np.abs(logs) - predict.P90 * own, 0.0)
    width = 2 * predict.P90 * own
    score = width + 2 / (1 - INSIDE) * beyond
    return Coverage(group, len(logs), float(np.mean(beyond == 0)), float(width.mean()), float(score.mean()))


_HEAD = """\
# How far step times are from their prediction: parts of the standard deviation of the logarithm of measured over predicted, a
# normal distribution that has its P10 and P90. `flopwatt.bench.step_time.spread_fit` has the method.
# Written by `python -m flopwatt.bench.step_time --write`.
#"""


def render(parts: Mapping[str, float], rows: Residuals, without: Mapping[str, Mapping[str, float]], date: str) -> str:
    """Write configs/prior/step_time_spread.toml as text.

    Parameters
    ----------
    parts
        The fitted spreads.
    rows
        What they were fitted on.
    without
        The spreads fitted without each source.
    date
        Of the newest software among the step times.
    """
    import tomlkit

    (within, *_), (nested, *_) = coverages(rows, dict.fromkeys(without, parts)), coverages(rows, without)
    lines = [
        f"# {within.n} step times, each predicted without its source: P10 to P90 holds {within.inside:.0%}, mean width {within.width:.2f}",
        f"# the same by spreads fitted without its source too: {nested.inside:.0%}, mean width {nested.width:.2f}",
    ]
    document = start_document("\n".join([_HEAD, *lines]))
    for name, belief in beliefs().items():
        source = f"fitted to {within.n} step times predicted without their source; believed beforehand {belief.guess:g}: {belief.why}"
        document[name] = {"value": significant(parts[name], 3), "unit": "", "source": source, "date": date}
    return tomlkit.dumps(document)
