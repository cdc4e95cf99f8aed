"""Kernels compiled side by side in worker processes: NVRTC and numba-cuda keep Python to themselves while they compile."""

import functools
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from .compilers import Compiler, compiler
from .resources import Labelled, Resources, Target, examined

Job = tuple[Labelled, Target]

_SECONDS = {"cupy": 0.4, "numba-cuda": 1.5}  # of a kernel and its disassembly, about: measured on the shipped studies
_START = 3.0  # seconds of compiling below which workers, each of which imports its compiler first, gain nothing


def examine_all(jobs: Sequence[Job]) -> Iterator[Resources]:
    """Compile kernels on all cores and report what each takes, in their order.

    Parameters
    ----------
    jobs
        The kernels, and what each is compiled for.

    Raises
    ------
    CompilerError
        Where a compiler is missing or refuses.
    """
    workers = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, len(jobs))
    if workers < 2 or sum(_SECONDS[target.engine] for _, target in jobs) < _START:
        yield from map(_examine, jobs)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_leave_signals) as pool:
        try:
            yield from pool.map(_examine, jobs)
        except BaseException:  # an interrupt, or a kernel that cannot be compiled: the rest is not waited for
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _leave_signals() -> None:
    """Leave interrupts to the process that asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@functools.cache
def _compiler(engine: str) -> Compiler:
    return compiler(engine)


def _examine(job: Job) -> Resources:
    labelled, target = job
    return examined(labelled, target, _compiler(target.engine), looking=True)
