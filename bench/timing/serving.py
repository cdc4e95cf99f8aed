"""The serving side of a `worker`: a ``flopwatt bench`` that takes passes as they are asked for over stdin and stdout."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from ..records.format import to_json
from ..records.record import Benchmark, Record, now

NOTHING_TIMED = "it timed nothing"  # of a test that was skipped, or never called its benchmark fixture


class PipeServer:
    """A `plugin.Server` over this process's stdin and stdout."""

    def __init__(self) -> None:
        # What a benchmark reads or prints, also in C, must not reach the pipes: they get other numbers.
        self.stdin = os.fdopen(os.dup(0), encoding="utf-8")
        self.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        self.started = now()

    def requests(self, tests: Mapping[str, str]) -> Iterator[str]:
        """Send the node ids and names of the benchmarks, then give each that is asked for, until the pipe is closed."""
        self._send({"names": list(tests.values()), "ids": list(tests)})
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
