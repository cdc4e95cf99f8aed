"""Joint draws: scrambled Sobol points turned into numbers by inverse distribution functions.

==============  ==================  =========================================================================
distribution    parameters          meaning
==============  ==================  =========================================================================
``uniform``     [low, high]         every number between them equally likely
``normal``      [mean, sd]          mean and standard deviation, both in the quantity's unit
``lognormal``   [median, sigma]     the median, and the standard deviation of the natural logarithm (a plain number)
``triangular``  [low, mode, high]   rises linearly to the mode and falls linearly after it
``values``      [a, b, c, ...]      each with the same share
==============  ==================  =========================================================================
"""

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...kernels.errors import FlopwattError

Floats = NDArray[np.float64]
P90 = 1.2815515655446004  # of a standard normal deviate


class DrawError(FlopwattError, ValueError):
    """A distribution's parameters are not valid."""


# name -> (what its parameters are called, which of them carry the quantity's unit)
DISTRIBUTIONS: dict[str, tuple[tuple[str, ...], tuple[bool, ...]]] = {
    "uniform": (("low", "high"), (True, True)),
    "normal": (("mean", "sd"), (True, True)),
    "lognormal": (("median", "sigma"), (True, False)),
    "triangular": (("low", "mode", "high"), (True, True, True)),
}
BOUNDED = ("uniform", "triangular")  # draw between their first and last parameter


def sobol(draws: int, dimensions: int, seed: int) -> Floats:
    """Draw scrambled Sobol points in the open interval (0, 1).

    SciPy's points (Owen 1998, Matousek 1998 linear scrambling), kept on disk.

    Parameters
    ----------
    draws
        How many points.
    dimensions
        Numbers of a point.
    seed
        Of the scrambling: the same seed gives the same points.

    Returns
    -------
    Floats
        An array (draws, dimensions).
    """
    from .array_cache import cached_array

    def make() -> Floats:
        from .sobol import sobol_points

        # the points are multiples of 2**-30 with 0 among them: move each to the middle of its cell
        return np.asarray(sobol_points(draws, dimensions, seed) + 2.0**-31)

    return cached_array(("sobol", draws, dimensions, seed), make)


def check(distribution: str, parameters: Sequence[float]) -> None:
    """Raise DrawError where the parameters (in base units) do not make a distribution."""
    names, _ = DISTRIBUTIONS[distribution]
    if len(parameters) != len(names):
        raise DrawError(f"{distribution} takes [{', '.join(names)}], not {len(parameters)} numbers")
    p = list(parameters)
    if distribution in BOUNDED and not (p == sorted(p) and p[0] < p[-1]):
        raise DrawError(f"{distribution} = [{', '.join(names)}] must rise, with {names[0]} below {names[-1]}")
    if distribution in ("normal", "lognormal") and not p[1] > 0:
        raise DrawError(f"{distribution}'s {names[1]} must be above 0")
    if distribution == "lognormal" and not p[0] > 0:
        raise DrawError("lognormal's median must be above 0")


def inverse(distribution: str, parameters: Sequence[float], u: Floats) -> Floats:
    """Return the numbers whose cumulative probability is ``u``.

    Parameters
    ----------
    distribution
        A name of `DISTRIBUTIONS`.
    parameters
        Its parameters in base units, which `check` must have passed.
    u
        Probabilities in the open interval (0, 1): an array (n).

    Returns
    -------
    Floats
        Numbers in base units (n).
    """
    with np.errstate(all="ignore"):  # who draws checks the numbers
        return _inverse(distribution, parameters, u)


def _inverse(distribution: str, parameters: Sequence[float], u: Floats) -> Floats:
    if distribution == "uniform":
        low, high = parameters
        return low + (high - low) * u
    if distribution == "normal":
        mean, sd = parameters
        return mean + sd * _normal(u)
    if distribution == "lognormal":
        median, sigma = parameters
        return np.asarray(median * np.exp(sigma * _normal(u)))
    low, mode, high = parameters
    width = high - low
    rising = u < (mode - low) / width
    left = low + np.sqrt(u * width * (mode - low))
    right = high - np.sqrt((1 - u) * width * (high - mode))
    return np.where(rising, left, right)


def lognormal_interval(median: float, sigma: float) -> tuple[float, float]:
    """Return P10 and P90 of a lognormal quantity, in its unit.

    Parameters
    ----------
    median
        In that unit.
    sigma
        The standard deviation of the logarithm.
    """
    factor = math.exp(P90 * sigma)
    return median / factor, median * factor


def choose(values: Floats, u: Floats) -> Floats:
    """Pick a value for each ``u`` of the interval [0, 1), each value with the same share of it."""
    return values[np.minimum((u * len(values)).astype(np.int64), len(values) - 1)]


def _normal(u: Floats) -> Floats:
    if len(u) > 50_000:
        from scipy.special import ndtri

        return np.asarray(ndtri(u))
    return np.frombuffer(_few_normal(np.ascontiguousarray(u, dtype=np.float64).tobytes()))


@functools.lru_cache(maxsize=32)
def _few_normal(u: bytes) -> bytes:
    """Compute deviates without SciPy, whose import takes longer; runs that are compared draw at the same probabilities."""
    from statistics import NormalDist

    standard = NormalDist()
    return np.array([standard.inv_cdf(p) for p in np.frombuffer(u).tolist()]).tobytes()
