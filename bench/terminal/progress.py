"""A progress bar on stderr for what takes more than a second, with the time left."""

import sys
import threading
import time
from types import TracebackType
from typing import Any

from .numbers import duration

PATIENCE_SECONDS = 1.0  # what is done by then shows no bar
LINE_SECONDS = 10.0  # how often a line is written where stderr is no terminal


class Bars:
    """One bar at a time. ``bars("label")`` starts one and returns what is told the share done, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: Any = None
        self._task: Any = None
        self._label = ""
        self._begun = self._start = self._said = time.monotonic()
        self._first: tuple[float, float] | None = None  # when a share was told first, and which: compiling comes before

    def __enter__(self) -> "Bars":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def __call__(self, label: str) -> Any:
        self._end()
        self._label, self._start, self._first = label, time.monotonic(), None
        if self._start - self._begun > PATIENCE_SECONDS and sys.stderr.isatty():
            with self._lock:
                self._bar(0.0)  # it compiles first, and says nothing while it does
        return self._update

    def _update(self, share: float) -> None:
        now = time.monotonic()
        if self._first is None or share < self._first[1]:
            self._first = now, share
        if now - self._start < PATIENCE_SECONDS or share <= 0:
            return
        with self._lock:
            if sys.stderr.isatty():
                self._bar(min(share, 1.0))
            elif now - self._said >= LINE_SECONDS:
                self._said = now
                print(f"{self._label}: {share:.0%} {self._left(share)}".rstrip(), file=sys.stderr, flush=True)

    def _bar(self, share: float) -> None:
        if self._live is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

            columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[left]}"))
            self._live = Progress(*columns, console=Console(stderr=True), transient=True)
            self._live.start()
            self._task = self._live.add_task(self._label, total=1.0, left="")
        self._live.update(self._task, completed=share, left=self._left(share))

    def _left(self, share: float) -> str:
        if self._first is None or share <= self._first[1]:
            return ""
        left = (time.monotonic() - self._first[0]) * (1 - share) / (share - self._first[1])
        return f"{duration(left, 'rough')} left"

    def _end(self) -> None:
        with self._lock:
            if self._live is not None:
                self._live.stop()
                self._live = None
