"""Watching a cluster: whether any worker is left, which a scheduler waits for without a word."""

import threading
from collections.abc import Callable
from typing import Any

_SECONDS = 5.0  # between two looks; a worker that its nanny starts anew is back before the second
_LOOKS = 2  # in a row without a worker, until that is said


class ClusterWatch:
    """Says in a line when a cluster has no worker left, once each time, from a thread of its own until it is closed.

    Parameters
    ----------
    count
        Counts the workers; it may raise what it likes where the cluster is gone, of which others tell.
    say
        Hears the line.
    address
        The cluster's, for the line.
    seconds
        Between two looks.
    """

    def __init__(self, count: Callable[[], int], say: Callable[[str], None], address: str, seconds: float = _SECONDS):
        self.count, self.say, self.address, self.seconds = count, say, address, seconds
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="flopwatt-cluster", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def _watch(self) -> None:
        without = _LOOKS  # until one was seen, which others wait for
        while not self._closed.wait(self.seconds):
            try:
                workers: Any = self.count()
            except Exception:
                return
            without = 0 if workers else without + 1
            if without == _LOOKS and not self._closed.is_set():
                self.say(f"{self.address} has no worker left; what they had is done again when one comes (Ctrl+C ends it)")
