"""A process that times benchmarks one pass at a time, on request: who asks a ``flopwatt bench`` that serves (`serving`).

Requests are lines with a benchmark's name; answers are lines of JSON: first the names there are, then after each pass
a record that holds the one benchmark, or why it failed; where nothing can be timed, only why. Both sides may be different
versions of flopwatt: older ones know benchmarks by their bare names, newer ones by pytest's node ids, which no two share.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..records.format import from_json
from ..records.record import Record
from ..terminal.interrupts import interrupted, uninterrupted
from .serving import WITHOUT_ENERGY

# glibc gives freed memory back to the system, or does not, by what lies next to it: the same NumPy code then takes 20% more
# page faults in one process than in another, for no reason of its own. So processes that are compared keep theirs.
ALLOCATOR = {"MALLOC_TRIM_THRESHOLD_": str(2**30), "MALLOC_MMAP_THRESHOLD_": str(2**25)}
END_SECONDS = 20  # that a process gets for its fixtures' ends, before it is killed
PR_SET_PDEATHSIG = 1  # of Linux's <sys/prctl.h>
INTERRUPTED_SECONDS = 5  # the same where a signal ends the asking side


@dataclass(frozen=True)
class Home:
    """Where a worker's process runs, and what it imports.

    Attributes
    ----------
    folder
        Its working folder.
    imports
        The folders that it imports from before all others, in this order.
    bytecode
        Where its compiled modules are kept: a process that finds none compiles its own, and that leaves its memory in
        another state than that of one which need not. None where Python keeps them, beside the modules.
    without
        A folder from which nothing may be imported, though this process's PYTHONPATH leads there.
    energy
        Whether it measures energy, which takes a second a benchmark where there is a meter: of several processes one is enough.
    """

    folder: Path
    imports: tuple[Path, ...] = ()
    bytecode: Path | None = None
    without: Path | None = None
    energy: bool = True

    def environment(self) -> dict[str, str]:
        """Return this process's environment, with what makes workers alike in all but what they import."""
        own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        inherited = [path for path in own.pop("PYTHONPATH", "").split(os.pathsep) if path and not self._is_hidden(Path(path))]
        paths = dict.fromkeys([*map(str, self.imports), *inherited])
        if paths:
            own["PYTHONPATH"] = os.pathsep.join(paths)
        if self.bytecode is not None:
            own["PYTHONPYCACHEPREFIX"] = str(self.bytecode)
        if not self.energy:  # an older flopwatt passes over it, where it would refuse a flag
            own[WITHOUT_ENERGY] = "1"
        return {**own, **ALLOCATOR}

    def _is_hidden(self, path: Path) -> bool:
        return self.without is not None and path.absolute().is_relative_to(self.without)


def flopwatt_folders() -> tuple[Path, ...]:
    """Return the folder to import the running flopwatt from; none where it is installed, and imported without a word."""
    folder = Path(__file__).absolute().parents[3]  # not resolved: in a checkout the rooms are links in src/flopwatt
    return () if folder.name in ("site-packages", "dist-packages") else (folder,)


def own_worker(label: str, arguments: Sequence[str], *, energy: bool = True) -> "Worker":
    """Start a worker of the running flopwatt, in the working folder of this process.

    Parameters
    ----------
    label
        What errors call it.
    arguments
        Those of a ``flopwatt bench`` that serves: suites, its options, ``--serve``.
    energy
        Whether it measures energy, as `Home` has it.
    """
    folder = Path.cwd()
    # a command that was started by `python -m` imports from its working folder, one by its script does not
    here = (folder,) if {"", str(folder)} & set(sys.path) else ()
    return Worker(label, arguments, Home(folder, (*flopwatt_folders(), *here), energy=energy))


class Worker:
    """The asking side: a process of its own that times what it is asked to.

    Attributes
    ----------
    label
        What errors call it.
    names
        The benchmarks that there are, by pytest's node ids; known once it has started.
    broken
        Why suites could not be collected, by node id; known once it has started.
    """

    def __init__(self, label: str, arguments: Sequence[str], home: Home):
        """Start the process; `start` waits until it can be asked.

        Parameters
        ----------
        label
            What errors call it.
        arguments
            Those of a ``flopwatt bench`` that serves.
        home
            Where it runs and what it imports.
        """
        self.label = label
        self.stderr = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed with the worker
        with uninterrupted():  # a process that is started is one that will be ended
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "flopwatt", "bench", *arguments],
                env=home.environment(),
                cwd=home.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.stderr,
                text=True,
                encoding="utf-8",
                process_group=0,  # Ctrl+C in a terminal is for the asking side, which then ends this one
                preexec_fn=_end_with_parent(),
            )
            _running.add(self)
        self.names: list[str] = []
        self.broken: dict[str, str] = {}
        self._bare: dict[str, str] = {}  # node id -> the bare name that an older flopwatt knows it by

    def start(self) -> None:
        """Wait until it is ready.

        Raises
        ------
        InputError
            Where nothing can be timed, with what the process said of it.
        """
        answer = self._receive()
        self.names = list(answer.get("ids") or answer["names"])
        self.broken = dict(answer.get("broken", {}))

    def adopt(self, ids: Sequence[str]) -> None:
        """Call by node ids what an older flopwatt, which sent bare names, has; nothing changes for a newer one.

        Parameters
        ----------
        ids
            The node ids of the other side: those whose bare name is theirs alone are taken.
        """
        by_bare: dict[str, list[str]] = {}
        for node_id in ids:
            by_bare.setdefault(bare_name(node_id), []).append(node_id)
        for i, name in enumerate(self.names):
            alike = by_bare.get(name, [])
            if len(alike) == 1 and alike[0] != name:
                self.names[i], self._bare[alike[0]] = alike[0], name

    def take_pass(self, name: str) -> Record | str:
        """Have it take one pass of one benchmark.

        Parameters
        ----------
        name
            One of ``names``.

        Returns
        -------
        Record or str
            The record of all its passes so far, or why it failed.

        Raises
        ------
        InputError
            Where the process ended or can time nothing more.
        """
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # what it said before it died is in the answer's error
            self.process.stdin.write(json.dumps(self._bare.get(name, name)) + "\n")
            self.process.stdin.flush()
        answer = self._receive(name)
        return str(answer["failed"]) if "failed" in answer else from_json(answer["record"])

    def _receive(self, name: str = "") -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        try:
            answer = json.loads(line)
            assert isinstance(answer, dict)
        except (ValueError, AssertionError):
            self.process.wait()
            answer = {"refused": self._last_words(name)}
        if "refused" in answer:
            reason = str(answer["refused"])
            raise InputError(f"its benchmarks do not run: {reason}" if self.label else reason, where=self.label)
        return answer

    def _last_words(self, name: str) -> str:
        """Return how the process ended: its last line, and where it has none, by what; ``name`` is the benchmark it was in."""
        self.stderr.seek(0)
        lines = [line for line in self.stderr.read().splitlines() if line.strip()]
        code = self.process.returncode
        end = f"exit status {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"
        if name:
            return f"{name} ended its process: {lines[-1] if lines else end}"
        return lines[-1] if lines else f"the process ended before it could time anything: {end}"

    def close(self) -> None:
        """End the process and wait for it; soon where a signal ends this one."""
        with uninterrupted():
            _running.discard(self)
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
            if interrupted():
                self.process.terminate()
            try:
                self.process.wait(timeout=INTERRUPTED_SECONDS if interrupted() else END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.stderr.close()


def _end_with_parent() -> Callable[[], object] | None:
    """Return what makes a new process get SIGTERM when the thread that started it ends; None where Linux does not do it.

    `serving.PipeServer` sees to the same everywhere, but only once it is there; by then a process has imported a second long.
    """
    if sys.platform != "linux":
        return None
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return None
    return lambda: prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


_running = set[Worker]()


@contextlib.contextmanager
def workers_ended() -> Iterator[None]:
    """Close the workers that are still open at the end: a signal may come before whoever started one can say how it ends."""
    try:
        yield
    finally:
        with uninterrupted():
            for worker in list(_running):
                worker.close()


def bare_name(node_id: str) -> str:
    """Return the last part of a node id: the function's name and its parameters."""
    head, bracket, parameters = node_id.partition("[")
    return head.rpartition("::")[2] + bracket + parameters


def align_names(workers: Sequence[Worker]) -> None:
    """Have workers that sent bare names call their benchmarks by the node ids of those that sent them."""
    for worker in workers:
        for other in workers:
            if _are_bare(worker.names) and not _are_bare(other.names):
                worker.adopt(other.names)


def _are_bare(names: Sequence[str]) -> bool:
    return all(bare_name(name) == name for name in names)
