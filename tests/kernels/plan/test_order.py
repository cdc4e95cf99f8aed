"""Which axes become lanes: what is chosen is the cheapest of all sets, though only promising ones are worked out."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt.kernels.plan.order import CPU, GPU, Filter, LaneMachine, Search, choose

AXES = 5


@st.composite
def searches(draw):  # type: ignore[no-untyped-def]
    """Lengths, work by axes, and conditions that scenarios pass at random."""
    lengths = draw(st.lists(st.integers(2, 12), min_size=AXES, max_size=AXES))
    subsets = st.frozensets(st.integers(0, AXES - 1), min_size=1, max_size=AXES)
    work = draw(st.dictionaries(subsets, st.floats(0.0, 30.0), min_size=1, max_size=8))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    filters = [Filter(axes, random.random(64) < draw(st.floats(0, 1))) for axes in draw(st.lists(subsets, max_size=3))]
    return lengths, draw(st.sampled_from([(), (0,), (0, 2)])), work, filters


@settings(max_examples=60, deadline=None)
@given(searches(), st.sampled_from([CPU, GPU]))
def test_no_set_of_lanes_is_cheaper(search, machine: LaneMachine) -> None:  # type: ignore[no-untyped-def]
    lengths, kept, work, filters = search
    chosen = choose(lengths, kept, work, machine, filters)
    free = [axis for axis in range(AXES) if axis not in kept]
    if np.prod([lengths[axis] for axis in free]) <= machine.few:
        assert chosen.lanes == tuple(free)
        return
    sets = [s for n in range(1, min(len(free), 4) + 1) for s in itertools.combinations(free, n)]
    sets = [s for s in sets if len(s) == 1 or np.prod([lengths[axis] for axis in s]) <= machine.most]
    search = Search(tuple(lengths), kept, work, machine, tuple(filters))
    assert chosen.cost == min(search.nest(lanes).cost for lanes in sets)


def test_lanes_are_axes_on_which_no_condition_depends() -> None:
    """A condition that lanes differ in skips nothing, so a narrower set of other axes is better."""
    lengths = [100, 23, 12, 4, 2]
    few = Filter(frozenset({0, 1, 3}), np.arange(64) % 16 == 0)
    whole = frozenset(range(5))
    chosen = choose(lengths, [0], {whole: 50.0}, CPU, [few])
    assert set(chosen.lanes) <= {2, 4}
    assert chosen.cost < 0.2 * choose(lengths, [0], {whole: 50.0}, CPU).cost


@pytest.mark.parametrize("machine", [CPU, GPU])
def test_one_long_axis_is_lanes(machine: LaneMachine) -> None:
    assert choose([3, 1_000_000], [0], {frozenset({0, 1}): 1.0}, machine).lanes == (1,)


@settings(max_examples=40, deadline=None)
@given(searches(), st.sampled_from([CPU, GPU]))
def test_what_is_uncertain_is_innermost_and_no_lane(search, machine: LaneMachine) -> None:  # type: ignore[no-untyped-def]
    lengths, kept, work, filters = search
    inner = tuple(axis for axis in (1, 4) if axis not in kept)
    order = choose(lengths, kept, work, machine, filters, inner)
    assert set(order.middle[len(order.middle) - len(inner) :]) == set(inner)
    assert not set(order.lanes) & set(inner)
    assert {*order.lanes, *order.middle, *kept} == set(range(AXES))


def test_all_axes_kept_but_the_uncertain_leave_no_lanes() -> None:
    order = choose([3, 5, 7], [0], {frozenset({0, 1, 2}): 1.0}, CPU, (), (1, 2))
    assert order.lanes == ()
    assert set(order.middle) == {1, 2}
