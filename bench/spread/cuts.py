"""How a job's steps are cut into parts: few enough for a scheduler, short enough that little is lost with one."""

import itertools
import math
from collections.abc import Iterable, Sequence

MAX_PARTS = 1000  # of a job: Dask's scheduler takes about a millisecond for a task, and slows down beyond some 100,000
PART_SECONDS = 2.0  # that a part should take: what is lost where the process that does it is killed
# That Dask's scheduler takes for a task, with its part of the tree that merges: measured on two cores (docs/many-machines.md).
TASK_SECONDS = 2.0e-3

Steps = tuple[int, int]  # from one step to before another


def count_parts(seconds: float, workers: int) -> int:
    """Choose in how many parts a job is done.

    Parameters
    ----------
    seconds
        What one worker should take for all of it.
    workers
        How many there are: some parts for each, so that none waits long for the last, but no more than what is waited for it
        is worth: of c parts the last takes ``seconds / c``, and handing out all takes c times what one does.
    """
    several = min(16 * workers, math.sqrt(seconds / TASK_SECONDS)) if workers > 1 else 1
    return int(min(max(seconds / PART_SECONDS, several, 1), MAX_PARTS))


def cut(ranges: Sequence[Steps], count: int) -> list[Steps]:
    """Cut ranges of steps into no more parts than asked for, of about equal length; only more ranges than that make more parts.

    Parameters
    ----------
    ranges
        What is to be done.
    count
        How many parts all of it should have: it has fewer where a range's share of them is not whole.
    """
    total, spare = sum(high - low for low, high in ranges), max(count - len(ranges), 0)  # every range is a part at least
    result: list[Steps] = []
    for low, high in ranges:
        pieces = min(1 + spare * (high - low) // max(total, 1), max(high - low, 1))
        edges = [low + (high - low) * i // pieces for i in range(pieces + 1)]
        result += list(itertools.pairwise(edges))
    return result


def gaps(low: int, high: int, done: Iterable[Steps]) -> list[Steps]:
    """List what of a range is left.

    Parameters
    ----------
    low, high
        The range.
    done
        Ranges within it that are done, none of which overlap.
    """
    left, place = list[Steps](), low
    for first, last in sorted(done):
        if first > place:
            left.append((place, first))
        place = max(place, last)
    return [*left, (place, high)] if place < high else left
