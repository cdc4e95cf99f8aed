"""How steps are cut into parts."""

from hypothesis import given
from hypothesis import strategies as st

from flopwatt.bench.spread.cuts import MAX_PARTS, TASK_SECONDS, count_parts, cut, gaps

RANGES = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=1, max_size=4)


def test_parts_take_some_seconds_but_are_never_too_many() -> None:
    assert count_parts(0.001, 1) == count_parts(0.001, 64) == 1
    assert count_parts(20.0, 1) == 10
    assert count_parts(20.0, 4) == 64  # some for each worker, so that none waits long for the last
    assert count_parts(1e9, 1000) == MAX_PARTS
    assert count_parts(100 * TASK_SECONDS, 1000) == 10  # the last takes as long as handing all out


@given(lengths=RANGES, count=st.integers(1, 60))
def test_a_cut_covers_its_ranges_in_equal_parts(lengths: list[tuple[int, int]], count: int) -> None:
    ranges, place = [], 0
    for skipped, length in lengths:
        ranges.append((place + skipped, place + skipped + length))
        place += skipped + length
    parts = cut(ranges, count)
    assert [step for low, high in parts for step in range(low, high)] == [s for low, high in ranges for s in range(low, high)]
    assert len(ranges) <= len(parts) <= max(count, len(ranges))
    whole = cut([(0, 1000)], count)
    assert len(whole) == count
    assert len({high - low for low, high in whole}) <= 2


@given(low=st.integers(0, 5), length=st.integers(0, 20), edges=st.sets(st.integers(0, 25)))
def test_gaps_are_what_is_left(low: int, length: int, edges: set[int]) -> None:
    high = low + length
    inner = sorted(edge for edge in edges if low <= edge <= high)
    done = list(zip(inner[::2], inner[1::2], strict=False))
    left = {step for first, last in gaps(low, high, done) for step in range(first, last)}
    assert left == set(range(low, high)) - {step for first, last in done for step in range(first, last)}
