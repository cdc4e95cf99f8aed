"""Work shared among threads: all of it once, and none that has not begun after a fault or an interrupt."""

import multiprocessing
import sys
import threading
import time

import pytest

from flopwatt.kernels.engines.cpu_tasks import share_out


@pytest.mark.parametrize("threads", [1, 3])
def test_all_is_done_once_and_told(threads: int) -> None:
    done, told = list[range](), list[float]()
    share_out(100, 7, threads, lambda low, high: done.append(range(low, high)), told.append)
    assert sorted(number for part in done for number in part) == list(range(100))
    assert max(told) == 1.0


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_what_has_not_begun_is_left_after_a_fault(fault: type[BaseException]) -> None:
    begun = list[int]()
    lock = threading.Lock()

    def work(low: int, _: int) -> None:
        with lock:
            begun.append(low)
        if low == 0:
            raise fault
        time.sleep(0.002)

    with pytest.raises(fault):
        share_out(2000, 1, 2, work)
    many = len(begun)
    time.sleep(0.05)
    assert len(begun) <= many + 4  # those that were under way, and no other


def _shared() -> None:
    share_out(10, 1, 2, lambda low, high: None)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a fork")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_forked_child_has_threads_of_its_own() -> None:
    _shared()
    child = multiprocessing.get_context("fork").Process(target=_shared)
    child.start()
    child.join(20)
    hangs = child.is_alive()
    child.kill()
    assert not hangs
    assert child.exitcode == 0
