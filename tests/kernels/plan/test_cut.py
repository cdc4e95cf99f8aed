"""The cut of the loops: it walks every scenario once, within its limits, whatever the machine."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.plan.cut import LoopCut, cut_loops, study_order
from flopwatt.kernels.plan.order import CPU, GPU, LaneMachine, Order


def grid_of(*lengths: int) -> Grid:
    return Grid(tuple(Axis(f"a{i}", {f"a{i}": np.arange(1.0, n + 1)}) for i, n in enumerate(lengths)))


def walked(cut: LoopCut) -> np.ndarray:
    """The flat indices that a nest of this cut comes by, in its order."""
    strides, offsets, flat = cut.grid.strides, cut.lane_offsets(), []
    tiles = {part.axis: part.tile for part in cut.outer}
    for point in range(cut.points):
        flats, lanes = cut.point_offsets(np.array([point]))
        used = cut.lanes_used
        if cut.lane_tile:
            used = min(used, cut.grid.shape[cut.lanes[0]] - int(lanes[0]))
        inner = np.zeros(1, np.int64)
        rest, index = point, {}
        for part in reversed(cut.outer):
            index[part.axis], rest = rest % part.count, rest // part.count
        for loop in cut.middle:
            length = loop.length
            if loop.tiled:
                length = min(length, cut.grid.shape[loop.axis] - index[loop.axis] * tiles[loop.axis])
            inner = (inner[:, None] + np.arange(length) * strides[loop.axis]).reshape(-1)
        flat.append((int(flats[0]) + inner[:, None] + offsets[int(lanes[0]) : int(lanes[0]) + used]).reshape(-1))
    return np.concatenate(flat)


@st.composite
def cuts(draw: st.DrawFn) -> tuple[LoopCut, LaneMachine]:
    lengths = draw(st.lists(st.integers(1, 14), min_size=1, max_size=4))
    axes = draw(st.permutations(range(len(lengths))))
    split = sorted(draw(st.tuples(*(st.integers(0, len(axes)) for _ in range(2)))))
    kept, middle, lanes = axes[: split[0]], axes[split[0] : split[1]], sorted(axes[split[1] :])
    if draw(st.booleans()) and lanes:
        middle, lanes = [*middle, *lanes[1:]], lanes[:1]
    base = draw(st.sampled_from([CPU, GPU]))
    machine = LaneMachine(
        **{**vars(base), "inner": draw(st.sampled_from([1, 7, 100, 65536])), "longest": draw(st.sampled_from([4, 16, 2048]))}
    )
    order = Order(tuple(lanes), tuple(middle), 0.0)
    return cut_loops(grid_of(*lengths), order, kept, machine, contiguous=False), machine


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(cuts())
def test_every_scenario_is_walked_once(cut_and_machine: tuple[LoopCut, LaneMachine]) -> None:
    cut, _ = cut_and_machine
    assert sorted(walked(cut)) == list(range(cut.grid.size))


@settings(max_examples=100, deadline=None)
@given(cuts())
def test_levels_are_those_of_the_loops(cut_and_machine: tuple[LoopCut, LaneMachine]) -> None:
    cut, _ = cut_and_machine
    for number, loop in enumerate(cut.middle):
        assert cut.level(frozenset((loop.axis,))) == number + 1
        assert cut.level(frozenset(m.axis for m in cut.middle[: number + 1]) | set(cut.lanes)) == number + 1
    assert cut.level(frozenset()) == 0
    assert not cut.on_lanes(frozenset())
    for axis in range(len(cut.grid.axes)):
        assert cut.on_lanes(frozenset((axis,))) == (axis in cut.lanes)
    assert cut.inner == cut.lanes_used * math.prod(loop.length for loop in cut.middle)
    assert len(cut.lane_offsets()) == cut.lane_length
    assert cut.width >= cut.lanes_used


def test_a_long_axis_of_lanes_is_cut_into_tiles() -> None:
    cut = cut_loops(grid_of(3, 5000), Order((1,), (0,), 0.0), [], CPU, contiguous=False)
    assert 0 < cut.lane_tile <= CPU.tile
    assert cut.width == cut.lane_tile
    assert cut.outer[-1].axis == 1
    assert cut.outer[-1].count * cut.lane_tile >= 5000
    assert cut.lane_length >= 5000


def test_outer_points_have_as_many_scenarios_as_the_machine_wants() -> None:
    grid, order = grid_of(64, 64, 64, 64), Order((3,), (0, 1, 2), 0.0)
    for inner in (64, 4096, 10**6):
        cut = cut_loops(grid, order, [], LaneMachine(**{**vars(CPU), "inner": inner, "busy": 1}), contiguous=False)
        assert inner <= cut.inner < 8 * 64 * max(inner // 64, 1) + 64
    busy = cut_loops(grid, order, [], LaneMachine(**{**vars(CPU), "inner": 10**9, "busy": 4096}), contiguous=False)
    assert busy.points >= 4096


@pytest.mark.parametrize(("shape", "lanes"), [((5, 6, 7), (0, 1, 2)), ((5, 60, 70), (2,)), ((5, 3000), (1,)), ((), ())])
def test_a_table_keeps_the_studys_order(shape: tuple[int, ...], lanes: tuple[int, ...]) -> None:
    order = study_order(shape, CPU)
    assert order.lanes == lanes
    assert (*order.middle, *order.lanes) == tuple(range(len(shape)))
    cut = cut_loops(grid_of(*shape), order, [], CPU, contiguous=True)
    np.testing.assert_array_equal(walked(cut), np.arange(cut.grid.size))
    starts = cut.starts(np.arange(cut.points))
    assert (np.diff(starts) > 0).all()


@settings(deadline=None)
@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=5), longest=st.integers(1, 40), inner=st.integers(1, 3000))
def test_what_is_written_follows_itself(lengths: list[int], longest: int, inner: int) -> None:
    grid = grid_of(*lengths)
    if grid.size > 50_000:
        return
    machine = LaneMachine(**{**vars(CPU), "longest": longest, "inner": inner, "tile": min(CPU.tile, longest)})
    cut = cut_loops(grid, study_order(grid.shape, machine), [], machine, contiguous=True)
    np.testing.assert_array_equal(walked(cut), np.arange(grid.size))


def test_an_axis_that_just_fits_is_cut_and_none_further_in() -> None:
    """A table of 2 x 2 x 40 x 500 was written in the wrong order: the first axis was left whole, and the third was cut."""
    cut = cut_loops(grid_of(2, 2, 40, 500), Order((3,), (0, 1, 2), 0.0), [], CPU, contiguous=True)
    assert [(part.axis, part.tile, part.count) for part in cut.outer] == [(0, 1, 2)]
    assert [(loop.axis, loop.length) for loop in cut.middle] == [(1, 2), (2, 40)]
