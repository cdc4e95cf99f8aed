"""Decisions on the CPU: lanes are decisions, the innermost loops go over what is uncertain.

Each lane counts the draws that keep a promise or are at least as good as the best so far. Where a decision comes out as good,
its quantile is found by a function of its own: see quantile.py.
"""

import math
from collections.abc import Sequence

from ...model.statistics import Measure
from ...plan.deciding import Deciding
from ...plan.plan import Plan
from ...reductions.pareto import NOWHERE
from ..best_decisions import BestDecisions
from ..code import Value
from ..nest import WeightedDraws
from ..reducers import Reducer
from ..tallies import Tallies, Verdict
from .cpu_code import CpuCode
from .lanes import Lanes
from .quantile import just_below, quantile, write_quantile


class _Decide(Lanes):
    """Counts, and decides between decisions: ``best`` and ``flats`` are the value and the index at each confidence."""

    def __init__(self, plan: Plan, code: CpuCode):
        assert plan.deciding is not None
        self.deciding: Deciding = plan.deciding
        self.tallies = Tallies(self.deciding)
        super().__init__(plan, code, Reducer(self.tallies.accumulators))
        self.decided_level = plan.cut.decided_level
        self.draws = WeightedDraws(plan)
        if plan.dtype == "float32" and self.deciding.weight < 2**31:
            self.whole_kind = "count"  # as wide as the numbers, so that as many lanes fit a vector
        self.answers: BestDecisions
        self.limits: list[Value] = []
        self.first_flat: Value
        self.point_number: Value

    # --- the draws ---

    def loops(self, level: int) -> None:
        if level != self.decided_level:
            super().loops(level)
            return
        alive = self._alive(level)
        if alive is None:
            self._decide(level)
            return
        with self.code.when(alive):
            self._decide(level)
        if self.pruned:
            with self.code.otherwise():
                self.pruned.set(self.pruned.value + self.nest.skipped(level))

    def _alive(self, level: int) -> Value | None:
        """Write whether any of the lanes can keep the conditions that no draw changes; None where there are none on lanes."""
        nodes = [rule.possible for rule in self.deciding.fixed if self.plan.on_lanes(rule.possible)]
        if not nodes:
            return None
        alive = self.code.var("alive", self.code.truth(False))
        with self.code.loop("i", 0, self.width) as i:
            self.load_values((), level + 1, nodes, i)
            alive.set(alive.value | self.code.both(*(self.nest.value(node) for node in nodes)))
        return alive.value

    def _decide(self, level: int) -> None:
        self.limits = [best.value for best in self.answers.best]
        super().start()
        super().loops(level)
        self._conclude(level)

    def start(self) -> None:
        """Do nothing before an outer point: the accumulators are a decision's."""

    def point(self, u: int, i: Value) -> None:
        weight = self.draws.weight(self.nest, self.array("W"), u)
        self.tallies.update(self.code, self.kept, lambda node: self.nest.value(node, u), self.limits, weight)

    # --- the decisions ---

    def _conclude(self, level: int) -> None:
        """Write what is done once all draws of the lanes' decisions are counted."""
        code = self.code
        places = {a.name: a for a in self._accumulators()}
        with code.loop("i", 0, self.nest.used) as i:
            self.load_values((), level + 1, self.deciding.decided, i)
            tallies = {name: code.load(*self.place_of(a, i)) for name, a in places.items()}
            verdict = Verdict(code, self.deciding, tallies.__getitem__, self.nest.value)
            self.answers.count(verdict)
            if self.deciding.terms:  # else nothing that is missed can be missed by a little
                self._judge(verdict, i)

    def _judge(self, verdict: Verdict, i: Value) -> None:
        """Write whether the decision may be the best, and is looked at then."""
        candidates = [verdict.candidate(c, best.value) for c, best in enumerate(self.answers.best)]
        anything = verdict.any_of(candidates)
        assert anything is not None
        with self.code.when(anything):
            self._take(verdict, candidates, i)

    def _take(self, verdict: Verdict, candidates: Sequence[Value], i: Value) -> None:
        """Write how a decision that may be the best becomes it."""
        lane = self.nest.base + i if self.plan.lane_tile else i
        flat = self.first_flat + self.array("offsets")[lane]
        for loop in self.plan.middle[: self.decided_level]:
            index = self.nest.index[loop.axis]
            flat = flat + (index - self.nest.first[loop.axis] if loop.tiled else index) * self._stride(loop.axis)
        limit = self._limit(candidates, flat)
        value = verdict.greatest(lambda number, term: self._exact(number, limit, lane))
        self.answers.take(candidates, value, flat)

    def _stride(self, axis: int) -> int:
        return self.plan.problem.grid.strides[axis]

    def _limit(self, candidates: Sequence[Value], flat: Value) -> Value:
        """Write what the decision's value may be at most, so that it becomes the best at one of the confidences."""
        code = self.code
        limit = code.literal(-math.inf)
        for candidate, best, first in zip(candidates, self.answers.best, self.answers.flats, strict=True):
            most = code.select(flat > first.value, just_below(code, best.value), best.value)
            limit = code.select(candidate & (most > limit), most, limit)
        return limit

    def _exact(self, number: int, limit: Value, lane: Value) -> Value:
        indices = [self.nest.index[loop.axis] for loop in self.plan.middle[: self.decided_level]]
        result = self.code.run(quantile(number), limit, self.point_number, lane, *indices, *self.nest.arrays, self.array("W"))
        assert result is not None
        return result


def decision(plan: Plan, code: CpuCode) -> None:
    """Write ``kernel(lo, hi, K, T, L, W, flats, offsets, limits, best, flat, pruned, unknown, failed)``.

    For each outer point the least objective of its decisions that keep what must hold, at each confidence, and the lowest flat
    index that has it (NOWHERE without one); how many scenarios guards skipped, how many decisions are unknown; and, of the
    nearest, how many decisions are considered and how many of them fail each soft condition. ``limits`` (groups x confidences)
    holds the best of each group that any thread knows; it only saves work.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    code : CpuCode
        A function that nothing is written of yet.
    """
    emitter = _Decide(plan, code)
    for number, term in enumerate(emitter.deciding.terms):
        if term.measure is Measure.QUANTILE:
            write_quantile(plan, code, number, term)
    emitter.begin(
        ("W", "wide*"), ("flats", "wide*"), ("offsets", "wide*"), ("limits", "real*"), ("best", "real*"), ("flat", "wide*"),
        ("pruned", "wide*"), ("unknown", "wide*"), ("failed", "wide*"),
    )  # fmt: skip
    emitter.load()
    count = emitter.deciding.confidences
    missed = len(emitter.deciding.missed)
    with code.loop("p", emitter.number("lo"), emitter.number("hi")) as p:
        emitter.point_number = p
        group = p // plan.points_per_group
        emitter.decode(p)
        emitter.first_flat = emitter.array("flats")[p]
        places = [group * count + c for c in range(count)]
        answers = emitter.answers = BestDecisions(code, emitter.deciding, [emitter.array("limits")[place] for place in places])
        emitter.pruned = code.var("pruned", code.whole(0))
        emitter.walk()
        for c, place in enumerate(places):
            best, flat = answers.best[c].value, answers.flats[c].value
            emitter.array("best")[p * count + c] = code.select(flat < int(NOWHERE), best, code.literal(math.inf))
            emitter.array("flat")[p * count + c] = flat
            known = emitter.array("limits")[place]
            emitter.array("limits")[place] = code.select(best < known, best, known)
        emitter.array("pruned")[p] = emitter.pruned.value
        emitter.array("unknown")[p] = answers.unknown.value
        for j, counter in enumerate(answers.failed):
            emitter.array("failed")[p * (missed + 1) + j] = counter.value
