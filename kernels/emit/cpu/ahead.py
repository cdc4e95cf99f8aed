"""What a loop of the nest computes for all its rounds before what lies inside them is done.

A chain of operations, each of which waits for the one before, takes a core no longer for some rounds than for one, where the
rounds follow each other closely. Between what lies inside the rounds each chain would be waited for alone.
"""

from collections.abc import Sequence

from ...graph.expression import Node
from ..code import Array, Value
from ..nest import Nest
from .cpu_code import CpuCode

_LEAST = 16  # operations of a level that are worth a loop of their own


class RoundsAhead:
    """Emits the loops that run ahead, and hands their values in.

    Parameters
    ----------
    nest : Nest
        The nest, whose arrays are there by the time anything is emitted.
    code : CpuCode
        What is written with.
    """

    held: Array

    def __init__(self, nest: Nest, code: CpuCode):
        self.nest, self.code = nest, code

    def allocate(self) -> None:
        """Reserve memory for what is handed in."""
        room = self._room(len(self.nest.plan.middle))
        if room:
            self.held = self.code.alloc("real", room)

    def nodes(self, level: int) -> Sequence[Node]:
        """List what is computed ahead at a level; what its guards do not need is among it only where that is little."""
        nest = self.nest
        if level == nest.last:
            return ()
        nodes, first = nest.at(level, vector=False), nest.before_guard(level)
        if nest.guarding(level) and 2 * len(first) < len(nodes):
            nodes = tuple(first)
        return nodes if len(nodes) >= _LEAST else ()

    def compute(self, level: int, start: Value, stop: Value) -> None:
        """Write the loop that computes what a level has ahead, and keeps what is handed in.

        Parameters
        ----------
        level : int
            The level.
        start, stop : Value
            The bounds of its loop.
        """
        code, nest, axis = self.code, self.nest, self.nest.plan.middle[level - 1].axis
        with code.loop(f"a{axis}", start, stop) as nest.index[axis]:
            nest.load_tables(level)
            nest.compute(self.nodes(level))
            for node, place in self._places(level, start):
                value = nest.value(node)
                self.held[place] = code.select(value, code.literal(1.0), code.literal(0.0)) if node.boolean else value

    def hand_in(self, level: int, start: Value) -> None:
        """Read, in a round of a level's loop, what was computed ahead for it."""
        for node, place in self._places(level, start):
            self.nest.let(node, self.nest.read(node, self.held, place))

    def _handed_in(self, level: int) -> list[Node]:
        """List what other operations, or the guards, take of what is computed ahead."""
        plan, nodes = self.nest.plan, self.nodes(level)
        inside = {node.id for node in nodes}
        taken = {arg.id for node in plan.nodes if node.id not in inside for arg in node.args}
        taken |= {node.id for node in (*plan.outputs, *self.nest.guarding(level))}
        return [node for node in nodes if node.id in taken]

    def _room(self, levels: int) -> int:
        """Add up the room of the first levels that have loops."""
        return sum(len(self._handed_in(n)) * loop.length for n, loop in enumerate(self.nest.plan.middle[:levels], 1))

    def _places(self, level: int, start: Value) -> list[tuple[Node, Value]]:
        """Tell where what is handed in stands in a round of a level's loop."""
        loop, first = self.nest.plan.middle[level - 1], self._room(level - 1)
        turn = self.nest.index[loop.axis] - start
        return [(node, turn + (first + k * loop.length)) for k, node in enumerate(self._handed_in(level))]
