"""What runs on a worker of a Dask cluster: jobs are read and compiled once, parts are done, and states merge."""

import pickle
import threading
from collections.abc import Sequence

from ...kernels.engines import Settings, availability, available
from ...kernels.engines.jobs import Job
from ...kernels.errors import FlopwattError
from ...kernels.host_memory import keep_memory
from ...kernels.reductions.partials import Partial
from ..errors import InputError, Parameter
from .computed_by import ComputedBy, computed_here
from .job_spread import Ready

_lock = threading.Lock()
_jobs: dict[str, Job] = {}
_ready: list[Ready] = []


def held(payload: bytes) -> bytes:
    """Hold what is sent: a task's result is made again where the worker that had it is killed, scattered data is lost then.

    Parameters
    ----------
    payload
        A job with what is to compute it, pickled.
    """
    return payload


def describe(engine: str) -> tuple[ComputedBy | None, str]:
    """Describe what computes on this worker, and say why an engine cannot.

    Parameters
    ----------
    engine
        The engine's name.
    """
    state = availability(engine)
    return (computed_here(engine), "") if state.available else (None, state.reason)


def list_engines() -> list[str]:
    """List the engines that this worker has, fastest first."""
    return available()


def _job(key: str, scope: str, payload: bytes) -> tuple[Job, Ready]:
    """Read a job, unless this worker has it."""
    with _lock:
        if not _ready:
            keep_memory()  # which Dask has workers return at once (MALLOC_TRIM_THRESHOLD_)
            _ready.append(Ready(Settings(threads=1)))
        name = key + scope
        if name not in _jobs:
            if len(_jobs) > 64:
                _jobs.clear()
            engine, expected, job = pickle.loads(payload)
            _check_alike(engine, expected)
            _jobs[name] = job
        return _jobs[name], _ready[0]


def _check_alike(engine: str, expected: ComputedBy) -> None:
    """Check that this worker, which may have come when others were at work, computes their bits. Raises InputError."""
    difference = computed_here(engine).difference(expected)
    if difference:
        raise InputError(f"a worker computes {difference}, unlike others; use workers that are alike", where=Parameter("dask"))


def begin(key: str, scope: str, payload: bytes) -> int | str:
    """Compile what a job needs; the number of its steps, or why it cannot be done here.

    Parameters
    ----------
    key, scope, payload
        The job's names, and it with what is to compute it, pickled.
    """
    job, ready = _job(key, scope, payload)
    try:
        return ready.parts(job).steps
    except FlopwattError as error:
        return str(error)


def do_part(low: int, high: int, *, job_key: str, scope: str, payload: bytes) -> Partial:
    """Do a part of a job: the steps from ``low`` to before ``high``.

    Parameters
    ----------
    low, high
        The steps.
    job_key, scope, payload
        The job's names, and it with what is to compute it, pickled.
    """
    job, ready = _job(job_key, scope, payload)
    return ready.parts(job).partial(low, high)


def merge_states(states: Sequence[Partial], key: str, scope: str, payload: bytes) -> Partial:
    """Merge states of parts.

    Parameters
    ----------
    states
        The states.
    key, scope, payload
        The job's names, and it with what is to compute it, pickled.
    """
    job, _ = _job(key, scope, payload)
    return job.merge(states)
