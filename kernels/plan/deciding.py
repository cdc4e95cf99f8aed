"""What a decision's kernel computes: of every scenario what is counted or added up, of every decision what follows from that.

"The quantile P_q of x is at most t" says that draws of at least ceil(q W) of the whole weight W have x <= t. So a promise is a
count of draws, and so is "this decision is at least as good as the best so far". The quantile itself is worked out only where
a decision is that good, which is rare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..graph.expression import Node
from ..graph.intervals import Interval
from ..graph.tracing import Traced, condition_node
from ..model.comparisons import COMPARISONS
from ..model.condition import Condition
from ..model.promises import at_confidences, bounds, comparisons, is_upper, one_sided
from ..model.questions import Decision
from ..model.statistics import AnyPromise, Measure, Promise, SharePromise, is_mean, rank
from .conditions import Rule, join


@dataclass(frozen=True, eq=False)
class Counter:
    """The weight of the draws at which a node is true must be at least ``least`` and at most ``most``."""

    node: Node
    least: int
    most: int


@dataclass(frozen=True, eq=False)
class MeanRule:
    """The mean of a node over the draws, compared by ``op`` (a node's operation) with a bound that no draw changes."""

    node: Node
    op: str
    bound: Node


@dataclass(frozen=True, eq=False)
class Requirement:
    """A promise: met where all counters are within their limits (or ``any_of`` them is) and the mean compares.

    ``unknown`` is true at the draws where the quantity is NaN, of which there may be none; None where nothing can be NaN or a
    NaN only misses.
    """

    counters: tuple[Counter, ...]
    any_of: bool
    mean: MeanRule | None
    unknown: Node | None

    @property
    def drawn(self) -> tuple[Node, ...]:
        """The nodes whose values differ from draw to draw."""
        means = (self.mean.node,) if self.mean else ()
        return (*(counter.node for counter in self.counters), *means, *((self.unknown,) if self.unknown is not None else ()))


@dataclass(frozen=True, eq=False)
class Term:
    """What is minimised, or one of several whose greatest is.

    Parameters
    ----------
    node
        The quantity, the less the better; of a share, what is true where a draw meets the conditions.
    measure
        What is taken of it over the draws; None for a share.
    rank
        Of a quantile: the cumulative weight that its value reaches.
    wanted
        Of a share: the weight that is promised; what is minimised is by how much it is missed, as a share of all.
    upper
        Of a share: whether it may be at most that, and not at least.
    missed
        Where a distance from a bound is minimised, the bound and what the distance is divided by: of a mean, whose node is
        the quantity and ``upper`` is told too; and of a quantile whose bound may be infinite, from which nothing is distant.
    unknown
        Is true where the quantity is NaN; None where it cannot be.
    """

    node: Node
    measure: Measure | None
    rank: int = 0
    wanted: float = 0.0
    upper: bool = True
    missed: tuple[Node, ...] = ()
    unknown: Node | None = None

    @property
    def drawn(self) -> tuple[Node, ...]:
        """The nodes whose values differ from draw to draw."""
        nodes = () if self.measure is Measure.VALUE else (self.node,)
        return (*nodes, *((self.unknown,) if self.unknown is not None and self.measure is not Measure.VALUE else ()))


@dataclass(frozen=True, eq=False)
class Deciding:
    """What decides between decisions.

    Attributes
    ----------
    terms
        The objective, the greatest of these.
    requirements
        For each confidence, the promises.
    fixed
        Conditions that no draw changes and no guard decides.
    missed
        For the nearest decision: what is counted of the decisions that fail it, a `Rule` or a `Requirement` each.
    weight
        The whole weight of all draws of a decision.
    nearest
        Whether it is the decision that misses by least.
    """

    terms: tuple[Term, ...]
    requirements: tuple[tuple[Requirement, ...], ...]
    fixed: tuple[Rule, ...]
    missed: tuple["Rule | Requirement", ...]
    weight: int
    nearest: bool = False

    @property
    def confidences(self) -> int:
        """How many answers a group has."""
        return len(self.requirements)

    @property
    def promises(self) -> tuple[Requirement, ...]:
        """Every promise: at all confidences, and those that the nearest decision may miss."""
        missed = (part for part in self.missed if isinstance(part, Requirement))
        return (*(promise for promises in self.requirements for promise in promises), *missed)

    @property
    def drawn(self) -> tuple[Node, ...]:
        """The nodes that are taken at every scenario, each once."""
        parts: list[Term | Requirement] = [*self.terms, *self.promises]
        return tuple({node.id: node for part in parts for node in part.drawn}.values())

    @property
    def decided(self) -> tuple[Node, ...]:
        """The nodes that are taken once for every decision, each once."""
        nodes = [node for term in self.terms if term.measure is Measure.VALUE for node in (term.node, term.unknown)]
        nodes += [node for term in self.terms for node in term.missed]
        nodes += [node for rule in self._rules() for node in (rule.met, rule.possible)]
        nodes += [promise.mean.bound for promise in self.promises if promise.mean]
        return tuple({node.id: node for node in nodes if node is not None}.values())

    def _rules(self) -> list[Rule]:
        return [*self.fixed, *(part for part in self.missed if isinstance(part, Rule))]


@dataclass(frozen=True, eq=False)
class DecidingNodes:
    """Makes the nodes of what decides.

    Attributes
    ----------
    traced
        The question's quantities; the new nodes stand in its graph.
    intervals
        Of the quantities, by the node's ``id``; they tell which may be NaN.
    weight
        The whole weight of all draws of a decision.
    """

    traced: Traced
    intervals: Mapping[int, Interval]
    weight: int

    def best(self, question: Decision, fixed: Sequence[Rule]) -> Deciding:
        """Make what finds the best decision, at each of the question's confidences."""
        requirements = tuple(
            tuple(self._requirement(promise) for promise in at_one.promises) for at_one in at_confidences(question)
        )
        return Deciding((self._objective(question),), requirements, tuple(fixed), (), self.weight)

    def nearest(self, question: Decision, fixed: Sequence[Rule]) -> Deciding:
        """Make what finds the decision that misses by least: every soft condition is a term, the others must hold.

        Parameters
        ----------
        question
            At one confidence.
        fixed
            Of its conditions that no draw changes those that are hard.
        """
        soft = list(comparisons(question, soft=True))
        hard = tuple(self._requirement(p) for p in comparisons(question, soft=False) if not isinstance(p, Condition))
        missed = tuple(self._rule(part) if isinstance(part, Condition) else self._requirement(part) for part in soft)
        return Deciding(tuple(self._miss(part) for part in soft), (hard,), tuple(fixed), missed, self.weight, nearest=True)

    def _objective(self, question: Decision) -> Term:
        statistic, node = question.objective, self.traced.quantities[question.objective.quantity]
        unknown = self._unknown([statistic.quantity])
        least = rank(statistic.share, self.weight)
        if question.maximize:  # the quantile of rank k of x is less the one of rank W - k + 1 of -x
            node, least = node.graph.node("neg", node), self.weight - least + 1
        return Term(node, statistic.measure, least, unknown=unknown)

    def _unknown(self, names: Sequence[str]) -> Node | None:
        """Make the node that is true where a quantity is NaN; None where none can be."""
        nodes = [self.traced.quantities[name] for name in names]
        return join("or", [node.graph.node("ne", node, node) for node in nodes if self.intervals[node.id].nan])

    def _rule(self, condition: Condition) -> Rule:
        met, unknown = condition_node(self.traced, condition), self._unknown(condition.names())
        return Rule(met, met if unknown is None else met | unknown)

    def _requirement(self, promise: AnyPromise) -> Requirement:
        if isinstance(promise, SharePromise):
            holds = self._all_of(promise)
            parts, every = one_sided(promise)
            counters = tuple(Counter(holds, *bounds(part, self.weight)) for part in parts)
            return Requirement(counters, not every, None, None)
        unknown = self._unknown(promise.names())
        if is_mean(promise):
            node, bound = self._sides(promise)
            return Requirement((), False, MeanRule(node, COMPARISONS[promise.op].op, bound), unknown)
        soft, every = one_sided(promise)
        counters = tuple(Counter(condition_node(self.traced, *part.on_a_draw()), *bounds(part, self.weight)) for part in soft)
        return Requirement(counters, not every, None, unknown)

    def _all_of(self, promise: SharePromise) -> Node:
        node = join("and", [condition_node(self.traced, condition) for condition in promise.conditions])
        assert node is not None
        return node

    def _sides(self, comparison: Condition | Promise) -> tuple[Node, Node]:
        (condition,) = comparison.on_a_draw() if isinstance(comparison, Promise) else (comparison,)
        bound = condition.value
        right = self.traced.quantities[bound] if isinstance(bound, str) else self.traced.graph.literal(bound)
        return self.traced.quantities[condition.quantity], right

    def _miss(self, part: Condition | AnyPromise) -> Term:
        """Make the term that says by how much a soft condition is missed: `promises.excess` and `share_excess`."""
        if isinstance(part, SharePromise):
            return Term(self._all_of(part), None, wanted=float(part.share * self.weight), upper=is_upper(part.op))
        value, bound = self._sides(part)
        graph, unknown = value.graph, self._unknown(part.names())
        over = value - bound if is_upper(part.op) else bound - value
        size = graph.node("where", graph.node("lt", bound, graph.literal(0.0)), -bound, bound)
        scale = graph.node("where", graph.node("eq", bound, graph.literal(0.0)), graph.literal(1.0), size)
        if isinstance(part, Condition):
            return Term(over / scale, Measure.VALUE, unknown=unknown)
        if is_mean(part):  # taken of x itself: of the differences it would have fewer right digits
            return Term(value, Measure.MEAN, upper=is_upper(part.op), missed=(bound, scale), unknown=unknown)
        missed = (bound, scale) if self._may_be_infinite(part, value) else ()
        return Term(over / scale, Measure.QUANTILE, bounds(part, self.weight)[0], missed=missed, unknown=unknown)

    def _may_be_infinite(self, promise: Promise, value: Node) -> bool:
        bound = promise.value
        if isinstance(bound, str):
            return self.intervals[self.traced.quantities[bound].id].infinite
        real = type(self.intervals[value.id].low)  # in which a finite number may be too large
        with np.errstate(over="ignore"):
            return bool(np.isinf(real(bound)))
