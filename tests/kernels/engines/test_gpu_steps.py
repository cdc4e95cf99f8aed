"""Launches: as few as memory allows, none that seems to hang, fewer items where memory runs out, every item once."""

import itertools

import pytest

from flopwatt.kernels.engines.gpu_steps import FIRST_SCENARIOS, LAUNCH_SECONDS, first_step, stepwise


class Worker:
    """Takes a while for each item, and has memory for so many."""

    def __init__(self, seconds: float, memory: int = 10**9):
        self.seconds, self.memory, self.now = seconds, memory, 0.0
        self.parts = list[tuple[int, int]]()

    def part(self, first: int, count: int) -> int:
        if count > self.memory:
            raise MemoryError
        self.parts.append((first, count))
        self.now += count * self.seconds
        return first

    def done(self, total: int, step: int, limit: int | None) -> list[int]:
        ends = [end for end, _ in stepwise(total, step, self.part, (MemoryError,), limit, lambda: self.now)]
        assert [first for first, _ in self.parts] == [0, *ends[:-1]]
        assert ends[-1] == total
        return [count for _, count in self.parts]


def test_a_first_launch_is_short_and_a_small_pass_is_one() -> None:
    assert first_step(2000, 2**18, 10**6) == 2000  # 5e8 scenarios
    assert first_step(10**6, 2**20, 10**6) == FIRST_SCENARIOS // 2**20
    assert first_step(10**6, 2**20, 100) == 100
    assert first_step(3, 2**40, 10) == 1


def test_launches_grow_until_they_take_half_a_second_and_no_further() -> None:
    counts = Worker(1e-6).done(10**7, 1000, 10**7)
    assert counts[:4] == [1000, 16_000, 256_000, int(LAUNCH_SECONDS / 1e-6)]
    assert max(counts) == int(LAUNCH_SECONDS / 1e-6)


def test_a_launch_that_is_too_long_is_followed_by_shorter_ones() -> None:
    assert Worker(1e-3).done(3000, 1000, 10**7) == [1000, 500, 500, 500, 500]
    assert set(Worker(2.0).done(3, 1, 10)) == {1}


def test_launches_never_grow_beyond_what_memory_held() -> None:
    worker = Worker(1e-9, memory=600)
    assert max(worker.done(5000, 1000, 10**6)) == 500
    assert max(Worker(1e-9).done(5000, 100, 300)) == 300


def test_a_step_that_was_asked_for_is_kept() -> None:
    assert Worker(1e-9).done(25, 10, None) == [10, 10, 5]


def test_memory_that_never_suffices_is_an_error() -> None:
    with pytest.raises(MemoryError):
        list(itertools.islice(stepwise(5, 4, Worker(1.0, memory=0).part, (MemoryError,)), 9))
