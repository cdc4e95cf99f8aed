"""Work shared among threads: every stretch once, in any number of threads; nothing goes on after a failure."""

import _thread
import multiprocessing
import sys
import threading
import time

import pytest

from flopwatt.kernels.engines.cpu_tasks import pool, share_out


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(("count", "step"), [(1, 1), (7, 3), (100, 7), (5, 100)])
def test_every_stretch_is_done_once(threads: int, count: int, step: int) -> None:
    done, said = list[int](), list[float]()
    share_out(count, step, threads, lambda low, high: done.extend(range(low, high)), said.append)
    assert sorted(done) == list(range(count))
    assert said == sorted(said)
    assert said[-1] == 1.0
    assert len(said) == -(-count // step)


@pytest.mark.parametrize("threads", [1, 2])
def test_no_stretch_begins_once_one_has_failed(threads: int) -> None:
    begun = list[int]()

    def work(low: int, _: int) -> None:
        begun.append(low)
        if low == 3:
            raise MemoryError
        time.sleep(0.001)

    with pytest.raises(MemoryError):
        share_out(10_000, 1, threads, work)
    count = len(begun)
    assert count < 20
    time.sleep(0.01)
    assert len(begun) == count


def test_an_interrupt_ends_the_work() -> None:
    begun = list[int]()

    def interrupted(low: int, _: int) -> None:
        begun.append(low)
        time.sleep(0.001)
        if low == 20 and threading.current_thread() is not threading.main_thread():
            _thread.interrupt_main()

    with pytest.raises(KeyboardInterrupt):
        share_out(10_000, 1, 2, interrupted)
    assert len(begun) < 1000


def _share_out_in_a_child(queue: "multiprocessing.Queue[int]") -> None:
    done = list[int]()
    share_out(10, 1, 2, lambda low, _: done.append(low))
    queue.put(len(done))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_starts_threads_of_its_own() -> None:
    pool(2).submit(time.sleep, 0).result()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_share_out_in_a_child, args=(queue,))
    child.start()
    try:
        assert queue.get(timeout=20) == 10
    finally:
        child.kill()
        child.join()
