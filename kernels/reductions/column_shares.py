"""The part of a variance that each column of joint draws explains by itself, with its error, from the draws' means alone.

Sorted by a column and cut into bins of neighbours, with a line through each bin, the draws' means follow what the column does
by itself (given-data estimates of Sobol' indices: Plischke 2010, doi:10.1016/j.ress.2009.11.005). What the other columns do
would be noise in that, and more than what is looked for where there are some hundred draws: so what they do smoothly, a sum of
cubic polynomials (Li, Wang, Rabitz 2002, doi:10.1021/jp014567t), is taken off before. What chance puts between bins is taken
off the result. A column's part is its fit's covariance with the means, so that parts of a sum of columns add up to the whole
even where draws of two columns are a little alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from math import isqrt

import numpy as np

from ..model.grid import Floats, Ints

MIN_DRAWS = 16  # fewer have no neighbours to speak of
_MAX_BINS = 32
_DEGREE = 3  # of the polynomials
_DRAWS_PER_TERM = 4  # at least, of the polynomials' terms of all columns
_BLOCKS = 16  # of draws in their order, whose spread gives the error; a block of Sobol points is evenly spread in itself
_SLAB = 2**17  # means that are worked on at a time


@dataclass(frozen=True)
class ColumnShares:
    """What the columns explain of groups' variances.

    Parameters
    ----------
    shares
        Of the whole variance, from 0 to 1, with a last dimension over the columns.
    errors
        Their standard errors, alike.
    error_of_sum
        The standard error of the sum over the columns and of what else explains a known part.
    error_of_variance
        That of the whole variance, relative to it: shares of whatever else explains a known part err by as much.
    """

    shares: Floats
    errors: Floats
    error_of_sum: Floats
    error_of_variance: Floats


def column_shares(
    columns: Sequence[Floats], means: Floats, weights: Floats, variance: Floats, others: Floats | None = None
) -> ColumnShares:
    """Estimate the first-order Sobol' indices of columns that are drawn jointly.

    Parameters
    ----------
    columns
        The drawn values, each of the length of the draws; any unit.
    means
        The output's mean at each draw: groups by draws. It does not matter where the weight is 0.
    weights
        How much each draw counts, 0 or more: groups by draws.
    variance
        The output's whole variance in each group, above 0, what other inputs do at one draw included. NaN gives NaN.
    others
        The share of each group's variance that is known to be explained by what is not drawn; 0 without it.

    Returns
    -------
    ColumnShares
        Groups by columns. The errors come from how far blocks of the draws in their order are apart, and from what chance may
        put between bins. One column alone explains all that the means do.
    """
    draws = _Draws(columns)
    others = np.zeros(len(means)) if others is None else others
    step = max(_SLAB // max(means.shape[-1], 1), 1)
    slabs = [slice(i, i + step) for i in range(0, len(means), step)]
    parts = [draws.shares(_Output.of(means[i], weights[i], variance[i]), others[i]) for i in slabs]
    return ColumnShares(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(ColumnShares)))


@dataclass(frozen=True)
class _Bins:
    """A column's draws in rising order, cut into bins.

    Attributes
    ----------
    order
        The draws' numbers, sorted by the column.
    starts
        Where each bin begins.
    number
        The bin of each place.
    away
        How far each place's value is from its bin's mean, over the largest such distance; 0 where all are equal.
    """

    order: Ints
    starts: Ints
    number: Ints
    away: Floats

    @classmethod
    def of(cls, column: Floats) -> "_Bins":
        """Cut a column: into its distinct values where there are few of them, else into equal numbers of neighbours."""
        order = np.argsort(column, kind="stable")
        rising, bins = column[order], max(min(_MAX_BINS, isqrt(len(column)) // 2), 1)
        starts = np.flatnonzero(np.r_[True, rising[1:] != rising[:-1]])
        if len(starts) > 2 * bins:
            starts = np.linspace(0, len(column), bins + 1).astype(np.int64)[:-1]
        counts = np.diff(np.r_[starts, len(column)])
        number = np.repeat(np.arange(len(starts)), counts)
        away = rising - (np.add.reduceat(rising, starts) / counts)[number]
        largest = np.maximum.reduceat(np.abs(away), starts)
        apart = largest > 1e-12 * np.abs(rising).max(initial=0.0)  # what rounding leaves of equal values is no distance
        return cls(order, starts, number, away * np.where(apart, 1.0 / np.where(apart, largest, 1.0), 0.0)[number])

    def fit(self, values: Floats, weights: Floats) -> tuple[Floats, Floats]:
        """Fit a line to each bin's values, which are in rising order; and count the bins' means and slopes, less one."""

        def total(array: Floats) -> Floats:
            return np.asarray(np.add.reduceat(array, self.starts, axis=-1))

        weight = total(weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            x, y = (np.nan_to_num(total(weights * array) / weight)[..., self.number] for array in (self.away, values))
        x, y = self.away - x, values - y
        squares, products = total(weights * x * x), total(weights * x * y)
        sloped = squares > 1e-9 * weight
        slope = np.where(sloped, products, 0.0) / np.where(sloped, squares, 1.0)
        freedom = (weight > 0).sum(axis=-1) + sloped.sum(axis=-1) - 1
        return values - y + slope[..., self.number] * x, freedom


class _Draws:
    """Columns that are drawn jointly, with all that does not depend on the output."""

    # einsum rather than matmul: a product of so few rows is not worth BLAS's threads, which were ten times slower beside
    # another process than the product is on one core
    def __init__(self, columns: Sequence[Floats]):
        columns = [_known(column) for column in columns]
        self.bins = [_Bins.of(column) for column in columns]
        length = len(columns[0])
        degree = min(_DEGREE, length // (_DRAWS_PER_TERM * len(columns)))
        self.powers = [_powers(column, degree) for column in columns]  # terms by draws
        terms = np.concatenate(self.powers)
        squares, turn = np.linalg.eigh(np.einsum("it,jt->ij", terms, terms))
        kept = squares > 1e-10 * squares.max(initial=1e-300)
        self.turn = turn[:, kept] / np.sqrt(squares[kept])  # from terms to as many that are orthonormal
        self.basis = np.einsum("ij,it->jt", self.turn, terms)
        self.blocks = np.linspace(0, length, min(_BLOCKS, length) + 1).astype(np.int64)[:-1]

    def shares(self, output: "_Output", others: Floats) -> ColumnShares:
        """Estimate the shares of some groups."""
        smooth = list(self._smooth(output))
        rest = output.away - sum(smooth)
        estimates = [self._estimate(bins, own + rest, output) for bins, own in zip(self.bins, smooth, strict=True)]
        shares, chances, blocks = (np.stack(parts, axis=1) for parts in zip(*estimates, strict=True))
        wider = self._by_block(output, output.squares - output.variance[:, None])
        return ColumnShares(
            shares=np.clip(shares, 0.0, 1.0),
            errors=_error(blocks, chances),
            error_of_sum=_error(blocks.sum(axis=1) - others[:, None] * wider, chances.sum(axis=1)),
            error_of_variance=_error(wider, np.zeros(len(wider))),
        )

    def _by_block(self, output: "_Output", moved: Floats) -> Floats:
        """Add up, over each block of draws, what each draw adds to a share's numerator."""
        return np.asarray(np.add.reduceat(output.weights * moved, self.blocks, axis=1) / output.variance[:, None])

    def _smooth(self, output: "_Output") -> Iterator[Floats]:
        """Fit the sum of all columns' polynomials, and give each column's."""
        enough = output.draws >= _DRAWS_PER_TERM * len(self.basis)
        coefficients = np.where(enough[:, None], self._turned(output), 0.0) @ self.turn.T
        first = 0
        for powers in self.powers:
            part = coefficients[:, first : first + len(powers)] @ powers
            first += len(powers)
            yield part - (output.weights * part).sum(axis=1, keepdims=True)

    def _turned(self, output: "_Output") -> Floats:
        """Solve the least squares of the orthonormal terms: groups by terms."""
        weights, basis = output.weights, self.basis
        if (weights == weights[0, 0]).all():
            return np.asarray(np.einsum("gt,jt->gj", output.away, basis))
        centre = weights @ basis.T
        normal = (weights[:, None, :] * basis) @ basis.T - centre[:, :, None] * centre[:, None, :]
        diagonal = np.arange(len(basis))
        normal[:, diagonal, diagonal] += 1e-10 * normal[:, diagonal, diagonal].sum(axis=1, keepdims=True) + 1e-300
        right = (weights * output.away) @ basis.T
        return np.asarray(np.linalg.solve(normal, right[:, :, None])[..., 0])

    def _estimate(self, bins: _Bins, values: Floats, output: "_Output") -> tuple[Floats, Floats, Floats]:
        """Estimate one column's share, what chance adds to it, and how much each block of draws moves it."""
        weights, sorted_values = output.weights[:, bins.order], values[:, bins.order]
        fitted, freedom = bins.fit(sorted_values, weights) if len(self.bins) > 1 else (sorted_values, np.zeros(len(values)))
        rest = (weights * (sorted_values - fitted) ** 2).sum(axis=1)
        chance = freedom * rest / np.maximum(output.draws - freedom - len(self.basis), 1.0) / output.variance
        moved = np.empty_like(values)
        moved[:, bins.order] = fitted * output.away[:, bins.order]
        share = (output.weights * moved).sum(axis=1) / output.variance
        noise = np.where(freedom > 0, chance * np.sqrt(1 + 2 / np.maximum(freedom, 1)), 0.0)
        return share - chance, noise, self._by_block(output, moved - share[:, None] * output.squares)


@dataclass(frozen=True)
class _Output:
    """An output's means: groups by draws.

    Attributes
    ----------
    away
        How far they are from their group's mean; 0 where a draw has no weight.
    weights
        Of the draws, which add up to 1 in each group.
    variance
        The whole variance, a number for each group.
    squares
        What a draw brings to the whole variance.
    draws
        How many draws of equal weight say as much (Kish 1965).
    """

    away: Floats
    weights: Floats
    variance: Floats
    squares: Floats
    draws: Floats

    @classmethod
    def of(cls, means: Floats, weights: Floats, variance: Floats) -> "_Output":
        """Take the means as they are: NaN where a draw has no weight."""
        whole = weights.sum(axis=1, keepdims=True)
        share = np.asarray(weights / np.where(whole > 0, whole, 1.0), np.float64)
        held = np.where(weights > 0, means, 0.0)
        away = np.where(weights > 0, held - (share * held).sum(axis=1, keepdims=True), 0.0)
        within = np.maximum(variance - (share * away**2).sum(axis=1), 0.0)
        squared = (share**2).sum(axis=1)
        return cls(away, share, variance, away**2 + within[:, None], 1.0 / np.where(squared > 0, squared, np.inf))


def _known(column: Floats) -> Floats:
    """Put the mean in the place of values that are not known, where an output hardly is either."""
    known = np.isfinite(column)
    return column if known.all() else np.where(known, column, column[known].mean() if known.any() else 0.0)


def _powers(column: Floats, degree: int) -> Floats:
    """Raise a column, less its mean and over its deviation, to each power: powers by draws, each of mean 0 and length 1."""
    away = column - column.mean()
    deviation = away.std()
    if deviation <= 1e-12 * np.abs(column).max(initial=0.0):
        return np.zeros((0, len(column)))
    away /= deviation
    powers = np.empty((degree, len(column)))
    for i in range(degree):
        powers[i] = away if i == 0 else powers[i - 1] * away
    powers -= powers.mean(axis=1, keepdims=True)
    return np.asarray(powers / np.maximum(np.sqrt((powers**2).sum(axis=1, keepdims=True)), np.finfo(np.float64).tiny))


def _error(blocks: Floats, chance: Floats) -> Floats:
    """Put together how far blocks of draws (the last dimension) are apart, and what chance may have added."""
    count = blocks.shape[-1]
    return np.asarray(np.hypot(np.sqrt((blocks**2).sum(axis=-1) * (count / max(count - 1, 1))), chance))
