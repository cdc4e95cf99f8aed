"""The loops that tell how fast the machine is: what is timed when, and that a slower machine shows in all of them."""

import pytest

from flopwatt.bench.machine.reference_loops import LOOPS, SECONDS_BETWEEN, ReferenceLoops


class Clock:
    """A clock that goes on by a step whenever it is read."""

    def __init__(self, step=0.001):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


def test_every_loop_is_timed_when_a_block_begins():
    loops = ReferenceLoops(Clock(0.001))
    loops.begin_block()
    loops.begin_block()
    assert [list(block) for block in loops.blocks] == [list(LOOPS), list(LOOPS)]
    assert all(seconds == pytest.approx([0.001]) for block in loops.blocks for seconds in block.values())


def test_beside_samples_they_are_timed_now_and_then_and_the_memory_loop_never():
    clock = Clock(0.0)
    loops = ReferenceLoops(clock)
    loops.begin_block()
    loops.beside_sample()
    assert {len(seconds) for seconds in loops.blocks[0].values()} == {1}
    clock.now += SECONDS_BETWEEN
    loops.beside_sample()
    assert {name: len(seconds) for name, seconds in loops.blocks[0].items()} == {
        name: 1 if name == "memory" else 2 for name in LOOPS
    }


def test_the_loops_do_some_work():
    loops = ReferenceLoops()
    loops.begin_block()
    assert all(1e-5 < seconds[0] < 1 for seconds in loops.blocks[0].values())
