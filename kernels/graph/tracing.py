"""Tracing: a model's formulas, and conditions on its quantities, as one graph.

A quantity's function is called with nodes in place of numbers, so helper functions, names and constants need no parsing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..model.comparisons import COMPARISONS
from ..model.condition import Condition
from ..model.quantity import ModelError, Quantity
from ..model.questions import Problem
from .expression import Graph, Node


@dataclass(frozen=True)
class Traced:
    """A model traced for some targets.

    Attributes
    ----------
    graph
        That of the nodes; conditions and the like add theirs.
    quantities
        The node of every quantity that the targets need, by its name.
    """

    graph: Graph
    quantities: Mapping[str, Node]


def trace(problem: Problem, targets: Iterable[str]) -> Traced:
    """Trace the formulas of all that some targets need into a graph.

    Parameters
    ----------
    problem
        The model on its grid.
    targets
        Names of quantities.

    Raises
    ------
    ModelError
        Where an input has no value, or a formula does what no engine can compile.
    """
    graph, column_axis = Graph(), problem.grid.column_axis
    quantities: dict[str, Node] = {}
    for item in problem.model.order(targets, problem.held()):
        if item.name in column_axis:
            node = graph.node("column", value=item.name, axes=frozenset((column_axis[item.name],)))
        elif item.name in problem.given:
            node = graph.node("given", value=item.name)
        elif item.function is None:
            raise ModelError(f"the input {item.name!r} has no value")
        else:
            item.check_alone(column_axis)
            if item.sum_along is not None:
                node = quantities[item.sum_along.of]  # of one point
            else:
                node = _call(graph, item.name, item.function, [quantities[p] for p in item.parameters])
        quantities[item.name] = node
    return Traced(graph, quantities)


def compile_alone(item: Quantity) -> None:
    """Trace one formula, its parameters taken as inputs. Raises ModelError where an engine could not compile it."""
    graph = Graph()
    if item.function is not None and item.sum_along is None:
        _call(graph, item.name, item.function, [graph.node("given", value=name) for name in item.parameters])


def _call(graph: Graph, name: str, function: Callable[..., Any], args: list[Node]) -> Node:
    """Trace one formula. Raises ModelError, with its name, where an engine could not compile it."""
    try:
        result = graph.lift(function(*args))
    except ModelError as error:
        raise ModelError(f"the formula of {name!r}: {error}") from None
    except (TypeError, AttributeError) as error:
        raise ModelError(
            f"the formula of {name!r} uses what no engine can compile ({error}); it may use + - * / **, comparisons, where, "
            "minimum, maximum, ceil, floor, sqrt, log2 and exp"
        ) from None
    if result.boolean:
        raise ModelError(f"the formula of {name!r} gives true or false; use where(condition, 1.0, 0.0)")
    return result


def condition_node(traced: Traced, condition: Condition) -> Node:
    """Make a condition a node; a NaN never meets it."""
    left = traced.quantities[condition.quantity]
    right = traced.quantities[condition.value] if isinstance(condition.value, str) else traced.graph.literal(condition.value)
    node = traced.graph.node(COMPARISONS[condition.op].op, left, right)
    if condition.op == "!=":
        node = node & (left == left) & (right == right)
    return node
