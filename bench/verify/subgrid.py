"""A sample of a study's grid: a seeded choice of each axis's points, small enough for two engines to answer at once."""

import math
from dataclasses import replace

import numpy as np

from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem

MAX_POINTS = 200_000


def sub_problem(problem: Problem, max_points: int = MAX_POINTS, seed: int = 0) -> Problem:
    """Cut a grid down to a sample: the ends of each axis and a choice of its other points, the same for the same grid.

    Parameters
    ----------
    problem
        On the whole grid.
    max_points
        How many points the sample may have.
    seed
        Of the choice.
    """
    grid = problem.grid
    random = np.random.default_rng(seed)
    lengths = lengths_within(grid.shape, max_points)
    axes = tuple(_sample_axis(axis, length, random) for axis, length in zip(grid.axes, lengths, strict=True))
    return replace(problem, grid=Grid(axes))


def lengths_within(shape: tuple[int, ...], max_points: int) -> list[int]:
    """Choose a length for each axis, as even as they can be, such that their product is at most ``max_points``.

    Parameters
    ----------
    shape
        The axes' own lengths.
    max_points
        At least 1.
    """
    lengths = [1] * len(shape)
    growing = sorted(range(len(shape)), key=lambda i: shape[i])
    while growing:
        for i in list(growing):
            product = math.prod(lengths)
            if lengths[i] == shape[i] or product // lengths[i] * (lengths[i] + 1) > max_points:
                growing.remove(i)
            else:
                lengths[i] += 1
    return lengths


def _sample_axis(axis: Axis, count: int, random: "np.random.Generator") -> Axis:
    """Choose points of an axis: its ends, and others at random; those of weight 0 last."""
    if count == len(axis):
        return axis
    places = np.arange(len(axis))
    if axis.weights is not None:  # points without a weight would say nothing, and by themselves are no axis
        places = np.concatenate([np.flatnonzero(axis.weights > 0), np.flatnonzero(axis.weights == 0)])
        places = np.sort(places[: max(count, np.count_nonzero(axis.weights))])
    if count == len(places):
        return axis.take(places)
    ends = places[[0, -1][:count]]
    inner = random.choice(len(places) - 2, size=count - len(ends), replace=False) + 1
    return axis.take(np.sort(np.concatenate([ends, places[inner]])))
