"""Parts on a Dask cluster: some seconds each, states merged by a tree on the workers; only the study and states travel.

A worker keeps what it has compiled, in its process and in its cache folder. What a killed worker had is done again by another.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...kernels.engines.jobs import Job
from ...kernels.errors import EngineError, FlopwattError
from ...kernels.reductions.partials import Partial
from ..errors import InputError, Parameter, one_line
from ..terminal import numbers
from . import dask_worker
from .checkpoint import Checkpoint
from .cluster_faults import GONE, cluster_there, failure, gone
from .cluster_watch import ClusterWatch
from .computed_by import ComputedBy, computed_here
from .cuts import Steps
from .job_spread import Done, JobSpread
from .shard import Shard

CONNECT_SECONDS = 10.0  # that a scheduler has to answer
PATIENCE_SECONDS = 5.0  # that a first worker may take without a word
WORKER_SECONDS = 600.0  # that it has to come: a job that starts it may wait in a queue
_TRIES = 4  # of asking all workers, one of which may just have been lost
FAN_IN = 16  # states that a task merges: a tree of two levels above 256 parts
_LOCAL, _SCHEMES = "local:", ("tcp", "tls", "ucx")
_LOGGERS = (
    "asyncio", "tornado.application", "distributed", "distributed.client", "distributed.comm", "distributed.core",
    "distributed.nanny", "distributed.scheduler", "distributed.worker", "distributed.utils", "distributed.shuffle",
    "distributed.deploy",
)  # fmt: skip


def check_address(text: str) -> None:
    """Check how a cluster is named: ``local:4`` or ``tcp://host:port``. Raises InputError.

    Parameters
    ----------
    text
        What was given.
    """
    where = Parameter("dask")
    if text.startswith(_LOCAL):
        count = text.removeprefix(_LOCAL)
        if not (count.isascii() and count.isdecimal() and len(count) < 5 and 1 <= int(count) <= 1024):
            raise InputError(f"{text!r} names no number of workers; write local:4", where=where)
    elif text.partition("://")[0] not in _SCHEMES or not text.partition("://")[2]:
        raise InputError(
            f"{text!r} is no address; write tcp://host:8786, or local:4 for processes on this machine", where=where
        )
    from importlib.util import find_spec

    if find_spec("distributed") is None:
        raise InputError("needs dask.distributed, which is not installed; pip install 'flopwatt[distributed]'", where=where)


class DaskSpread(JobSpread):
    """Does parts on the workers of a Dask cluster, which it leaves as it was when it is closed.

    Parameters
    ----------
    address
        Of the scheduler, or ``local:4`` for that many processes of one thread each on this machine, while it lasts.
    say
        Hears in a line where a first worker is waited for, and where none is left.
    checkpoint, shard
        As `JobSpread` takes them.

    Raises
    ------
    InputError
        Where nothing answers at the address, or no worker comes.
    """

    def __init__(
        self,
        address: str,
        say: Callable[[str], None] = lambda line: None,
        checkpoint: Checkpoint | None = None,
        shard: Shard | None = None,
    ):
        super().__init__(checkpoint, shard)
        self.address, self.say = address, say
        self.engine, self.computed_by = "numpy", computed_here("numpy")  # until workers were asked
        self._payloads: dict[str, Any] = {}
        self._steps: dict[str, int] = {}
        self._leaving = contextlib.ExitStack()
        try:
            self.client = self._connect()
            self._leaving.callback(self.client.close)
            self._await_workers()
            self._leaving.callback(ClusterWatch(lambda: len(self.client.nthreads()), say, address).close)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> Any:
        import logging

        import dask

        distributed, cluster = _distributed(), None
        for name in _LOGGERS:  # a worker that was killed is no news: its parts are done again
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        if self.address.startswith(_LOCAL):
            # Any worker may be killed again and again, and its parts are still done.
            dask.config.set({"distributed.scheduler.allowed-failures": 100, "distributed.admin.tick.limit": "1 h"})
            try:
                with _deaf_children():
                    cluster = distributed.LocalCluster(
                        n_workers=int(self.address.removeprefix(_LOCAL)),
                        threads_per_worker=1,
                        processes=True,
                        dashboard_address=":0",
                        silence_logs=logging.CRITICAL,
                    )
            except (OSError, TimeoutError, RuntimeError) as error:
                text = one_line(str(error)) or type(error).__name__
                raise InputError(f"{self.address} could not be started ({text})", where=Parameter("dask")) from None
            self._leaving.callback(cluster.close)
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"})  # a job's draws are no mistake
        try:
            return distributed.Client(cluster or self.address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            text = one_line(str(error)) or type(error).__name__
            raise InputError(f"nothing that is Dask's answers at {self.address} ({text})", where=Parameter("dask")) from None

    def _await_workers(self) -> None:
        with contextlib.suppress(TimeoutError):
            self.client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
            return
        self.say(
            f"{self.address} has no worker yet; waiting up to {numbers.duration(WORKER_SECONDS)} for the first (Ctrl+C ends it)"
        )
        try:
            self.client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError:
            raise InputError(f"{self.address} has no worker; start some", where=Parameter("dask")) from None

    def close(self) -> None:
        """Leave the cluster, and end one that was started here."""
        self._payloads.clear()
        self._leaving.close()

    def check_workers(self, engine: str) -> None:
        """Check that all workers would compute the same bits, and that they have the engine. Raises InputError.

        Parameters
        ----------
        engine
            The engine.
        """
        descriptions, where = self._ask(dask_worker.describe, engine), Parameter("dask")
        known: list[tuple[str, ComputedBy]] = []
        for worker, (described, reason) in sorted(descriptions.items()):
            if reason:
                raise InputError(f"the worker {worker} has no engine {engine}: {reason}", where=where)
            known.append((worker, described))
        here = computed_here("numpy")
        for worker, described in known:
            if described.code != here.code:
                raise InputError(
                    f"the worker {worker} computes {described.difference(here)}; install the same there", where=where
                )
            difference = described.difference(known[0][1])
            if difference:
                raise InputError(
                    f"the worker {worker} computes {difference}, unlike {known[0][0]}; use workers that are alike", where=where
                )
        self.engine, self.computed_by = engine, known[0][1]

    def _ask(self, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        """Ask all workers something: the answers by the workers' addresses. Raises InputError where one cannot answer."""
        from distributed.comm.core import CommClosedError

        answers, kept = dict[str, Any](), dict[str, Any]()
        for attempt in range(_TRIES):
            time.sleep(min(attempt, 1))  # a worker was lost, and is perhaps started anew
            with cluster_there(self.client):
                try:
                    answers = self.client.run(function, *arguments, on_error="return")
                except GONE:
                    raise
                except Exception as error:  # what a worker cannot read comes as whatever its reading raised
                    answers = {"": error}
            kept = {worker: answer for worker, answer in answers.items() if not isinstance(answer, CommClosedError)}
            if answers and len(kept) == len(answers):
                break
        if not kept:
            raise InputError(f"no worker of {self.address} answers; start some", where=Parameter("dask"))
        answers = kept
        for worker, answer in sorted(answers.items()):
            if isinstance(answer, BaseException):
                text = one_line(str(answer)) or type(answer).__name__
                raise InputError(
                    f"{f'the worker {worker}' if worker else 'a worker'} has no flopwatt that works ({text}); "
                    "install there what is installed here",
                    where=Parameter("dask"),
                )
        return answers

    def engines(self) -> list[str]:
        """List the engines that every worker has, fastest first."""
        lists = list(self._ask(dask_worker.list_engines).values())
        return [name for name in lists[0] if all(name in others for others in lists)]

    @property
    def place(self) -> str:
        """Where jobs are done."""
        with contextlib.suppress(InputError), cluster_there(self.client):  # all is done: nobody needs it any more
            return f"on {numbers.count(len(self.client.nthreads()), 'worker')} of {self.address}"
        return f"on {self.address}"

    def workers(self, job: Job) -> int:
        """Return how many threads the workers have."""
        with cluster_there(self.client):
            return max(int(sum(self.client.nthreads().values())), 1)

    def prepare(self, job: Job) -> None:
        """Send a job to all workers, each of which compiles what it needs: see `JobSpread.prepare`."""
        name = job.key + job.scope()
        if name not in self._steps:
            with cluster_there(self.client):
                self._steps[name] = self._begin(job, name)

    def _begin(self, job: Job, name: str) -> int:
        import cloudpickle

        payload = self._payloads[name] = self.client.submit(
            dask_worker.held, cloudpickle.dumps((self.engine, self.computed_by, job.lean())), pure=False
        )
        told: dict[str, Any] = {"allow_other_workers": True, "pure": False}
        known = job.key, job.scope(), payload
        workers: list[Any] = list(self.client.nthreads()) or [None]  # which is whoever comes, where all are lost
        begun = [
            self.client.submit(dask_worker.begin, *known, workers=worker, **(told if worker else {"pure": False}))
            for worker in workers
        ]
        try:
            steps = self.client.gather(begun)
        except (FlopwattError, *GONE):
            raise
        except Exception as error:
            raise failure(error) from None
        faults = [value for value in steps if isinstance(value, str)]
        if faults:
            raise EngineError(faults[0])
        if len(set(steps)) > 1:
            raise EngineError(f"workers cut {job.name!r} into {' and '.join(map(str, sorted(set(steps))))} steps: they differ")
        first: int = steps[0]
        return first

    def steps(self, job: Job) -> int:
        """Return in how many steps a job can be shared out."""
        self.prepare(job)
        return self._steps[job.key + job.scope()]

    def do(self, job: Job, parts: Sequence[Steps]) -> Iterator[Done]:
        """Do parts on whichever worker is free next."""
        with cluster_there(self.client):
            yield from self._done(job, parts)

    def _done(self, job: Job, parts: Sequence[Steps]) -> Iterator[Done]:
        payload, keeps = self._payloads[job.key + job.scope()], self.checkpoint is not None
        lows, highs = zip(*parts, strict=True)
        futures = self.client.map(
            dask_worker.do_part, lows, highs, job_key=job.key, scope=job.scope(), payload=payload, pure=False, batch_size=1000
        )
        places = {future.key: part for future, part in zip(futures, parts, strict=True)}
        root = None if keeps else self._tree(job, payload, futures)
        arriving = _distributed().as_completed(futures, with_results=keeps, raise_errors=False, loop=self.client.loop)
        del futures  # what is merged on the workers is let go as it arrives, and what is left when this ends is not done
        try:
            for came in arriving:
                future, result = came if keeps else (came, None)
                if not isinstance(result, Partial):
                    if future.status in ("lost", "pending"):  # its worker was killed since it arrived: it is done again
                        arriving.add(future)
                        continue
                    if future.status != "finished":
                        raise _failure(future)
                    result = future.result() if keeps else None  # it is there again, and did not come with it
                low, high = places[future.key]
                if keeps or len(parts) > 1:
                    yield Done(high - low, result, low, high)
                    future.release()
            if root is not None:
                error = root.exception()
                if error is not None:
                    raise failure(error)
                yield Done(parts[0][1] - parts[0][0] if len(parts) == 1 else 0, root.result())
        finally:
            arriving.clear()

    def _tree(self, job: Job, payload: Any, futures: Sequence[Any]) -> Any:
        """Have states merged on the workers, some at a time, until there is one."""
        level, known = list(futures), (job.key, job.scope(), payload)
        while len(level) > 1:
            groups = [level[i : i + FAN_IN] for i in range(0, len(level), FAN_IN)]
            level = [self.client.submit(dask_worker.merge_states, group, *known, pure=False, priority=1) for group in groups]
        return level[0]


def _distributed() -> Any:
    """Import dask.distributed, which takes a while."""
    import distributed

    return distributed


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Have processes that are started ignore Ctrl+C, which a terminal sends to them too: the command ends them itself."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def _failure(future: Any) -> Exception:
    """Say what a part failed of, in one line."""
    if future.status == "cancelled":
        return gone("a task was cancelled")
    return failure(future.exception())
