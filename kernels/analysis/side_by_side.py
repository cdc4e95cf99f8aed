"""Kernels compiled and disassembled side by side.

nvdisasm takes longer than NVRTC, and runs beside it. numba-cuda takes ten times as long and keeps Python to itself, as NVRTC
does: worker processes are then worth their start.
"""

import functools
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

from .compilers import Compiler, compiler
from .resources import Labelled, Resources, Target, examined

Job = tuple[Labelled, Target]

_SECONDS = {"cupy": 0.15, "numba-cuda": 1.5}  # of compiling a kernel, about: measured on the shipped studies
_START = 5.0  # seconds of compiling below which workers, each of which imports its compiler first, gain nothing


def examine_all(jobs: Sequence[Job]) -> Iterator[Resources]:
    """Compile kernels on all cores and report what each takes, in their order; what is the same is compiled once.

    Parameters
    ----------
    jobs
        The kernels, and what each is compiled for.

    Raises
    ------
    CompilerError
        Where a compiler is missing or refuses.
    """
    different = {(labelled.kernel, target): (labelled, target) for labelled, target in jobs}
    made = dict(zip(different, _examined(list(different.values())), strict=True))
    for labelled, target in jobs:
        yield replace(made[labelled.kernel, target], question=labelled.question, kernel=labelled.name)


def _examined(jobs: Sequence[Job]) -> Iterator[Resources]:
    """Compile kernels that differ."""
    workers = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, len(jobs))
    if workers < 2:
        yield from map(_examine, jobs)
        return
    apart = sum(_SECONDS[target.engine] for _, target in jobs) >= _START
    with _processes(workers) if apart else ThreadPoolExecutor(workers) as pool:
        try:
            yield from pool.map(_examine, jobs)
        except BaseException:  # an interrupt, or a kernel that cannot be compiled: the rest is not waited for
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _processes(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_leave_signals)


def _leave_signals() -> None:
    """Leave interrupts to the process that asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@functools.cache
def _compiler(engine: str) -> Compiler:
    return compiler(engine)


def _examine(job: Job) -> Resources:
    labelled, target = job
    return examined(labelled, target, _compiler(target.engine), looking=True)
