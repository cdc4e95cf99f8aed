"""Arrays in one block come out as they went in, each where a device would let an array begin."""

import numpy as np
import pytest

from flopwatt.kernels.engines.packing import ALIGNMENT, PackedLayout, packed

ARRAYS = (np.arange(3.0), np.array([], np.float32), np.arange(300, dtype=np.int64), np.array([1, 0, 1], np.uint8))


def test_arrays_come_out_as_they_went_in() -> None:
    layout, block = packed(ARRAYS)
    assert block.nbytes == layout.size
    for array, result in zip(ARRAYS, layout.read(block), strict=True):
        assert result.dtype == array.dtype
        np.testing.assert_array_equal(result, array)


def test_arrays_begin_where_an_allocation_would_and_none_is_empty() -> None:
    layout, block = packed(ARRAYS)
    views = layout.views(block)
    starts = [view.__array_interface__["data"][0] - block.__array_interface__["data"][0] for view in views]
    assert starts == [0, 256, 512, 512 + 2560]
    assert all(start % ALIGNMENT == 0 for start in starts)
    assert [view.size for view in views] == [3, 1, 300, 3]


@pytest.mark.parametrize("columns", [(), ((0, np.float64),)])
def test_a_block_is_never_empty(columns: tuple[tuple[int, type], ...]) -> None:
    assert PackedLayout(columns).size == ALIGNMENT
