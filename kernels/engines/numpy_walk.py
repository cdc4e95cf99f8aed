"""A walk over the blocks of a program: one thread's buffers, in which block after block is computed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from ..graph.expression import Node
from .numpy_layout import Array
from .numpy_program import ArrayCall, Buffer, Program, Stage


@dataclass(frozen=True)
class SkippedBlocks:
    """Blocks in which no scenario counts: ``count`` of them from ``number`` on; ``pruned`` where a guard rules them out."""

    number: int
    count: int
    pruned: bool


class Passed(Enum):
    """Which tests of a stage a block passed."""

    NONE = "not all guards"
    GUARDS = "the guards, but no scenario counts"
    ALL = "all"


class Block:
    """A block whose outputs are computed: until the walk goes on.

    Attributes
    ----------
    number
        Its number.
    lengths
        Those of its dimensions.
    points
        How many outer points it has, of ``scenarios`` each.
    """

    def __init__(self, walk: "BlockWalk", number: int):
        self.walk, self.number = walk, number
        self._least: dict[int, Any] = {}
        self.lengths = walk.lengths
        self.points = math.prod(self.lengths[: walk.layout.batched])
        self.scenarios = math.prod(self.lengths[walk.layout.batched :])

    @property
    def first(self) -> int:
        """The number of the first of its outer points."""
        return self.walk.layout.first_point(self.number)

    def value(self, node: Node) -> Array:
        """Give a node's value: an array that broadcasts to the block's dimensions."""
        result: Array = self.walk.values[self.walk.program.slots[node.id]]
        return result

    def has_nan(self, node: Node) -> bool:
        """Tell whether a node is NaN at any scenario."""
        return bool(np.isnan(self.least(node)))

    def least(self, node: Node) -> Any:
        """Give a node's least value, NaN where one is NaN; it is kept for whoever asks again."""
        if node.id not in self._least:
            self._least[node.id] = np.minimum.reduce(self.value(node), axis=None)
        return self._least[node.id]

    def rows(self, node: Node) -> Array:
        """Give a node's value at every scenario, contiguous: (outer points, scenarios)."""
        value = self.value(node)
        if value.shape != self.lengths or not value.flags.c_contiguous:
            whole = self.walk.spare(node.id, value.dtype)
            np.copyto(whole, value)
            value = whole
        return value.reshape(self.points, self.scenarios)


class BlockWalk:
    """Computes blocks one after the other; what does not change from one to the next is kept.

    Parameters
    ----------
    program
        What is computed; its tables are filled.
    """

    def __init__(self, program: Program):
        self.program, self.layout = program, program.layout
        self.values: list[Any] = [program.fixed.get(slot) for slot in range(len(program.slots))]
        self.memories = [np.empty(size, np.uint8) for size in program.sizes]
        self.lengths = self.layout.lengths
        self._spare: dict[tuple[int, tuple[int, ...]], Array] = {}
        self._scratch: dict[tuple[str, str], Array] = {}
        self._tiled = {number: self.layout.dims.index((d.axis,)) for number, d in enumerate(self.layout.digits) if d.tiled}
        for buffer in program.buffers:
            self._bind(buffer)

    def _bind(self, buffer: Buffer) -> None:
        """Lay a buffer's array into its memory, in the shape that it has in the block at hand."""
        shape = [n if dim in buffer.dims else 1 for dim, n in enumerate(self.lengths)] if buffer.dims else []
        size = math.prod(shape) * buffer.dtype.itemsize
        self.values[buffer.slot] = self.memories[buffer.memory][:size].view(buffer.dtype).reshape(shape)

    def spare(self, key: int, dtype: np.dtype[Any]) -> Array:
        """Give an array of the block's shape for what no buffer holds in full."""
        known = self._spare.get((key, self.lengths))
        if known is None:
            known = self._spare[key, self.lengths] = np.empty(self.lengths, dtype)
        return known

    def scratch(self, name: str, size: int, dtype: Any) -> Array:
        """Give an array that is kept from block to block.

        Parameters
        ----------
        name
            Whoever asks by the same name gets the same array.
        size, dtype
            How many of its elements are given, and of which type.
        """
        key = name, np.dtype(dtype).name
        array = self._scratch.get(key)
        if array is None or len(array) < size:
            array = self._scratch[key] = np.empty(max(size, math.prod(self.layout.lengths)), dtype)
        return array[:size]

    def blocks(self, low: int, high: int) -> Iterator[Block | SkippedBlocks]:
        """Compute the blocks from ``low`` to before ``high``, or tell in which no scenario counts."""
        digits, first, number = self.layout.read(low), 0, low
        while number < high:
            stage, passed = self._compute(digits, first)
            if passed is Passed.ALL:
                yield Block(self, number)
                count = 1
            else:
                below = self.layout.below[stage]
                count = min(below - number % below, high - number)
                yield SkippedBlocks(number, count, pruned=passed is Passed.NONE)
            number += count
            following = self.layout.read(number)
            first = next((i for i, (a, b) in enumerate(zip(digits, following, strict=True)) if a != b), 0)
            digits = following

    def _compute(self, digits: Sequence[int], first: int) -> "tuple[int, Passed]":
        """Do the stages from the ``first`` on; returns that which was stopped, and what it passed."""
        if any(number >= first for number in self._tiled):
            self._resize(digits)
        for number in range(first, len(self.program.stages)):
            passed = self._do(self.program.stages[number], digits)
            if passed is not Passed.ALL:
                return number, passed
        return len(self.program.stages), Passed.ALL

    def _resize(self, digits: Sequence[int]) -> None:
        """Give the buffers the shapes that they have in this block: the last tile of an axis is shorter."""
        lengths = list(self.lengths)
        for number, place in self._tiled.items():
            digit = self.layout.digits[number]
            length = self.layout.cut.grid.shape[digit.axis]
            lengths[place] = min(digit.step, length - digits[number] * digit.step)
        changed = {dim for dim, (a, b) in enumerate(zip(self.lengths, lengths, strict=True)) if a != b}
        if changed:
            self.lengths = tuple(lengths)
            for buffer in self.program.buffers:
                if not changed.isdisjoint(buffer.dims):
                    self._bind(buffer)

    def _do(self, stage: Stage, digits: Sequence[int]) -> "Passed":
        """Do a stage, unless a guard or the flag stops it."""
        values = self.values
        for read, table in stage.reads:
            values[read.slot] = table[read.part(digits)]
        for_guards, for_flag, others = stage.calls
        self._call(for_guards)
        for guard in stage.guards:
            if not values[guard]:
                return Passed.NONE
        self._call(for_flag)
        if stage.flag >= 0 and not values[stage.flag].any():
            return Passed.GUARDS
        self._call(others)
        return Passed.ALL

    def _call(self, calls: Sequence[ArrayCall]) -> None:
        values = self.values
        for call in calls:
            call.function(*[values[arg] for arg in call.args], out=values[call.slot])
