"""What plans are made for where whole arrays are computed, an operation at a time: NumPy."""

from dataclasses import replace

from .order import LaneMachine

# NumPy does an operation on whole arrays: long ones, since a call takes as long as some thousand elements, that stay in the
# second-level cache.
ARRAYS = LaneMachine(
    vector=8,
    unit=16,
    few=4096,
    most=8192,
    longest=16384,
    decided=256,
    alone=False,
    load=0.0,
    busy=8,
    passes=1,
    inner=65536,
    body=48,
    tile=8192,
    call=32.0,
    block=65536,
)

# Where several threads take turns at Python's lock, a call must be long: with blocks of 65,536 elements two threads took 1.1 to
# 2 times as long as one, with these 0.8 to 1.0. Guards skip whole blocks, so long ones cost where there are any: the deep model
# took 1.3 times as long.
LONG_ARRAYS = replace(ARRAYS, inner=2**20, block=2**20)
LONG_GRID = 2**25  # scenarios from which long blocks, and threads, are worth it
MOST_THREADS = 8  # unless more are asked for: each has buffers of its own, and waits for the lock
