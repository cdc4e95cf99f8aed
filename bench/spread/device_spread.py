"""All GPUs of a node: a thread for each takes part after part, and one that fails gives its part back."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from ...kernels.engines import Settings
from ...kernels.engines.jobs import Job
from ...kernels.errors import EngineError
from ...kernels.text import visible
from .checkpoint import Checkpoint
from .cuts import Steps
from .job_spread import Done, JobSpread, Ready
from .shard import Shard

Say = Callable[[str], None]


class DeviceSpread(JobSpread):
    """Does parts on several GPUs at once.

    Parameters
    ----------
    settings
        How the engine runs; the device of each GPU is put in.
    devices
        The GPUs' numbers, counted from 0.
    say
        Hears in a line of a GPU that failed.
    checkpoint, shard
        As `JobSpread` takes them.
    """

    def __init__(
        self,
        settings: Settings,
        devices: Sequence[int],
        say: Say,
        checkpoint: Checkpoint | None = None,
        shard: Shard | None = None,
    ):
        super().__init__(checkpoint, shard)
        self.say = say
        self.ready = {device: Ready(replace(settings, device=device, progress=None)) for device in devices}
        # A thread of each GPU's own, since packages tell by the thread which one is meant.
        self._threads = {device: ThreadPoolExecutor(1, thread_name_prefix=f"flopwatt-gpu-{device}") for device in devices}

    @property
    def place(self) -> str:
        """Where jobs are done."""
        return f"on {len(self.ready):,} GPU{'s' if len(self.ready) > 1 else ''}"

    def workers(self, job: Job) -> int:
        """Return how many GPUs are left."""
        return len(self.ready)

    def prepare(self, job: Job) -> None:
        """Compile what a job needs on the first GPU, for which all others have it then; each loads it when it begins."""
        self.steps(job)

    def steps(self, job: Job) -> int:
        """Return in how many steps a job can be shared out."""
        for device in list(self.ready):
            try:
                return self._threads[device].submit(self.ready[device].parts, job).result().steps
            except Exception as error:
                self._retire(device, error)
        raise AssertionError("unreachable: the last GPU's error is raised")

    def do(self, job: Job, parts: Sequence[Steps]) -> Iterator[Done]:
        """Do parts of a job, whichever GPU is free next."""
        left: queue.SimpleQueue[Steps] = queue.SimpleQueue()
        for part in parts:
            left.put(part)
        came: queue.SimpleQueue[Any] = queue.SimpleQueue()
        over = threading.Event()

        def take(device: int) -> None:
            part: Steps | None = None
            try:
                while not over.is_set():
                    try:
                        part = left.get_nowait()
                    except queue.Empty:
                        break
                    state = self.ready[device].parts(job).partial(*part)
                    came.put(Done(part[1] - part[0], state, *part))
                    part = None
                came.put((device, None, None))
            except BaseException as error:
                came.put((device, part, error))

        done, running = 0, set[int]()
        try:
            self._start(take, running, left)
            while done < len(parts):
                result = came.get()
                if isinstance(result, Done):
                    done += 1
                    yield result
                    continue
                device, part, error = result
                running.discard(device)
                if error is not None:
                    if part is not None:
                        left.put(part)
                    self._retire(device, error)
                self._start(take, running, left)
        finally:
            over.set()

    def _start(self, take: Callable[[int], None], running: set[int], left: "queue.SimpleQueue[Steps]") -> None:
        """Start the GPUs that are idle while parts are left."""
        for device in self.ready:
            if device not in running and not left.empty():
                running.add(device)
                self._threads[device].submit(take, device)

    def _retire(self, device: int, error: BaseException) -> None:
        """Leave a GPU out from now on. Raises its error where it was the last one, or what no other GPU could do better."""
        if len(self.ready) == 1 or not isinstance(error, Exception):
            text = str(error).strip().split("\n")[0] or type(error).__name__
            raise error if isinstance(error, EngineError) else EngineError(f"GPU {device} failed: {text}") from error
        del self.ready[device]
        self._threads.pop(device).shutdown(wait=False)
        text = visible(str(error).strip().split("\n")[0]) or type(error).__name__
        self.say(f"GPU {device} failed and is left out ({text}); the others do what it had")
