"""A process that times benchmarks one pass at a time, on request: a serving ``flopwatt bench`` and who talks to it.

Requests are lines with a benchmark's name; answers are lines of JSON: first the names there are, then after each pass
a record that holds the one benchmark, or why it failed; where nothing can be timed, only why. Both sides may be different
versions of flopwatt.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..records.format import from_json, to_json
from ..records.record import Benchmark, Record, now

# glibc gives freed memory back to the system, or does not, by what lies next to it: the same NumPy code then takes 20% more
# page faults in one process than in another, for no reason of its own. So processes that are compared keep theirs.
ALLOCATOR = {"MALLOC_TRIM_THRESHOLD_": str(2**30), "MALLOC_MMAP_THRESHOLD_": str(2**25)}


class PipeServer:
    """The serving side, over this process's stdin and stdout; a `plugin.Server`."""

    def __init__(self) -> None:
        # pytest puts other files in place of the standard ones while it runs: keep the real ones
        self.stdin = os.fdopen(os.dup(0), encoding="utf-8")
        self.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
        self.started = now()

    def requests(self, names: list[str]) -> Iterator[str]:
        """Send the names of the benchmarks, then give each name that is asked for, until the pipe is closed."""
        self._send({"names": names})
        while line := self.stdin.readline():
            yield json.loads(line)

    def reply(self, outcome: Benchmark | str) -> None:
        """Send the benchmark that was asked for as a record, or why it failed."""
        if isinstance(outcome, str):
            self._send({"failed": outcome})
        else:
            self._send({"record": to_json(Record(benchmarks=(outcome,), kind="bench", created=self.started))})

    def refuse(self, reason: str) -> None:
        """Send why nothing is timed."""
        self._send({"refused": reason})

    def _send(self, message: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(message) + "\n")
        self.stdout.flush()


class Worker:
    """The asking side: a flopwatt of a certain source tree, in a process of its own."""

    def __init__(self, label: str, source: Path, arguments: Sequence[str], bytecode: Path):
        """Start the process; `start` waits until it can be asked.

        Parameters
        ----------
        label
            What errors call it.
        source
            The folder that holds the package.
        arguments
            Those of a ``flopwatt bench`` that serves.
        bytecode
            Where its compiled modules are kept: a process that finds none compiles its own, and that leaves its memory in
            another state than that of one which need not.
        """
        self.label = label
        self.stderr = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed with the worker
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flopwatt", "bench", *arguments],
            env=_environment(source, bytecode),
            cwd=source,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            text=True,
            encoding="utf-8",
        )
        self.names: list[str] = []

    def start(self) -> None:
        """Wait until it is ready.

        Raises
        ------
        InputError
            Where nothing can be timed, with what the process said of it.
        """
        self.names = list(self._receive()["names"])

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
            self.process.stdin.write(json.dumps(name) + "\n")
            self.process.stdin.flush()
        answer = self._receive()
        return str(answer["failed"]) if "failed" in answer else from_json(answer["record"])

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        try:
            answer = json.loads(line)
            assert isinstance(answer, dict)
        except (ValueError, AssertionError):
            self.process.wait()
            answer = {"refused": self._last_words()}
        if "refused" in answer:
            raise InputError(f"its benchmarks do not run: {answer['refused']}", where=self.label)
        return answer

    def _last_words(self) -> str:
        self.stderr.seek(0)
        lines = [line for line in self.stderr.read().splitlines() if line.strip()]
        return lines[-1] if lines else f"exit status {self.process.returncode}"

    def close(self) -> None:
        """End the process and wait for it."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.stderr.close()


def _environment(source: Path, bytecode: Path) -> dict[str, str]:
    """Return this process's environment, with what makes the two sides alike in all but their source."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, **ALLOCATOR, "PYTHONPATH": str(source), "PYTHONPYCACHEPREFIX": str(bytecode)}
