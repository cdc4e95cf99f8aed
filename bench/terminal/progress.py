"""A progress bar on stderr for what takes more than a second, with the time left."""

import math
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from ...kernels.text import visible
from .numbers import duration

if TYPE_CHECKING:
    from rich.progress import Progress, Task

PATIENCE_SECONDS = 1.0  # what is done by then shows no bar
LINE_SECONDS = 15.0  # after which a line is written where stderr is no terminal; then after three times as long, and so on
# Rich estimates from the first advance on, so the first share told is one even where it is 0: compiling comes before it.
_MIN_ADVANCE = sys.float_info.min


class Bars:
    """One bar at a time. ``bars("label")`` starts one and returns what is told the share done (0 to 1), from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._progress: Progress | None = None  # Rich is loaded for what takes long alone
        self._label = ""
        self._begun = self._start = self._said = self._now = time.monotonic()
        self._silence = LINE_SECONDS
        self._first: tuple[float, float] | None = None  # when a share was told first, and which

    def __enter__(self) -> "Bars":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def __call__(self, label: str) -> Callable[[float], None]:
        """Start the bar of a label, in place of the one before.

        Returns
        -------
        Callable
            What is told the share done, from 0 to 1.
        """
        self._end()
        self._label, self._start, self._first = visible(label), time.monotonic(), None
        if self._start - self._begun > PATIENCE_SECONDS and sys.stderr.isatty():
            with self._lock:
                self._task()  # it compiles first, and says nothing while it does
        return self._update

    def _update(self, share: float) -> None:
        now = time.monotonic()
        with self._lock:
            if self._first is None:
                self._first = now, share
                if self._progress is not None:
                    self._advance(now, share)
            if now - self._start < PATIENCE_SECONDS or share <= 0:
                return
            task = self._advance(now, min(share, 1.0))
            if not sys.stderr.isatty() and now - self._said >= self._silence:
                self._said, self._silence = now, 3 * self._silence
                print(f"{self._label}: {share:.0%} {_left(task.time_remaining)}".rstrip(), file=sys.stderr, flush=True)

    def _advance(self, now: float, share: float) -> "Task":
        """Advance the task to a share told at a moment and return it; threads may tell an earlier share later."""
        task = self._task()
        assert self._progress is not None
        self._now = now
        self._progress.update(task.id, completed=max(share, task.completed, _MIN_ADVANCE))
        return task

    def _task(self) -> "Task":
        """Return the label's task, made where there is none; one made late is told what was told first."""
        if self._progress is None:
            self._progress = _start_progress(lambda: self._now)
            self._progress.add_task(self._label, total=1.0)
            if self._first is not None:
                self._advance(*self._first)
        return self._progress.tasks[0]

    def _end(self) -> None:
        with self._lock:
            if self._progress is not None and self._progress.live.is_started:
                self._progress.stop()
            self._progress = None


def _start_progress(clock: Callable[[], float]) -> "Progress":
    """Make Rich's progress by a clock: a bar where stderr is a terminal, kept for its estimate alone where it is not."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True, get_time=clock, speed_estimate_period=math.inf)
    if sys.stderr.isatty():
        progress.start()
    return progress


def _left(seconds: float | None) -> str:
    return "" if seconds is None else f"{duration(seconds, 'rough')} left"
