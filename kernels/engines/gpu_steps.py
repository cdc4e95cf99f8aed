"""In how many launches a GPU does a pass: as few as its memory allows, and none so long that it seems to hang."""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

FIRST_SCENARIOS = 2**33  # of a pass's first launch: some milliseconds where formulas are short, a second where they are long
LAUNCH_SECONDS = 0.5  # of later ones: a GPU with a display stops kernels after two, and Ctrl-C waits for the launch's end
_MAX_GROWTH = 16.0

T = TypeVar("T")


def first_step(total: int, scenarios: int, limit: int) -> int:
    """Choose how many items a pass's first launch does.

    Parameters
    ----------
    total
        How many items there are.
    scenarios
        How many scenarios an item has.
    limit
        How many items memory allows at once.
    """
    return max(min(total, limit, FIRST_SCENARIOS // max(scenarios, 1)), 1)


def stepwise(
    total: int,
    step: int,
    part: Callable[[int, int], T],
    out_of_memory: tuple[type[BaseException], ...],
    limit: int | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[tuple[int, T]]:
    """Do items in parts: ever more of them while parts are quick, and fewer where the device's memory runs out.

    Parameters
    ----------
    total
        How many items there are.
    step
        How many of them are done at once at first.
    part
        Does so many items from a first one on, and waits for them.
    out_of_memory
        What is raised where memory runs out.
    limit
        How many items memory allows at once; None keeps to ``step``, however quick it is.
    clock
        Tells the time (s).

    Yields
    ------
    tuple
        How many items are done, and what the last part gave.
    """
    first, most = 0, step if limit is None else limit
    while first < total:
        count, start = min(step, total - first), clock()
        try:
            result = part(first, count)
        except out_of_memory:
            if count == 1:
                raise
            step = most = count // 2
            continue
        first += count
        if limit is not None:
            growth = min(LAUNCH_SECONDS / max(clock() - start, 1e-9), _MAX_GROWTH)
            step = max(min(int(count * growth), most), 1)
        yield first, result
