"""A plan as a program of NumPy calls: whole arrays of a block, each operation as far out as its axes allow, into buffers.

A block is some outer points with all their scenarios. The digits of its number walk the axes that it does not have as
dimensions. What few scenarios tell apart is computed beforehand, as a table that the walk reads.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..graph.expression import Axes, Node, function_of, leaf_value, needed
from ..plan.plan import Plan
from .numpy_layout import Array, ArrayLayout

MOST_OF_A_TABLE = 2**15  # elements
_WHOLE = slice(None)


@dataclass(frozen=True, eq=False)
class Read:
    """How a block's digits choose a part of a table.

    Attributes
    ----------
    slot, node
        Where the part stands, and whose table it is.
    axes, shape
        The table has these axes in this order, and is given this shape.
    digits
        By dimension of the table, the number of the digit that walks it, or -1.
    steps
        By dimension, the digit's step where a block has a tile of the axis, else 0.
    """

    slot: int
    node: int
    axes: tuple[int, ...]
    shape: tuple[int, ...]
    digits: tuple[int, ...]
    steps: tuple[int, ...]

    def arranged(self, values: Any, shape: Sequence[int]) -> Array:
        """Arrange values that have a dimension for every axis of a grid of that shape, or are one number."""
        values = np.asarray(values)
        if values.ndim:
            rest = [axis for axis in range(values.ndim) if axis not in self.axes]
            values = values.transpose([*self.axes, *rest])
            values = values.reshape(values.shape[: len(self.axes)])
            values = np.broadcast_to(values, [shape[axis] for axis in self.axes])
        return np.ascontiguousarray(values).reshape(self.shape)

    @cached_property
    def _walked(self) -> tuple[int, ...]:
        """The digits of the first dimensions, which choose an index each; those after them are a block's."""
        return tuple(d for d, step in zip(self.digits, self.steps, strict=True) if d >= 0 and not step)

    @cached_property
    def _tiles(self) -> tuple[tuple[int, int], ...]:
        """The digits and steps of a block's dimensions; none where it takes all of them whole."""
        rest = tuple(zip(self.digits, self.steps, strict=True))[len(self._walked) :]
        return rest if any(step for _, step in rest) else ()

    def part(self, digits: Sequence[int]) -> tuple[Any, ...]:
        """Give the index of a block's part, which is an array also where it is one number."""
        index = map(digits.__getitem__, self._walked)
        if not self._tiles:  # as for most: there are many parts to a block
            return (*index, ...)
        return (*index, *(slice(digits[d] * step, (digits[d] + 1) * step) if step else _WHOLE for d, step in self._tiles), ...)


@dataclass(frozen=True, eq=False)
class ArrayCall:
    """One operation: a ufunc of slots, or a choice, into a slot."""

    function: Callable[..., Any]
    args: tuple[int, ...]
    slot: int


@dataclass(eq=False)
class Stage:
    """What is done when a digit has changed: reads, then calls, and between them tests that may end it.

    Attributes
    ----------
    reads
        The parts of tables that are read.
    calls
        Those that the guards need, those that the flag needs, and all others.
    guards
        What is computed further in is ruled out where one of these slots is false.
    flag
        None of the scenarios further in counts where all of this slot is false; -1 where there is none.
    """

    reads: list[tuple[Read, Array]] = field(default_factory=list)
    calls: tuple[list[ArrayCall], list[ArrayCall], list[ArrayCall]] = field(default_factory=lambda: ([], [], []))
    guards: list[int] = field(default_factory=list)
    flag: int = -1


@dataclass(frozen=True, eq=False)
class Buffer:
    """A slot that a call fills: which memory it lies in, its dtype, and which of a block's dimensions it has."""

    slot: int
    memory: int
    dtype: np.dtype[Any]
    dims: frozenset[int]


class Program:
    """What is called, stage by stage, to compute some nodes on every block.

    Parameters
    ----------
    plan
        The question's plan.
    outputs
        The nodes wanted of every block.
    feasible, nan
        Those that tell whether a scenario counts, and whether it is unknown; None where all do, or none is.
    flag
        One that tells whether a scenario counts, and is looked at before what depends on more axes is computed.

    Attributes
    ----------
    layout
        That of the blocks.
    slots
        Of each node that blocks have: where its value stands, by its ``id``.
    fixed
        Values that are the same for all blocks, by slot; there once it is filled.
    stages
        One for every digit, the last for the digit that runs fastest.
    buffers
        The slots that calls fill.
    """

    def __init__(self, plan: Plan, outputs: Sequence[Node], feasible: Node | None, nan: Node | None, flag: Node | None = None):
        self.feasible, self.nan = feasible, nan
        outputs = [*outputs, *(node for node in (feasible, nan) if node is not None)]
        self.plan, self.layout, self.dtype = plan, ArrayLayout.of(plan.cut), np.dtype(plan.dtype)
        self.walked = {digit.axis: number for number, digit in enumerate(self.layout.digits)}
        self.slots: dict[int, int] = {}
        self.fixed: dict[int, Any] = {}
        self.stages = [Stage() for _ in self.layout.digits]
        self.buffers: list[Buffer] = []
        self.sizes: list[int] = []  # of each memory, in bytes
        tests = [*plan.guards, *([] if flag is None else [flag])]
        nodes = needed([*outputs, *tests])
        tabled = {axes: self._is_table(axes) for axes in {node.axes for node in nodes}}
        self.tables = [node for node in nodes if tabled[node.axes]]
        computed = [node for node in nodes if not tabled[node.axes]]
        taken = {node.id for node in (*outputs, *tests)}.union(arg.id for node in computed for arg in node.args)
        for node in nodes:
            if node.id in taken or not tabled[node.axes]:
                self.slots[node.id] = len(self.slots)
        self.read = [self._reading(node) for node in self.tables if node.id in taken]
        for node in plan.guards:
            self.stages[max(self.stage(node.axes), 0)].guards.append(self.slots[node.id])
        if flag is not None:
            self.stages[max(self.stage(flag.axes), 0)].flag = self.slots[flag.id]
        self._allocate(computed, {node.id for node in (*outputs, *tests)}, flag)

    def fill(self) -> None:
        """Compute the tables: once for all blocks and threads."""
        values = _tables(self.plan, self.tables, {reading.node for reading in self.read})
        for stage in self.stages:
            stage.reads.clear()
        for reading in self.read:
            table = reading.arranged(values[reading.node], self.plan.problem.grid.shape)
            number = max(reading.digits, default=-1)
            if number < 0:
                self.fixed[reading.slot] = table
            else:
                self.stages[number].reads.append((reading, table))

    # --- where a node's value comes from ---

    def stage(self, axes: Axes) -> int:
        """Return the number of the stage at which something that depends on these axes is known, -1 before all."""
        return max((self.walked[axis] for axis in axes if axis in self.walked), default=-1)

    def _is_table(self, axes: Axes) -> bool:
        """Tell whether what depends on these axes is computed beforehand: a table has a block's dimensions whole."""
        inside = {axis for dim in self.layout.dims_of(axes) for axis in self.layout.dims[dim]}
        small = math.prod(self.plan.problem.grid.shape[axis] for axis in inside | axes) <= MOST_OF_A_TABLE
        return small or len(axes) == 1 or self.stage(axes) < 0

    def _reading(self, node: Node) -> Read:
        """Tell how a block's part of a table is read: walked axes first, then the block's."""
        shape, dims = self.plan.problem.grid.shape, self.layout.dims
        kept = sorted(self.layout.dims_of(node.axes))
        inside = [axis for number in kept for axis in dims[number]]
        walked = sorted(node.axes - set(inside), key=self.walked.__getitem__)
        named = [*walked, *inside]
        digits, lengths = [self.walked[axis] for axis in walked], [shape[axis] for axis in walked]
        for number, dim in enumerate(dims if kept else ()):
            has = number in kept
            digits.append(self.walked.get(dim[0], -1) if has else -1)
            lengths.append(math.prod(shape[axis] for axis in dim) if has else 1)
        steps = [self.layout.digits[d].step if d >= 0 and self.layout.digits[d].tiled else 0 for d in digits]
        return Read(self.slots[node.id], node.id, tuple(named), tuple(lengths), tuple(digits), tuple(steps))

    def _allocate(self, computed: Sequence[Node], ends: set[int], flag: Node | None) -> None:
        """Schedule the calls, and give each a buffer: one that is free again where there is one of the shape."""
        early, flagged = ({node.id for node in needed(nodes)} for nodes in (self.plan.guards, [] if flag is None else [flag]))
        stage_of = {node.id: self.stage(node.axes) for node in computed}
        flagging = -1 if flag is None else self.stage(flag.axes)

        def turn(node: Node) -> int:
            """Say which of its stage's calls a node is among; the flag hurries nothing in stages before its own."""
            return 0 if node.id in early else 1 if node.id in flagged and stage_of[node.id] == flagging else 2

        order = sorted(computed, key=lambda node: (stage_of[node.id], turn(node), node.id))
        last: dict[int, int] = {}
        for place, node in enumerate(order):
            for arg in node.args:
                # What an outer stage computes is read again and again, so nothing takes its place.
                lives_on = arg.id in stage_of and stage_of[arg.id] < stage_of[node.id]
                last[arg.id] = len(order) if lives_on else max(last.get(arg.id, place), place)
        free: dict[tuple[frozenset[int], bool], list[int]] = {}
        memory: dict[int, int] = {}
        for place, node in enumerate(order):
            kind = self._kind(node)
            dying = {a.id: a for a in node.args if a.id in memory and last[a.id] == place and a.id not in ends}.values()
            for arg in dying:
                if self._kind(arg) == kind:
                    free.setdefault(kind, []).append(memory[arg.id])
            pool = free.setdefault(kind, [])
            memory[node.id] = pool.pop() if pool else self._new(kind)
            for arg in dying:
                if self._kind(arg) != kind:
                    free.setdefault(self._kind(arg), []).append(memory[arg.id])
            self._call(node, memory[node.id], stage_of[node.id], turn(node))

    def _kind(self, node: Node) -> tuple[frozenset[int], bool]:
        return self.layout.dims_of(node.axes), node.boolean

    def _new(self, kind: tuple[frozenset[int], bool]) -> int:
        dims, boolean = kind
        lengths = [self.layout.lengths[dim] for dim in dims]
        self.sizes.append(math.prod(lengths) * (1 if boolean else self.dtype.itemsize))
        return len(self.sizes) - 1

    def _call(self, node: Node, memory: int, stage: int, turn: int) -> None:
        slot = self.slots[node.id]
        dtype = np.dtype(bool) if node.boolean else self.dtype
        self.buffers.append(Buffer(slot, memory, dtype, self._kind(node)[0]))
        function = choose if node.op == "where" else function_of(node)
        self.stages[stage].calls[turn].append(ArrayCall(function, tuple(self.slots[arg.id] for arg in node.args), slot))


def choose(condition: Array, yes: Array, no: Array, out: Array) -> None:
    """Choose by a condition, as `numpy.where` does.

    Parameters
    ----------
    condition
        Where it is true, ``yes`` is chosen.
    yes, no
        What is chosen from.
    out
        Takes the result; it may be one of the two.
    """
    np.copyto(out, np.where(condition, yes, no))


def _tables(plan: Plan, nodes: Sequence[Node], kept: set[int]) -> dict[int, Any]:
    """Compute nodes on all points that tell their values apart: arrays with a dimension for every axis, or numbers."""
    problem, real, values = plan.problem, np.dtype(plan.dtype), dict[int, Any]()
    left = Counter(arg.id for node in nodes for arg in node.args)
    with np.errstate(all="ignore"):
        for node in nodes:
            if node.args:
                values[node.id] = function_of(node)(*(values[arg.id] for arg in node.args))
                left.subtract(arg.id for arg in node.args)
                for arg in node.args:
                    if not left[arg.id] and arg.id not in kept:
                        values.pop(arg.id, None)
                continue
            value = leaf_value(problem, node, real)
            if node.axes:
                (axis,) = node.axes
                value = value.reshape([-1 if i == axis else 1 for i in range(len(problem.grid.shape))])
            values[node.id] = value
    return values
