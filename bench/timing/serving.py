"""The serving side of a `worker`: a ``flopwatt bench`` that takes passes as they are asked for over stdin and stdout."""

import contextlib
import json
import os
import select
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..records.commit import Commit
from ..records.format import to_json
from ..records.record import Benchmark, Record, now

WITHOUT_ENERGY = "FLOPWATT_WITHOUT_ENERGY"  # the variable of a process that leaves energy to another of its side
NOTHING_TIMED = "it timed nothing"  # of a test that was skipped, or never called its benchmark fixture
GRACE_SECONDS = 10.0  # that a pass and the fixtures' ends get, once nobody listens any more


class PipeServer:
    """A `plugin.Server` over this process's stdin and stdout.

    Parameters
    ----------
    trees
        As `plugin.Server` has them.
    """

    def __init__(self, trees: tuple[Path, Path] | None = None) -> None:
        # What a benchmark reads or prints, also in C, must not reach the pipes: they get other numbers.
        self.stdin = os.fdopen(os.dup(0), encoding="utf-8")
        self.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        self.started = now()
        self.commit, self.trees = Commit(), trees
        self._waits = False  # for a request
        if hasattr(select, "poll"):
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """End this process where the asking side is gone, however that ended, and whatever is running here."""
        watched = select.poll()
        watched.register(self.stdin, 0)  # no event is asked for: a pipe whose other end is closed tells so unasked
        watched.poll()
        time.sleep(0.2)  # a pass that was just told may be over in a moment
        if not self._waits:
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    def requests(self, tests: Mapping[str, str], broken: Mapping[str, str]) -> Iterator[str]:
        """Send the node ids and names of the benchmarks, then give each that is asked for, until the pipe is closed."""
        self._send({"names": list(tests.values()), "ids": list(tests), "broken": dict(broken)})
        while line := self._next():
            yield json.loads(line)

    def _next(self) -> str:
        self._waits = True
        line = self.stdin.readline()
        self._waits = not line
        return line

    def reply(self, outcome: Benchmark | str) -> None:
        """Send the benchmark that was asked for as a record, or why it failed."""
        if isinstance(outcome, str):
            self._send({"failed": outcome})
        else:
            record = Record(benchmarks=(outcome,), kind="bench", created=self.started, commit=self.commit)
            self._send({"record": to_json(record)})

    def refuse(self, reason: str) -> None:
        """Send why nothing is timed."""
        self._send({"refused": reason})

    def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError):  # nobody listens: the next request will not come either
            self.stdout.write(json.dumps(message) + "\n")
            self.stdout.flush()
