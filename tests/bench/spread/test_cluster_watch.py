"""What is said of a cluster whose workers are all gone."""

import time

from flopwatt.bench.spread.cluster_watch import ClusterWatch


def watched(*counts: int) -> list[str]:
    """What is said of a cluster that has so many workers at one look after the other, and then is gone."""
    left, said = list(counts), list[str]()

    def count() -> int:
        if not left:
            raise OSError
        return left.pop(0)

    watch = ClusterWatch(count, said.append, "tcp://there", seconds=0.01)
    deadline = time.monotonic() + 5
    while left and time.monotonic() < deadline:
        time.sleep(0.01)
    watch.close()
    return said


def test_it_is_said_once_each_time_that_no_worker_is_left() -> None:
    line = "tcp://there has no worker left; what they had is done again when one comes (Ctrl+C ends it)"
    assert watched(2, 1, 0, 0, 0, 0, 1) == [line]
    assert watched(0, 0, 1, 0, 0, 1, 0, 0) == [line, line]
    assert watched(0, 0, 0) == []
    assert watched(1, 0, 1, 0, 1) == []
