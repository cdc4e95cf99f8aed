"""Decisions on the CPU: lanes are decisions, the innermost loops go over what is uncertain.

Each lane counts the draws that keep a promise or are at least as good as the best so far. Where a decision comes out as good,
its draws are computed once more, into memory, and the quantile is found there by halving the range of its bits.
"""

import math
from collections.abc import Sequence
from typing import Any

from ...graph.expression import Node, needed
from ...model.statistics import Measure
from ...plan.deciding import Deciding, Term
from ...plan.plan import Plan
from ...reductions.pareto import NOWHERE
from ..best_decisions import BestDecisions
from ..code import Array, Value
from ..nest import Nest, WeightedDraws
from ..reducers import Reducer
from ..tallies import Tallies, Verdict
from .cpu_code import CpuCode
from .lanes import Lanes

MAX_STORED = 2**20  # draws of a decision that are kept in memory while its quantile is looked for; of more, again and again
BITS = 64  # halvings that leave one number


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
        value = verdict.greatest(lambda number, term: self._exact(number, lane))
        flat = self.first_flat + self.array("offsets")[lane]
        for loop in self.plan.middle[: self.decided_level]:
            index = self.nest.index[loop.axis]
            flat = flat + (index - self.nest.first[loop.axis] if loop.tiled else index) * self._stride(loop.axis)
        self.answers.take(candidates, value, flat)

    def _stride(self, axis: int) -> int:
        return self.plan.problem.grid.strides[axis]

    def _exact(self, number: int, lane: Value) -> Value:
        indices = [self.nest.index[loop.axis] for loop in self.plan.middle[: self.decided_level]]
        result = self.code.run(_quantile(number), self.point_number, lane, *indices, *self.nest.arrays, self.array("W"))
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
            _write_quantile(plan, code, number, term)
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


# --- the exact quantile of one decision -------------------------------------------------------------------------------


def _quantile(number: int) -> str:
    return f"quantile{number}"


def _write_quantile(plan: Plan, code: CpuCode, number: int, term: Term) -> None:
    """Define the function that finds the quantile of a decision, all of whose draws are known."""
    indices = [(f"i{loop.axis}", "int") for loop in plan.middle[: plan.cut.decided_level]]
    arrays = [("K", "real*"), ("T", "real*"), ("L", "real*"), ("W", "wide*")]
    place = [("p", "int"), ("lane", "int"), *indices]
    stored = plan.cut.draws <= MAX_STORED
    if not stored:
        code.function(
            f"weight{number}", [("limit", "real"), *place, *arrays], lambda c, limit, *a: _weigh(plan, c, term, limit, a)
        )

    def write(inner: CpuCode, *arguments: Any) -> Value:
        if not stored:
            return _halve(inner, term, lambda limit: _called(inner, f"weight{number}", limit, *arguments))
        values, weights = _store(plan, inner, term, arguments)
        return _halve(inner, term, lambda limit: _weigh_stored(plan, inner, limit, values, weights))

    code.function(_quantile(number), [*place, *arrays], write)


def _called(code: CpuCode, name: str, *arguments: Any) -> Value:
    result = code.run(name, *arguments)
    assert result is not None
    return result


def _walk(plan: Plan, code: CpuCode, node: Node, arguments: Sequence[Any], visit: Any) -> None:
    """Write the walk over all draws of one decision: ``visit(value, number, weight)`` is written for each."""
    point, lane, *rest = arguments
    *indices, constants, tables, columns, weights = rest
    nest, level = Nest(plan, code), plan.cut.decided_level
    nest.arrays = constants, tables, columns
    nest.load_constants()
    nest.decode(point)
    nest.load_lanes(lane)
    wanted = {item.id for item in needed([node])}
    draws = WeightedDraws(plan)

    def enter(number: int) -> None:
        nest.load_tables(number)
        nest.compute(item for item in plan.nodes if nest.levels[item.id] == number and item.id in wanted)

    enter(0)
    for number, (loop, index) in enumerate(zip(plan.middle[:level], indices, strict=True), 1):
        nest.index[loop.axis] = index
        enter(number)

    def inside(number: int, draw: Value) -> None:
        if number == len(plan.middle):
            visit(nest.value(node), draw, draws.weight(nest, weights, 0))
            return
        loop = plan.middle[number]
        with code.loop(f"i{loop.axis}", 0, loop.length) as nest.index[loop.axis]:
            enter(number + 1)
            inside(number + 1, draw * loop.length + nest.index[loop.axis])

    inside(level, code.whole(0))


def _store(plan: Plan, code: CpuCode, term: Term, arguments: Sequence[Any]) -> tuple[Array, Array | None]:
    """Write the draws' values, and their weights where they have any, into memory."""
    values = code.alloc("real", plan.cut.draws)
    weights = code.alloc("wide", plan.cut.draws) if WeightedDraws(plan).any else None

    def visit(value: Value, draw: Value, weight: Value | None) -> None:
        values[draw] = value
        if weights is not None and weight is not None:
            weights[draw] = weight

    _walk(plan, code, term.node, arguments, visit)
    return values, weights


def _weigh_stored(plan: Plan, code: CpuCode, limit: Value, values: Array, weights: Array | None) -> Value:
    """Write the weight of the draws whose value is at most a limit."""
    total = code.var("total", code.whole(0))
    with code.loop("x", 0, plan.cut.draws) as x:
        weight = weights[x] if weights is not None else code.whole(1)
        total.set(total.value + code.select(values[x] <= limit, weight, code.whole(0)))
    return total.value


def _weigh(plan: Plan, code: CpuCode, term: Term, limit: Value, arguments: Sequence[Any]) -> Value:
    """Write the same where the draws are computed again."""
    total = code.var("total", code.whole(0))

    def visit(value: Value, draw: Value, weight: Value | None) -> None:
        one = code.whole(1) if weight is None else weight
        total.set(total.value + code.select(value <= limit, one, code.whole(0)))

    _walk(plan, code, term.node, arguments, visit)
    return total.value


def _halve(code: CpuCode, term: Term, weigh: Any) -> Value:
    """Write the search for the least number at or below which the weight reaches the rank.

    Numbers are ordered as the whole numbers of their bits are, once those of negative ones are turned round.
    """
    mask = 2**63 - 1 if code.dtype == "float64" else 2**31 - 1

    def turned(bits: Value) -> Value:
        return code.select(bits < 0, bits ^ mask, bits)

    low = code.var("low", turned(code.bits(code.literal(-math.inf))))
    high = code.var("high", code.bits(code.literal(math.inf)))
    with code.loop("halving", 0, BITS), code.when(low.value < high.value):
        middle = (low.value & high.value) + ((low.value ^ high.value) >> 1)
        reached = weigh(code.unbits(turned(middle))) >= term.rank
        low.set(code.select(reached, low.value, middle + 1))
        high.set(code.select(reached, middle, high.value))
    return code.unbits(turned(high.value)) + 0.0
