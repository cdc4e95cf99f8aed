"""Decisions on a GPU: a thread's lane is a decision, its innermost loops go over what is uncertain.

Each thread counts the draws of its decision in registers. Where the decision comes out at least as good as the best so far,
the thread walks the draws again, and narrows down on the quantile: a dozen times for a thousand draws.
"""

import contextlib
from collections.abc import Callable

from ...graph.expression import needed
from ...plan.deciding import Deciding, Term
from ...plan.plan import Plan
from ...reductions.pareto import NOWHERE
from ..best_decisions import BestDecisions
from ..code import Array, Value, Variable
from ..nest import WeightedDraws
from ..reducers import Accumulator
from ..tallies import Tallies, Verdict
from .threads import COMMON, Kernel, Threads, flat_index

BITS = 64  # halvings that leave one number, at most
_INFINITE = {"float64": 0x7FF0000000000000, "float32": 0x7F800000}  # the bits of infinity
_NARROW = 2**31  # weights below are counted in 32 bits
COUNTS = ("pruned", "unknown")  # what is counted of each outer point, before what the nearest is counted


def weight_type(plan: Plan) -> str:
    """Give the C++ type of the draws' whole weights: as narrow as their total allows."""
    assert plan.deciding is not None
    return "int" if plan.deciding.weight < _NARROW else "long long"


class _Decide(Threads):
    """Counts the draws of a thread's decisions, and keeps the best of them."""

    def __init__(self, plan: Plan, language: str):
        super().__init__(plan, language)
        assert plan.deciding is not None
        self.deciding: Deciding = plan.deciding
        self.tallies = Tallies(self.deciding)
        self.draws = WeightedDraws(plan)
        self.whole = "int" if weight_type(plan) == "int" else "wide"
        self.kept: dict[str, Variable] = {}
        self.answers: BestDecisions
        self.item: Value
        self.skipped: Variable

    # --- the draws ---

    def loops(self, number: int, innermost: Callable[[], None]) -> None:
        if number != self.plan.cut.decided_level:
            super().loops(number, innermost)
            return
        code, nest = self.code, self.nest
        all_used = self.plan.lanes_used == self.block and not self.plan.lane_tile
        rules = [nest.value(rule.possible) for rule in self.deciding.fixed]
        with contextlib.nullcontext() if all_used else code.when(self.thread < nest.used):
            if not rules:
                self._decide(number, innermost)
                return
            with code.when(code.both(*rules)):
                self._decide(number, innermost)
            with code.otherwise():
                self.skipped.set(code.cast(self.skipped.value + 1, "int"))

    def _decide(self, number: int, innermost: Callable[[], None]) -> None:
        self.kept = {a.name: self._tally(a) for a in self.tallies.accumulators}
        super().loops(number, innermost)
        self._conclude()

    def _tally(self, accumulator: Accumulator) -> Variable:
        """Begin an accumulator in a register: a count in as many bits as it may need."""
        kind = self.whole if accumulator.kind == "int" else accumulator.kind
        return self.code.var(f"tally_{accumulator.name}", self.code.cast(accumulator.empty(self.code), kind), kind)

    def draw(self) -> None:
        """Write what is done with one draw."""
        limits = [best.value for best in self.answers.best]
        self.tallies.update(self.code, self.kept, self.nest.value, limits, self._weight())

    def _weight(self) -> Value | None:
        return self.draws.weight(self.nest, self.array("W"), 0)

    # --- the decisions ---

    def _conclude(self) -> None:
        """Write what is done once all draws of a decision are counted."""
        verdict = Verdict(self.code, self.deciding, lambda name: self.kept[name].value, self.nest.value)
        self.answers.count(verdict)
        if self.deciding.terms:  # else nothing that is missed can be missed by a little
            self._judge(verdict)

    def _judge(self, verdict: Verdict) -> None:
        """Write whether the decision may be the best, and is looked at then."""
        code = self.code
        candidates = [
            code.let(f"candidate{c}", verdict.candidate(c, best.value), "bool") for c, best in enumerate(self.answers.best)
        ]
        anything = verdict.any_of(candidates)
        assert anything is not None
        with code.when(anything):
            value = verdict.greatest(self._exact)
            start = self.array("flats")[self.item] + self.array("offsets")[self.lane()]
            flat = flat_index(self, start, self.plan.middle[: self.plan.cut.decided_level])
            self.answers.take(candidates, value, code.let("flat", flat, "wide"))

    def _exact(self, number: int, term: Term) -> Value:
        """Write the search for a quantile: the least number at or below which the weight of the draws reaches the rank.

        Numbers are ordered as the whole numbers of their bits are, once those of negative ones are turned round. Where a
        guess is too great, the greatest draw up to it is the next bound, else the least draw above it.
        """
        code, infinite = self.code, _INFINITE[self.code.dtype]
        kind = "wide" if code.dtype == "float64" else "int"
        mask = code.whole(2**63 - 1 if kind == "wide" else 2**31 - 1, kind)

        def turned(name: str, bits: Value) -> Value:
            bits = code.let(f"{name}_bits", bits, kind)
            return code.let(name, code.cast(code.select(bits < 0, bits ^ mask, bits), kind), kind)

        low = code.var(f"low{number}", code.cast(code.whole(-infinite - 1, kind), kind), kind)
        high = code.var(f"high{number}", code.cast(code.whole(infinite, kind), kind), kind)
        with code.loop("halving", 0, BITS), code.when(low.value < high.value):
            middle = code.let("middle", code.cast((low.value & high.value) + ((low.value ^ high.value) >> 1), kind), kind)
            guess = code.let("guess", code.unbits(turned("guessed", middle)), "real")
            weight = code.var("weight", code.cast(code.whole(0), self.whole), self.whole)
            below, above = code.var("below", code.literal(float("-inf"))), code.var("above", code.literal(float("inf")))

            def compare() -> None:
                value, one = self.nest.value(term.node), self._weight()
                added = code.select(value <= guess, code.whole(1) if one is None else one, 0)
                weight.set(code.cast(weight.value + added, self.whole))
                below.set(code.select((value <= guess) & (value > below.value), value, below.value))
                above.set(code.select((value > guess) & (value < above.value), value, above.value))

            self._again(term, compare)
            with code.when(weight.value >= term.rank):
                high.set(code.least(turned("reached", code.bits(below.value)), middle))
            with code.otherwise():
                after = turned("missed", code.bits(above.value))
                low.set(code.select(after > middle, after, code.cast(middle + 1, kind)))
        bits = code.let(f"least{number}_bits", high.value, kind)
        exact = code.unbits(code.cast(code.select(bits < 0, bits ^ mask, bits), kind))
        return code.let(f"exact{number}", exact + 0.0, "real")

    def _again(self, term: Term, visit: Callable[[], None]) -> None:
        """Write the walk over a decision's draws once more, for the sake of one quantity."""
        nest, plan = self.nest, self.plan
        wanted = {node.id for node in needed([term.node])}

        def inside(number: int) -> None:
            if number == nest.last:
                visit()
                return
            loop = plan.middle[number]
            self.code.unroll(1)  # what is rare takes no registers of what is not
            with self.code.loop(f"i{loop.axis}", *nest.bounds(loop)) as nest.index[loop.axis]:
                nest.load_tables(number + 1)
                nest.compute(node for node in plan.nodes if nest.levels[node.id] == number + 1 and node.id in wanted)
                inside(number + 1)

        inside(plan.cut.decided_level)

    # --- a block's decisions ---

    def merge(self, shared: tuple[Array, Array], place: Value) -> None:
        """Write how a block's threads find the best of them all, at each confidence, and put it down from a place on."""
        code, (values, flats) = self.code, shared
        for c, (best, flat) in enumerate(zip(self.answers.best, self.answers.flats, strict=True)):
            values[self.thread] = code.select(
                flat.value < code.whole(int(NOWHERE), "wide"), best.value, code.literal(float("inf"))
            )
            flats[self.thread] = flat.value

            def take(other: Value) -> None:
                mine, theirs = values[self.thread], values[other]
                with code.when((theirs < mine) | (theirs.equals(mine) & (flats[other] < flats[self.thread]))):
                    values[self.thread] = values[other]
                    flats[self.thread] = flats[other]

            self.pairwise(take)
            with code.when(self.thread.equals(0)):
                self.array("out_best")[place + c] = values[0]
                self.array("out_flat")[place + c] = flats[0]

    def add_up(self, place: Value) -> None:
        """Write how what threads counted is added to an outer point's counts, which begin at a place."""
        code, counts = self.code, self.array("out_counts")
        assert self.pruned is not None
        with code.when(self.thread.equals(0)):
            code.add(counts, place, self.pruned.value)
        with code.when(self.skipped.value > 0):
            code.add(counts, place, code.cast(self.skipped.value, "wide") * code.whole(self.plan.cut.draws, "wide"))
        for number, counter in enumerate((self.answers.unknown, *self.answers.failed), 1):
            with code.when(counter.value > 0):
                code.add(counts, place + number, counter.value)


def decision(plan: Plan, language: str) -> Kernel:
    """Emit ``kernel(first, count, K, tables, L, W, points, flats, offsets, limits, out_best, out_flat, out_counts)``.

    Of each of the outer points ``points``: the least objective of its decisions that keep what must hold, at each confidence,
    and the lowest flat index that has it (infinity and NOWHERE without one); and ``counts``, to which is added how many
    scenarios were skipped, how many decisions are unknown, and of the nearest, how many decisions are considered and how many
    of them fail each soft condition. ``limits`` (groups x confidences) holds the best that is known of each group: only what
    is as good is looked for.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    language : str
        ``cuda`` or ``python``.
    """
    emitter = _Decide(plan, language)
    code, deciding = emitter.code, emitter.deciding
    more = [
        ("W", f"const {weight_type(plan)}*"),
        ("points", "const long long*"),
        ("flats", "const long long*"),
        ("offsets", "const long long*"),
        ("limits", "const real*"),
        ("out_best", "real*"),
        ("out_flat", "long long*"),
        ("out_counts", "unsigned long long*"),
    ]
    with emitter.kernel([*COMMON, *more]):
        shared = code.shared("shared_best", emitter.block, "real"), code.shared("shared_flat", emitter.block, "wide")
        emitter.load()
        with emitter.items("j") as j:
            point = code.let("p", emitter.array("points")[j])
            limit = code.let("limit", point // plan.points_per_group * deciding.confidences, "wide")
            emitter.decode(point)
            emitter.item = j
            limits = [emitter.array("limits")[limit + c] for c in range(deciding.confidences)]
            emitter.answers = BestDecisions(code, deciding, limits)
            emitter.pruned = code.var("pruned", code.cast(code.whole(0), "wide"))
            emitter.skipped = code.var("skipped", code.cast(code.whole(0), "int"))
            emitter.nested(emitter.draw)
            emitter.merge(shared, j * deciding.confidences)
            emitter.add_up(j * counted(plan))
            code.barrier()
    return emitter.emitted()


def counted(plan: Plan) -> int:
    """Return how many numbers are counted of an outer point."""
    assert plan.deciding is not None
    return len(COUNTS) + (1 + len(plan.deciding.missed) if plan.deciding.nearest else 0)
