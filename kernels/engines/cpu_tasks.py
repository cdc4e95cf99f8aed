"""Work shared among a CPU's threads: stretches of a range, a few hundredths of a second each."""

import functools
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

_BETWEEN_LOOKS = 0.1  # seconds: a wait without end is not interrupted on every system


@functools.cache
def pool(threads: int) -> ThreadPoolExecutor:
    """Start a pool of threads, which is kept: starting them takes as long as a small grid.

    Parameters
    ----------
    threads
        How many.
    """
    return ThreadPoolExecutor(threads, thread_name_prefix="flopwatt")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=pool.cache_clear)  # a forked process has none of the threads


def share_out(
    count: int, step: int, threads: int, work: Callable[[int, int], None], tell: Callable[[float], None] | None = None
) -> None:
    """Do ``work(low, high)`` on stretches of ``range(count)``, at most ``step`` long, by so many threads.

    Where a stretch fails, or the wait for them is interrupted, no other is begun, and those under way are waited for.

    Parameters
    ----------
    count
        How long the range is.
    step
        How long a stretch is.
    threads
        How many threads.
    work
        Does a stretch.
    tell
        Told the share of the range that is done, after every stretch.
    """
    starts, lock, done = range(0, count, step), threading.Lock(), 0
    left = iter(starts)

    def take_stretches() -> None:
        nonlocal done, left
        try:
            while True:
                with lock:
                    low = next(left, None)
                if low is None:
                    return
                high = min(low + step, count)
                work(low, high)
                if tell:
                    with lock:  # also while telling: shares that are told only grow
                        done += high - low
                        tell(done / count)
        except BaseException:
            left = iter(())
            raise

    if threads == 1 or len(starts) == 1:
        take_stretches()
        return
    futures = [pool(threads).submit(take_stretches) for _ in range(min(threads, len(starts)))]
    try:
        while wait(futures, _BETWEEN_LOOKS).not_done:
            pass
    finally:
        left = iter(())
        wait(futures)
    for future in futures:
        future.result()
