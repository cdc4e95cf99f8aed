"""Scrambled Sobol points, bit for bit SciPy's, without the half second that its statistics take to import.

Sobol's sequence (1967) with the direction numbers of Joe and Kuo (2008), in Gray code's order (Antonov and Saleev 1979), under
a linear matrix scramble (Matousek 1998) and a digital shift. SciPy keeps the direction numbers in a file of its own; where that
file is not as it is known here, `scipy.stats.qmc` draws the points.
"""

import importlib.util
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.uint32]
BITS = 30  # of a coordinate, as SciPy has it where nothing is said
_NUMBERS = "_sobol_direction_numbers.npz"


def sobol_points(draws: int, dimensions: int, seed: int) -> Floats:
    """Draw the first scrambled Sobol points, multiples of 2**-30 in [0, 1).

    Parameters
    ----------
    draws
        How many points, at most 2**30.
    dimensions
        Numbers of a point.
    seed
        Of the scrambling: the same seed gives the same points.

    Returns
    -------
    Floats
        An array (draws, dimensions).
    """
    numbers = _direction_numbers(dimensions)
    if numbers is None:
        return _scipy_points(draws, dimensions, seed)
    generator = np.random.default_rng(seed).spawn(1)[0]  # as SciPy does, which leaves its caller's generator as it was
    directions, shift = _scrambled(_directions(*numbers), generator)
    return np.asarray(_gray_sums(directions, shift, draws) * 2.0**-BITS)


def _scipy_points(draws: int, dimensions: int, seed: int) -> Floats:
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    try:
        engine = qmc.Sobol(dimensions, scramble=True, rng=generator)
    except TypeError:  # before SciPy 1.15 the parameter was called seed
        engine = qmc.Sobol(dimensions, scramble=True, seed=generator)
    return np.asarray(engine.random_base2((draws - 1).bit_length())[:draws])


def _direction_numbers(dimensions: int) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Read SciPy's polynomials and first direction numbers of each dimension; None where they are not where they were."""
    spec = importlib.util.find_spec("scipy")
    places = spec.submodule_search_locations if spec is not None else None
    for place in places or ():
        try:
            with np.load(Path(place) / "stats" / _NUMBERS, allow_pickle=False) as file:
                polynomials, first = file["poly"][:dimensions], file["vinit"][:dimensions]
        except (OSError, KeyError, ValueError, zipfile.BadZipFile):
            continue
        if polynomials.shape == (dimensions,) and first.ndim == 2 and len(first) == dimensions:
            return polynomials, first
    return None


def _directions(polynomials: NDArray[Any], first: NDArray[Any]) -> Words:
    """Compute every dimension's direction numbers (dimensions, bits), the highest bit first, by Bratley and Fox (1988)."""
    result = np.ones((len(polynomials), BITS), np.uint32)
    for row, polynomial, start in zip(result[1:], polynomials.tolist()[1:], first.tolist()[1:], strict=True):
        degree = polynomial.bit_length() - 1
        numbers = start[:degree]
        for j in range(degree, BITS):
            number = numbers[j - degree]
            for k in range(1, degree + 1):
                if polynomial >> (degree - k) & 1:
                    number ^= numbers[j - k] << k
            numbers.append(number)
        row[:] = numbers
    return result << np.arange(BITS - 1, -1, -1, dtype=np.uint32)


def _scrambled(directions: Words, generator: np.random.Generator) -> tuple[Words, Words]:
    """Multiply the directions' bits by random lower triangular matrices, and draw each dimension's shift."""
    dimensions = len(directions)
    places = np.arange(BITS, dtype=np.uint32)
    bits = generator.integers(2, size=(dimensions, BITS), dtype=np.uint32)
    shift = (bits << places).sum(axis=1, dtype=np.uint32)
    lower = np.tril(generator.integers(2, size=(dimensions, BITS, BITS), dtype=np.uint32))
    lower[:, places, places] = 1
    highest_first = places[::-1]
    rows = (lower << highest_first).sum(axis=2, dtype=np.uint32)  # (dimensions, bits of the result)
    common = rows[:, :, None] & directions[:, None, :]  # (dimensions, bits of the result, directions)
    return (_parity(common) << highest_first[:, None]).sum(axis=1, dtype=np.uint32), shift


def _parity(words: Words) -> Words:
    """Tell of each word whether an odd number of its bits is set."""
    for distance in (16, 8, 4, 2, 1):
        words = words ^ (words >> np.uint32(distance))
    return words & np.uint32(1)


def _gray_sums(directions: Words, shift: Words, draws: int) -> Words:
    """Join the shift and the directions that the bits of each number's Gray code name: (draws, dimensions).

    The codes of the second half of 2**n numbers are those of the first with the bits n - 1 and, from two on, n - 2 changed.
    """
    sums = shift[None, :]
    for n in range((draws - 1).bit_length()):
        change = directions[:, n] ^ (directions[:, n - 1] if n else np.uint32(0))
        sums = np.concatenate((sums, sums ^ change))
    return sums[:draws]
