"""What is kept of a decision's draws, and what follows from it: in any language, for lanes and for threads alike.

A decision's draws are counted and added up; once all are, it is known whether the decision keeps its promises and is at least
as good as the best so far. The exact value of a quantile is asked for only then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..graph.expression import Node
from ..model.statistics import Measure
from ..plan.conditions import Rule
from ..plan.deciding import Counter, Deciding, MeanRule, Requirement, Term
from .code import Code, Value, Variable
from .reducers import Accumulator

NodeValue = Callable[[Node], Value]


@dataclass(frozen=True)
class Tallies:
    """The accumulators of one decision, by what they keep.

    Attributes
    ----------
    deciding
        What decides.
    """

    deciding: Deciding

    @cached_property
    def counted(self) -> dict[str, Node]:
        """The nodes of which the weight of the draws at which they are true is kept, by the accumulator's name."""
        promises = self.deciding.promises
        nodes = [counter.node for promise in promises for counter in promise.counters]
        nodes += [promise.unknown for promise in promises if promise.unknown is not None]
        for term in self.deciding.terms:
            nodes += [term.node] if term.measure is None else []
            nodes += [term.unknown] if term.unknown is not None and term.measure is not Measure.VALUE else []
        return {_name("n", node): node for node in nodes}

    @cached_property
    def added(self) -> dict[str, Node]:
        """The nodes whose weighted sum over the draws is kept, by the accumulator's name."""
        nodes = [promise.mean.node for promise in self.deciding.promises if promise.mean]
        nodes += [term.node for term in self.deciding.terms if term.measure is Measure.MEAN]
        return {_name("s", node): node for node in nodes}

    @cached_property
    def beaten(self) -> dict[str, tuple[Term, int]]:
        """The quantiles, at each confidence, of which the weight of the draws at or below the best so far is kept."""
        return {
            _beaten(term, confidence, self.deciding): (term, confidence)
            for term in self.deciding.terms
            if term.measure is Measure.QUANTILE
            for confidence in range(self.deciding.confidences)
        }

    @cached_property
    def accumulators(self) -> tuple[Accumulator, ...]:
        """All of them."""
        whole = (Accumulator(name, "int", "sum") for name in (*self.counted, *self.beaten))
        return (*whole, *(Accumulator(name, "double", "sum") for name in self.added))

    def update(
        self,
        code: Code,
        kept: Mapping[str, Variable],
        value: NodeValue,
        best: Sequence[Value],
        weight: Value | None,
        one: Value | None = None,
    ) -> None:
        """Take a draw into the accumulators.

        Parameters
        ----------
        code
            What is written with.
        kept
            The accumulators by their names.
        value
            Gives the value of a node at the draw.
        best
            The best so far at each confidence.
        weight
            The draw's whole weight; None where all weigh 1.
        one
            A number that is 1, which the compiler does not know: it then adds under a mask, where lanes have masks.
        """
        added = weight if weight is not None else one if one is not None else code.lift(1, "int")
        flags = {name: value(node) for name, node in self.counted.items()}
        flags |= {name: value(term.node) <= best[confidence] for name, (term, confidence) in self.beaten.items()}
        for name, flag in flags.items():
            now = kept[name].value
            if one is not None:
                kept[name].set(code.pick(flag, now + added, now))
            else:
                kept[name].set(code.cast(now + code.select(flag, added, code.lift(0, added.kind)), kept[name].kind))
        for name, node in self.added.items():
            term = code.cast(value(node), "double")
            if weight is not None:  # a draw of weight 0 does not exist, and may be NaN or infinite
                term = code.select(weight > 0, term, 0.0) * code.cast(weight, "double")
            kept[name].set(kept[name].value + term)


def _name(letter: str, node: Node) -> str:
    return f"{letter}{node.id}"


def _beaten(term: Term, confidence: int, deciding: Deciding) -> str:
    return f"b{deciding.terms.index(term)}_{confidence}"


def _meant(part: Requirement | Term) -> Node | None:
    """Find the node whose mean is taken; None where none is."""
    if isinstance(part, Term):
        return part.node if part.measure is Measure.MEAN else None
    return part.mean.node if part.mean else None


@dataclass(frozen=True)
class Verdict:
    """What follows from the tallies of one decision.

    Attributes
    ----------
    code
        What is written with.
    deciding
        What decides.
    tally
        Gives an accumulator by its name.
    value
        Gives the value of a node that no draw changes.
    """

    code: Code
    deciding: Deciding
    tally: Callable[[str], Value]
    value: NodeValue
    _means: dict[int, Value] = field(default_factory=dict)

    def all_of(self, conditions: Sequence[Value]) -> Value:
        """Write whether all of some conditions hold."""
        return self.code.both(*conditions) if conditions else self.code.truth(True)

    def any_of(self, conditions: Sequence[Value]) -> Value | None:
        """Write whether any of some conditions holds; None where there are none."""
        result: Value | None = None
        for condition in conditions:
            result = condition if result is None else result | condition
        return result

    # --- promises ---

    def _within(self, counter: Counter) -> list[Value]:
        weight, conditions = self.tally(_name("n", counter.node)), list[Value]()
        if counter.least > 0:
            conditions.append(weight >= counter.least)
        if counter.most < self.deciding.weight:
            conditions.append(weight <= counter.most)
        return conditions

    def mean(self, node: Node) -> Value:
        """Write the mean of a node over the draws, of the dtype."""
        if node.id not in self._means:
            mean = self.tally(_name("s", node)) / self.code.double(float(self.deciding.weight))
            self._means[node.id] = self.code.let(f"mean{node.id}", self.code.cast(mean, "real"), "real")
        return self._means[node.id]

    def met(self, part: Rule | Requirement) -> Value:
        """Write whether a condition or a promise is kept."""
        if isinstance(part, Rule):
            return self.value(part.met)
        counters = [self.all_of(self._within(counter)) for counter in part.counters]
        kept = self.any_of(counters) if part.any_of else self.all_of(counters)
        if part.mean:
            kept = self._compares(part.mean)
        assert kept is not None
        unknown = self.unknown(part)
        return kept if unknown is None else kept & ~unknown

    def _compares(self, rule: MeanRule) -> Value:
        return self.code.binary(rule.op, self.mean(rule.node), self.value(rule.bound))

    def unknown(self, part: Rule | Requirement | Term) -> Value | None:
        """Write whether a NaN keeps something from being known; None where nothing can be NaN."""
        if isinstance(part, Rule):
            return None if part.met is part.possible else self.value(part.possible) & ~self.value(part.met)
        single = isinstance(part, Term) and part.measure is Measure.VALUE
        doubts = []
        if part.unknown is not None:
            doubts.append(self.value(part.unknown) if single else self.tally(_name("n", part.unknown)) > 0)
        if (node := _meant(part)) is not None:  # the mean of infinities of both signs is NaN too
            doubts.append(self.mean(node).differs(self.mean(node)))
        return self.any_of(doubts)

    def keeps(self, confidence: int) -> Value:
        """Write whether the decision keeps what must hold at a confidence."""
        parts: list[Rule | Requirement] = [*self.deciding.fixed, *self.deciding.requirements[confidence]]
        return self.all_of([self.met(part) for part in parts])

    def unknown_at_any(self) -> Value | None:
        """Write whether the decision is unknown at one of the confidences: what is known does not rule it out."""
        return self.any_of([u for c in range(self.deciding.confidences) if (u := self._unknown_at(c)) is not None])

    def _unknown_at(self, confidence: int) -> Value | None:
        parts: list[Rule | Requirement] = [*self.deciding.fixed, *self.deciding.requirements[confidence]]
        doubtful: list[Rule | Requirement | Term] = [*parts, *self.deciding.terms]
        unknown = [u for part in doubtful if (u := self.unknown(part)) is not None]
        if not unknown:
            return None
        possible = []
        for part in parts:
            doubt = self.unknown(part)
            possible.append(self.met(part) if doubt is None else self.met(part) | doubt)
        anything = self.any_of(unknown)
        assert anything is not None
        return self.all_of([*possible, anything])

    def considered(self) -> Value:
        """Write whether the nearest decision may be this one, and everything about it is known."""
        doubts = [u for part in self.deciding.missed if (u := self.unknown(part)) is not None]
        quantiles = [term for term in self.deciding.terms if term.measure is Measure.QUANTILE]
        plain = [self.plain(term) for term in self.deciding.terms if term.measure is not Measure.QUANTILE]
        known = [*(~doubt for doubt in doubts), *(value.equals(value) for value in plain)]  # infinities may differ by NaN
        known += [self.value(scale) < float("inf") for term in quantiles for scale in term.missed[1:]]
        return self.all_of([self.keeps(0), *known])

    # --- the objective ---

    def candidate(self, confidence: int, best: Value) -> Value:
        """Write whether the decision keeps its promises and is at least as good as the best so far."""
        return self.all_of(
            [self.keeps(confidence), *(c for t in self.deciding.terms for c in self._reaches(t, confidence, best))]
        )

    def _reaches(self, term: Term, confidence: int, best: Value) -> list[Value]:
        if term.measure is not Measure.QUANTILE:
            return [self.plain(term) <= best]
        unknown = self.unknown(term)
        reached = self.tally(_beaten(term, confidence, self.deciding)) >= term.rank
        return [reached] if unknown is None else [reached, ~unknown]

    def plain(self, term: Term) -> Value:
        """Write the value of a term that is no quantile."""
        if term.measure is Measure.VALUE:
            return self.value(term.node)
        if term.measure is None:
            count, wanted = self.code.cast(self.tally(_name("n", term.node)), "double"), self.code.double(term.wanted)
            over = count - wanted if term.upper else wanted - count
            return self.code.cast(over / self.code.double(float(self.deciding.weight)), "real")
        mean = self.mean(term.node)
        if not term.missed:
            return mean
        bound, scale = (self.value(node) for node in term.missed)
        return (mean - bound if term.upper else bound - mean) / scale

    def greatest(self, exact: Callable[[int, Term], Value]) -> Value:
        """Write the objective: the greatest of the terms, of which ``exact`` gives the quantiles by their number."""
        values = [
            exact(number, term) if term.measure is Measure.QUANTILE else self.plain(term)
            for number, term in enumerate(self.deciding.terms)
        ]
        result = self.code.let("value0", values[0])
        for number, term in enumerate(values[1:], 1):
            value = self.code.let(f"term{number}", term)
            result = self.code.let(f"value{number}", self.code.select(value > result, value, result))
        return result
