"""All blocks of a question in NumPy: its programs, threads that walk them, and which scenarios a block has."""

import os
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Node
from ..plan.arrays import LONG_ARRAYS, MOST_THREADS
from ..plan.plan import Plan
from ..reductions.states import Share
from .cpu_tasks import share_out
from .engine import Settings
from .numpy_decide import wanted_nodes
from .numpy_program import Program
from .numpy_walk import Block, BlockWalk, SkippedBlocks

_TASK_POINTS = 2**24  # scenarios of one task: some hundredths of a second
# NumPy copies broadcast operands into its buffers where several rows fit in one, though nothing has to be cast, and takes up
# to seven times as long then: elements of a buffer that no row of some length fits in.
_BUFFER = 512

Visit = Callable[[BlockWalk, Block], None]
Skip = Callable[[int, int, bool], None]  # of outer points: the first, that after the last, and whether a guard rules them out


class ArrayBlocks:
    """Computes blocks, and has something done with each.

    A NaN is rare, and what follows from one costs as much as all else: a second program that computes that too runs where
    the first meets one.

    Parameters
    ----------
    plan
        The question's plan.
    settings
        How the engine runs.

    Attributes
    ----------
    layout
        How blocks follow each other.
    program
        What is computed where nothing is NaN.
    """

    def __init__(self, plan: Plan, settings: Settings):
        self.plan, self.settings = plan, settings
        alone = plan.cut.block < LONG_ARRAYS.block  # threads that take turns at Python's lock would take longer than one
        self.threads = settings.threads or (1 if alone else min(os.cpu_count() or 1, MOST_THREADS))
        if plan.deciding is not None:
            self.program, self._whole = Program(plan, wanted_nodes(plan.deciding), None, None), None
        elif plan.nan is None or plan.cut.contiguous:  # of points that are written nobody asks which are unknown
            flag = plan.penalized if plan.feasible is None else plan.feasible
            flag = flag if plan.nan is None and not plan.cut.contiguous else None
            self.program, self._whole = Program(plan, plan.objectives, plan.feasible, None, flag), None
        else:
            nodes = (*plan.objectives, *plan.unknown)
            self.program, self._whole = Program(plan, nodes, plan.met, None), Program(plan, nodes, plan.feasible, plan.nan)
        self._checked: list[Node] = []
        if self._whole:
            self._checked = [node for node in (*plan.objectives, *plan.unknown) if plan.may_be_nan(node)]
        self.layout = self.program.layout
        self._lock, self._walks = threading.Lock(), dict[Program, list[BlockWalk]]()
        self._offsets: dict[tuple[int, ...], NDArray[np.int64]] = {}

    # --- the walk ---

    def begin(self) -> None:
        """Have the tables computed anew: they are part of what answering takes."""
        self._walks.clear()

    def each(self, low: int, high: int, visit: Visit, skip: Skip | None = None) -> None:
        """Compute the blocks from ``low`` to before ``high``.

        Parameters
        ----------
        low, high
            Numbers of blocks.
        visit
            Does something with a block.
        skip
            Told which outer points are passed over, since none of their scenarios counts.
        """
        with np.errstate(all="ignore"):  # which also puts back the size of the buffers
            np.setbufsize(_BUFFER)
            while low < high:
                low = self._without_nan(low, high, visit, skip)
                if low < high:
                    low = self._with_nan(low, high, visit, skip)

    def _without_nan(self, low: int, high: int, visit: Visit, skip: Skip | None) -> int:
        """Do the blocks up to the first in which something is NaN; returns its number."""
        walk = self._take(self.program)
        for part in walk.blocks(low, high):
            if isinstance(part, SkippedBlocks):
                self._skip(part, skip)
            elif self._has_nan(part):
                high = part.number
                break
            else:
                visit(walk, part)
        self._walks[self.program].append(walk)
        return high

    def _with_nan(self, low: int, high: int, visit: Visit, skip: Skip | None) -> int:
        """Do the blocks up to the first in which nothing is NaN, with that; returns the number of the next."""
        assert self._whole is not None
        walk = self._take(self._whole)
        for part in walk.blocks(low, high):
            if isinstance(part, SkippedBlocks):
                self._skip(part, skip)
                continue
            visit(walk, part)
            if not self._has_nan(part):
                high = part.number + 1
                break
        self._walks[self._whole].append(walk)
        return high

    def _has_nan(self, block: Block) -> bool:
        return any(block.has_nan(node) for node in self._checked)

    def _skip(self, part: SkippedBlocks, skip: Skip | None) -> None:
        if skip:
            skip(self.layout.first_point(part.number), self.end(part.number + part.count), part.pruned)

    def _take(self, program: Program) -> BlockWalk:
        """Take a walk that no thread is on."""
        with self._lock:
            walks = self._walks.get(program)
            if walks is None:
                program.fill()
                walks = self._walks[program] = []
            return walks.pop() if walks else BlockWalk(program)

    def tasks(self, count: int, work: Callable[[int, int], None], share: Share | None) -> None:
        """Share ``count`` blocks among the threads.

        Parameters
        ----------
        count
            How many blocks.
        work
            Does those from a number to before another.
        share
            The part of the question's progress that this is; None where nobody is told.
        """
        whole = self.layout.points * max(self.plan.inner, 1)
        step = min(_TASK_POINTS // whole, -(-count // (4 * self.threads)))
        if self.settings.chunk:
            step = self.settings.chunk // self.layout.points
        tell = self.settings.progress
        progress = (lambda part: tell(share[0] + share[1] * part)) if tell and share else None
        share_out(count, max(step, 1), self.threads, work, progress)

    # --- which scenarios ---

    def end(self, number: int) -> int:
        """Return the number of a block's first outer point; how many there are after the last block."""
        return self.plan.points if number == self.layout.blocks else self.layout.first_point(number)

    def start(self, number: int) -> int:
        """Return the flat index of a block's first scenario; the grid's size after the last block."""
        if number == self.layout.blocks:
            return self.plan.problem.grid.size
        return int(self.starts(np.array([self.layout.first_point(number)]))[0])

    def starts(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the flat index of the first scenario of each outer point."""
        flat, lane = self.plan.point_offsets(points)
        if not self.plan.lane_tile:
            return flat
        (axis,) = self.plan.lanes
        return np.asarray(flat + lane * self.plan.problem.grid.strides[axis])

    def inner_offsets(self, block: Block) -> NDArray[np.int64]:
        """Return what each scenario of an outer point adds to the flat index of its first."""
        lengths = block.lengths[self.layout.batched :]
        known = self._offsets.get(lengths)
        if known is None:
            grid, known = self.plan.problem.grid, np.zeros(1, np.int64)
            for dim, whole in zip(self.layout.dims[self.layout.batched :], lengths, strict=True):
                for axis in dim:
                    length = whole if len(dim) == 1 else grid.shape[axis]
                    known = (known[:, None] + np.arange(length) * grid.strides[axis]).reshape(-1)
            self._offsets[lengths] = known
        return known
