"""Work shared among a CPU's threads: stretches of a range, a few hundredths of a second each."""

import functools
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


@functools.cache
def _pool(threads: int, process: int) -> ThreadPoolExecutor:
    """Start a pool of threads, which is kept: starting them takes as long as a small grid. A fork's child has none of them."""
    return ThreadPoolExecutor(threads, thread_name_prefix="flopwatt")


def share_out(
    count: int, step: int, threads: int, work: Callable[[int, int], None], tell: Callable[[float], None] | None = None
) -> None:
    """Do ``work(low, high)`` on stretches of ``range(count)``, at most ``step`` long, by so many threads.

    Where a stretch fails, or the user interrupts, those that have not begun are left.

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
    done, lock = 0, threading.Lock()

    def task(low: int) -> None:
        nonlocal done
        high = min(low + step, count)
        work(low, high)
        if tell:
            with lock:
                done += high - low
                part = done / count
            tell(part)

    starts = range(0, count, step)
    if threads == 1 or len(starts) == 1:
        for low in starts:
            task(low)
        return
    pool, futures = _pool(threads, os.getpid()), list[Future[None]]()
    try:
        futures.extend(pool.submit(task, low) for low in starts)
        for future in futures:
            future.result()
    except BaseException:
        for future in futures:
            future.cancel()
        raise
