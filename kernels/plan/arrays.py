"""What plans are made for where whole arrays are computed, an operation at a time: NumPy."""

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
