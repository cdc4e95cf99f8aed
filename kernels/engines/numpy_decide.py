"""Decisions in NumPy: blocks of decisions with all their draws, which are counted; the exact quantile is taken of few."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..graph.expression import Node, compute
from ..model.statistics import Measure
from ..plan.conditions import Rule
from ..plan.deciding import Counter, Deciding, MeanRule, Requirement, Term
from ..plan.plan import Plan
from .numpy_draws import DrawWeights
from .numpy_layout import Array
from .numpy_walk import Block


def quantities_of(unknown: Node | None) -> list[Node]:
    """List the quantities of which a node says that one is NaN: it is x != x, or several of these joined by "or".

    Parameters
    ----------
    unknown
        The node; none where nothing can be NaN.
    """
    if unknown is None:
        return []
    if unknown.op == "or":
        return [quantity for arg in unknown.args for quantity in quantities_of(arg)]
    return [unknown.args[0]]


def wanted_nodes(deciding: Deciding) -> list[Node]:
    """List what is computed of every scenario, or once for a decision's draws, each once.

    Parameters
    ----------
    deciding
        What decides.
    """
    parts: list[Term | Requirement] = [*deciding.terms, *deciding.promises]
    doubts = {node.id for part in parts if part.unknown is not None for node in [part.unknown]}
    nodes = [node for node in deciding.drawn if node.id not in doubts]
    nodes += [node for part in parts for node in quantities_of(part.unknown)]
    return list({node.id: node for node in [*nodes, *deciding.decided]}.values())


@dataclass(frozen=True, eq=False)
class JudgedBlock:
    """What a block's decisions come to: arrays over the decisions.

    Attributes
    ----------
    value
        The objective at each confidence: (confidences, decisions), infinite where a decision is none of the best.
    unknown
        Which are not known.
    failed
        Of the nearest decision, which are considered, and which of these fail each soft condition: (1 + conditions, decisions).
    """

    value: Array
    unknown: Array
    failed: Array


class Verdicts:
    """What follows from the draws of a block's decisions: as `emit.tallies.Verdict` writes it.

    Parameters
    ----------
    plan
        The decision's plan.
    weights
        Those of its draws.
    block
        The block, computed.
    """

    def __init__(self, plan: Plan, weights: DrawWeights, block: Block):
        assert plan.deciding is not None
        self.plan, self.deciding, self.weights, self.block = plan, plan.deciding, weights, block
        self.shape = block.lengths[:-1] if weights.drawn else block.lengths
        self.count = math.prod(self.shape)
        self._kept: dict[Any, Any] = {}

    def judge(self, best: Array) -> JudgedBlock:
        """Judge all decisions.

        Parameters
        ----------
        best
            The best so far, at each confidence, of each decision's group: (confidences, decisions).
        """
        confidences = range(self.deciding.confidences)
        candidates = np.array([self._candidate(c, best[c]) for c in confidences])
        value = np.full(candidates.shape, np.inf, best.dtype)
        rows = np.flatnonzero(candidates.any(axis=0))
        if len(rows):
            value[:, rows] = np.where(candidates[:, rows], self._greatest(rows), np.inf)
        doubtful = [self._unknown_at(c) for c in confidences]
        unknown = np.logical_or.reduce([doubt for doubt in doubtful if doubt is not None] or [np.zeros(self.count, bool)])
        return JudgedBlock(value, unknown, self._failed())

    def _failed(self) -> Array:
        if not self.deciding.nearest:
            return np.zeros((1, self.count), bool)
        considered = self._considered()
        return np.array([considered, *(considered & ~self.met(part) for part in self.deciding.missed)])

    # --- values ---

    def drawn(self, node: Node) -> Array:
        """Give a node's value at every draw: (decisions, draws), or (decisions, 1) where no draw changes it."""
        if node.id not in self._kept:
            value = self.block.value(node)
            if self.weights.drawn and value.ndim and value.shape[-1] > 1:
                result = self.block.rows(node).reshape(self.count, -1)
                result = result if self.weights.possible is None else result[:, self.weights.possible]
            else:
                value = value[..., 0] if self.weights.drawn and value.ndim else value
                result = np.broadcast_to(value, self.shape).reshape(self.count, 1)
            self._kept[node.id] = result
        array: Array = self._kept[node.id]
        return array

    def single(self, node: Node) -> Array:
        """Give the value of a node that no draw changes: (decisions,)."""
        return self.drawn(node)[:, 0]

    def _tally(self, node: Node) -> Array:
        key = "count", node.id
        if key not in self._kept:
            self._kept[key] = self.weights.count(self.drawn(node))
        tally: Array = self._kept[key]
        return tally

    def mean(self, node: Node) -> Array:
        """Give the mean of a node over the draws."""
        key = "mean", node.id
        if key not in self._kept:
            self._kept[key] = self.weights.mean(self.drawn(node))
        mean: Array = self._kept[key]
        return mean

    def _is_nan(self, unknown: Node) -> Array | None:
        """Tell which decisions have a NaN among a quantity's draws; None where none has."""
        key = "nan", unknown.id
        if key not in self._kept:
            doubtful = [node for node in quantities_of(unknown) if self.block.has_nan(node)]
            rows = [np.isnan(self.drawn(node)).any(axis=1) for node in doubtful]
            self._kept[key] = np.logical_or.reduce(rows) if rows else None
        flags: Array | None = self._kept[key]
        return flags

    # --- promises ---

    @cached_property
    def _true(self) -> Array:
        return np.ones(self.count, bool)

    def _within(self, counter: Counter) -> Array:
        tally = self._tally(counter.node)
        return np.asarray((tally >= counter.least) & (tally <= counter.most))

    def met(self, part: Rule | Requirement) -> Array:
        """Tell which decisions keep a condition or a promise."""
        key = "met", id(part)
        if key not in self._kept:
            self._kept[key] = self.single(part.met) if isinstance(part, Rule) else self._keeps_promise(part)
        met: Array = self._kept[key]
        return met

    def _keeps_promise(self, part: Requirement) -> Array:
        if part.mean:
            kept = self._compares(part.mean)
        else:
            join = np.logical_or if part.any_of else np.logical_and
            kept = join.reduce([self._within(counter) for counter in part.counters])
        unknown = self.unknown(part)
        return kept if unknown is None else kept & ~unknown

    def _compares(self, rule: MeanRule) -> Array:
        graph = rule.node.graph
        return np.asarray(compute(graph.node(rule.op, rule.node, rule.bound), [self.mean(rule.node), self.single(rule.bound)]))

    def unknown(self, part: Rule | Requirement | Term) -> Array | None:
        """Tell of which decisions a NaN keeps something from being known; None where of none."""
        if isinstance(part, Rule):
            return None if part.met is part.possible else self.single(part.possible) & ~self.single(part.met)
        doubts = [] if part.unknown is None else [self._is_nan(part.unknown)]
        meant = part.node if isinstance(part, Term) and part.measure is Measure.MEAN else None
        if isinstance(part, Requirement) and part.mean:
            meant = part.mean.node
        if meant is not None:  # the mean of infinities of both signs is NaN too
            doubts.append(np.isnan(self.mean(meant)))
        known = [doubt for doubt in doubts if doubt is not None]
        return np.asarray(np.logical_or.reduce(known)) if known else None

    def _parts(self, confidence: int) -> list[Rule | Requirement]:
        return [*self.deciding.fixed, *self.deciding.requirements[confidence]]

    def _keeps(self, confidence: int) -> Array:
        return np.asarray(np.logical_and.reduce([self._true, *(self.met(part) for part in self._parts(confidence))]))

    def _unknown_at(self, confidence: int) -> Array | None:
        """Tell which decisions are unknown at a confidence: what is known does not rule them out."""
        parts = self._parts(confidence)
        doubts = {id(part): self.unknown(part) for part in (*parts, *self.deciding.terms)}
        known = [doubt for doubt in doubts.values() if doubt is not None]
        if not known:
            return None
        possible = [self.met(part) if (d := doubts[id(part)]) is None else self.met(part) | d for part in parts]
        return np.asarray(np.logical_and.reduce([np.logical_or.reduce(known), *possible]))

    def _considered(self) -> Array:
        """Tell which decisions the nearest may be, and of which everything is known."""
        doubts = [doubt for part in self.deciding.missed if (doubt := self.unknown(part)) is not None]
        known = [~doubt for doubt in doubts]
        for term in self.deciding.terms:
            if term.measure is Measure.QUANTILE:
                known += [self.single(scale) < np.inf for scale in term.missed[1:]]
            else:
                known.append(~np.isnan(self.plain(term)))  # infinities may differ by NaN
        return np.asarray(np.logical_and.reduce([self._keeps(0), *known]))

    # --- the objective ---

    def _candidate(self, confidence: int, best: Array) -> Array:
        """Tell which decisions keep their promises and are at least as good as the best so far."""
        result = self._keeps(confidence)
        for term in self.deciding.terms:
            if not result.any():
                break
            result = result & self._reaches(term, best)
        return result

    def _reaches(self, term: Term, best: Array) -> Array:
        if term.measure is not Measure.QUANTILE:
            return np.asarray(self.plain(term) <= best)
        unknown, reached = self.unknown(term), self._true
        if term.missed or (best < np.inf).any():  # by how much an infinite bound is missed is NaN, which reaches nothing
            reached = self.weights.count(self.drawn(term.node) <= best[:, None]) >= term.rank
        return reached if unknown is None else reached & ~unknown

    def plain(self, term: Term) -> Array:
        """Give the value of a term that is no quantile."""
        dtype = np.dtype(self.plan.dtype)
        if term.measure is Measure.VALUE:
            return self.single(term.node)
        if term.measure is None:
            tally = self._tally(term.node)
            over = tally - term.wanted if term.upper else term.wanted - tally
            return np.asarray(over / float(self.deciding.weight)).astype(dtype)
        mean = self.mean(term.node)
        if not term.missed:
            return mean
        bound, scale = (self.single(node) for node in term.missed)
        return np.asarray((mean - bound if term.upper else bound - mean) / scale)

    def _greatest(self, rows: Array) -> Array:
        """Compute the objective of some decisions: the greatest of the terms."""
        values = [
            self.weights.quantile(self.drawn(term.node)[rows], term.rank)
            if term.measure is Measure.QUANTILE
            else self.plain(term)[rows]
            for term in self.deciding.terms
        ]
        result = values[0]
        for value in values[1:]:
            result = np.where(value > result, value, result)
        return np.where(np.isfinite(result), result, np.inf)  # one that is infinite is no answer
