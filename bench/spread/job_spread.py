"""How jobs are done in parts: what is kept is taken, the rest is cut and shared out, and states merge to one."""

import abc
import contextlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from ...kernels.analysis.choice import compute_seconds
from ...kernels.engines import Settings
from ...kernels.engines.jobs import Job, JobParts, QuestionJob
from ...kernels.errors import EngineError
from ...kernels.reductions.partials import Partial
from .checkpoint import Checkpoint
from .cuts import Steps, count_parts, cut, gaps
from .part_file import StoredState
from .shard import Shard

Progress = Callable[[float], None]
_MOST = 16  # jobs whose kernels are held ready: a study's questions, as far as they come again


@dataclass(frozen=True)
class Done:
    """What came of some steps: their state, or None where workers keep it to merge it; the range where it is of one."""

    steps: int
    state: Partial | None
    low: int = 0
    high: int = 0


class JobSpread(abc.ABC):
    """Has jobs done in parts: see `kernels.engines.tiled.JobRunner`.

    Parameters
    ----------
    checkpoint
        Where states are kept until all is done; None for nowhere.
    shard
        The share of the steps that is done, whose states are in `recorded`; all of them where it is None.
    """

    def __init__(self, checkpoint: Checkpoint | None = None, shard: Shard | None = None):
        self.checkpoint, self.shard = checkpoint, shard
        self._recorded: dict[tuple[str, str], StoredState] = {}
        self.most_steps = 1  # of any job that was asked for: more shards than that have nothing to do

    @property
    def place(self) -> str:
        """Where jobs are done, as ``on 4 GPUs``; nothing for this process."""
        return ""

    @abc.abstractmethod
    def workers(self, job: Job) -> int:
        """Return how many parts of a job are done at once."""

    @abc.abstractmethod
    def prepare(self, job: Job) -> None:
        """Compile what a job needs, wherever it will be done. Raises EngineError where it cannot be."""

    @abc.abstractmethod
    def steps(self, job: Job) -> int:
        """Return in how many steps a job, which is prepared, can be shared out."""

    @abc.abstractmethod
    def do(self, job: Job, parts: Sequence[Steps]) -> Iterator[Done]:
        """Do parts of a job, in any order; states of several may come merged, unless there is a checkpoint to keep them.

        Raises
        ------
        EngineError
            Where a part could not be done.
        """

    def collect(self, job: Job, progress: Progress | None = None) -> Partial:
        """Have a job done, and return the state of all of its grid; of a shard a stand-in for the state of all.

        Parameters
        ----------
        job
            The job.
        progress
            Told the share that is done, now and then.
        """
        told = progress or (lambda share: None)
        if (job.key, job.scope()) in self._recorded:  # of a statistic that two questions ask for
            told(1.0)
            return job.complete(self._recorded[job.key, job.scope()].state)
        steps = self.steps(job)
        self.most_steps = max(self.most_steps, steps)
        low, high = (0, steps) if self.shard is None else self.shard.steps(steps)
        if low == high:  # a share of nothing: what is not recorded stands for it
            told(1.0)
            return self._stand_in(job)
        kept = self.checkpoint.states(job, low, high, steps) if self.checkpoint is not None else []
        left = gaps(low, high, [(stored.low, stored.high) for stored in kept])
        states, done = [stored.state for stored in kept], sum(stored.high - stored.low for stored in kept)
        seconds = seconds_of(job) * sum(last - first for first, last in left) / steps
        told(done / (high - low))
        parts = cut(left, count_parts(seconds, self.workers(job))) if left else []
        with contextlib.closing(self._doing(job, parts)) as results:
            for result in results:
                done += result.steps
                if result.state is not None:
                    states.append(result.state)
                    if self.checkpoint is not None:
                        stored = StoredState(job.key, job.scope(), result.low, result.high, steps, result.state)
                        self.checkpoint.keep(stored)
                told(min(done / (high - low), 1.0))
        merged = job.merge(states)
        if self.shard is None:
            return merged
        self._recorded[job.key, job.scope()] = StoredState(job.key, job.scope(), low, high, steps, merged)
        return job.complete(merged)

    def _doing(self, job: Job, parts: Sequence[Steps]) -> Generator[Done]:
        if parts:
            yield from self.do(job, parts)

    def _stand_in(self, job: Job) -> Partial:
        """Do one step, which is not recorded and leaves nothing."""
        job = job.stand_in()
        self.prepare(job)
        (done,) = self.do(job, [(0, 1)])
        assert done.state is not None
        return job.complete(job.merge([done.state]))

    @property
    def recorded(self) -> list[StoredState]:
        """The states of a shard's share of the jobs that were done."""
        return list(self._recorded.values())


def seconds_of(job: Job) -> float:
    """Predict how long one core, or one GPU, takes for a job; 0 where nothing tells."""
    seconds = job.seconds()
    if seconds is not None or not isinstance(job, QuestionJob):
        return seconds or 0.0
    try:
        return compute_seconds(job.problem, job.question, job.engine, job.dtype)
    except EngineError:
        return 0.0


class Ready:
    """The jobs that are ready to be done in this process, the latest of them, each compiled once.

    Parameters
    ----------
    settings
        How engines run here.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self._lock = threading.Lock()
        self._parts: OrderedDict[str, JobParts] = OrderedDict()

    def parts(self, job: Job) -> JobParts:
        """Return a job ready to be done: one of its key is taken for it, unless it keeps to groups of its own."""
        name = f"{job.key} {job.scope()}"
        with self._lock:
            if name not in self._parts:
                self._parts[name] = job.begin(replace(self.settings, threads=1) if job.by_one_thread else self.settings)
                if len(self._parts) > _MOST:
                    self._parts.popitem(last=False)
            self._parts.move_to_end(name)
            return self._parts[name]


class HereSpread(JobSpread):
    """Does parts one after the other in this process, each by all of its threads.

    Parameters
    ----------
    settings
        How engines run here.
    checkpoint, shard
        As `JobSpread` takes them.
    """

    def __init__(self, settings: Settings, checkpoint: Checkpoint | None = None, shard: Shard | None = None):
        super().__init__(checkpoint, shard)
        self.ready = Ready(settings)

    @property
    def threads(self) -> int:
        """How many threads there are."""
        return self.ready.settings.threads or os.cpu_count() or 1

    def workers(self, job: Job) -> int:
        """Return how many parts of a job are done at once: where threads do not share each part, one for each."""
        return self.threads if job.by_one_thread else 1

    def prepare(self, job: Job) -> None:
        """Compile what a job needs: see `JobSpread.prepare`."""
        self.ready.parts(job)

    def steps(self, job: Job) -> int:
        """Return in how many steps a job can be shared out."""
        return self.ready.parts(job).steps

    def do(self, job: Job, parts: Sequence[Steps]) -> Iterator[Done]:
        """Do parts of a job one after the other, or side by side."""
        ready = self.ready.parts(job)
        if not job.by_one_thread or self.threads == 1 or len(parts) == 1:
            for low, high in parts:
                yield Done(high - low, ready.partial(low, high), low, high)
            return
        with ThreadPoolExecutor(self.threads + 1, thread_name_prefix="flopwatt-part") as pool:
            futures = {pool.submit(ready.partial, low, high): (low, high) for low, high in parts}
            try:
                for future in as_completed(futures):
                    low, high = futures.pop(future)
                    yield Done(high - low, future.result(), low, high)
            finally:
                for future in futures:
                    future.cancel()
