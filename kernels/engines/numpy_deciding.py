"""The pass of a decision in NumPy: what is known of each outer point's decisions once blocks of them are judged."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..plan.plan import Plan
from ..reductions.draws import check_memory
from ..reductions.pareto import NOWHERE
from .numpy_blocks import ArrayBlocks
from .numpy_decide import Verdicts
from .numpy_draws import DrawWeights, first_best
from .numpy_walk import Block, BlockWalk


class DecisionPass:
    """Judges blocks of decisions, and keeps the best of each outer point.

    Parameters
    ----------
    plan
        A decision's plan.
    blocks
        Its blocks.
    first, last
        The first of the outer points that are covered, and that after the last.

    Raises
    ------
    EngineError
        Where one decision's draws do not fit in memory.
    """

    def __init__(self, plan: Plan, blocks: ArrayBlocks, first: int, last: int):
        assert plan.deciding is not None
        self.covered = slice(first, last)
        self.plan, self.blocks, self.deciding, self.weights = plan, blocks, plan.deciding, DrawWeights(plan)
        check_memory(self.weights.draws.count * len(blocks.program.sizes))
        answers = self.deciding.confidences
        self.best = np.full((plan.points, answers), np.inf, np.dtype(plan.dtype))
        self.flat = np.full((plan.points, answers), NOWHERE)
        self.counted = {name: np.zeros(plan.points, np.int64) for name in ("pruned", "unknown")}
        self.counted["failed"] = np.zeros((plan.points, len(self.deciding.missed) + 1), np.int64)
        # What one thread finds spares the others work.
        self.limits = np.full((answers, plan.groups), np.inf, self.best.dtype)

    def run(self, groups: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Decide within every outer point of these groups: see `PlannedRun.decisions`.

        Parameters
        ----------
        groups
            The numbers of the groups that are wanted.
        """
        wanted = np.isin(np.arange(self.plan.points) // self.plan.points_per_group, groups)
        wanted[: self.covered.start] = wanted[self.covered.stop :] = False
        numbers = np.flatnonzero(np.bincount(self.blocks.layout.block_of(np.flatnonzero(wanted))))

        def work(low: int, high: int) -> None:
            mine = numbers[low:high]
            for run in np.split(mine, np.flatnonzero(np.diff(mine) > 1) + 1):
                self.blocks.each(int(run[0]), int(run[-1]) + 1, self._visit, self._skip)

        self.blocks.tasks(len(numbers), work, (0.0, 1.0) if wanted[self.covered].all() else None)
        self.best[~wanted], self.flat[~wanted] = np.inf, NOWHERE
        for array in self.counted.values():
            array[~wanted] = 0
        arrays = {"best": self.best, "flat": self.flat, **self.counted}
        return {name: array[self.covered] for name, array in arrays.items()}

    def _visit(self, _: BlockWalk, block: Block) -> None:
        points = block.first + np.arange(block.points)
        group = points // self.plan.points_per_group
        verdicts = Verdicts(self.plan, self.weights, block)
        inner = verdicts.count // block.points
        judged = verdicts.judge(self.limits[:, np.repeat(group, inner)])
        offsets = self.blocks.inner_offsets(block)[:: block.scenarios // inner]
        flats = (self.blocks.starts(points)[:, None] + offsets).reshape(-1)
        point = np.repeat(np.arange(block.points), inner)
        for c, value in enumerate(judged.value):
            self.best[points, c], self.flat[points, c] = first_best(value, flats, point, block.points)
            np.minimum.at(self.limits[c], group, self.best[points, c])
        self.counted["unknown"][points] = judged.unknown.reshape(block.points, -1).sum(axis=1)
        self.counted["failed"][points] = judged.failed.reshape(len(judged.failed), block.points, -1).sum(axis=2).T

    def _skip(self, first: int, last: int, _: bool) -> None:
        self.counted["pruned"][first:last] = self.plan.cut.sizes(np.arange(first, last))
