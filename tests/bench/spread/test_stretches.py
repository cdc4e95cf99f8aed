"""Stretches of a grid follow each other, and each is a block of its axes."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flopwatt.bench.spread.stretches import Stretches

SHAPES = st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple)


@given(shape=SHAPES, points=st.integers(1, 60))
def test_stretches_are_contiguous_blocks(shape: tuple[int, ...], points: int) -> None:
    stretches, flat = Stretches(shape, points), np.arange(math.prod(shape)).reshape(shape)
    place = 0
    for number in range(len(stretches)):
        block = flat[stretches.slices(number)].reshape(-1)
        np.testing.assert_array_equal(block, np.arange(place, place + len(block)))
        assert stretches.start(number) == place
        assert 1 <= len(block) <= points
        place += len(block)
    assert place == stretches.start(len(stretches)) == flat.size


@given(shape=SHAPES, points=st.integers(1, 60))
def test_files_have_every_stretch_once(shape: tuple[int, ...], points: int) -> None:
    stretches = Stretches(shape, points)
    assert [stretch for number in range(stretches.files) for stretch in stretches.of_file(number)] == list(
        range(len(stretches))
    )


def test_large_tables_have_larger_files_and_never_too_many() -> None:
    assert Stretches((50, 1000), 1000).files == 50
    assert Stretches((640, 1000), 1000).per_file == 10
    assert Stretches((100_000, 1000), 1000).files == 1000


def test_stretches_are_about_as_long_as_they_may_be() -> None:
    assert Stretches((2, 3, 1000, 1000), 2**19).chunk == (1, 1, 524, 1000)
    assert Stretches((10, 10), 1000).chunk == (10, 10)
