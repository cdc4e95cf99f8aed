"""A model as a graph of single operations: formulas are traced once, each different operation stands in it once.

Tracing calls a quantity's function with nodes in place of numbers, so helper functions, names and constants need no
parsing; what a formula may not do (branch on a value, call NumPy's other functions) fails with a message that says so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..model.quantity import ModelError, Quantity
from ..model.questions import Condition, Problem

COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
BOOLEAN = frozenset({*COMPARISONS.values(), "and", "or", "not"})
_MAX_MULTIPLICATIONS = 4  # whole powers up to this are products


class Graph:
    """Nodes of one model, each different operation once."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[tuple[Any, ...], Node] = {}

    def node(self, op: str, *args: "Node", value: Any = None) -> "Node":
        """The node of an operation on nodes; an equal one is reused."""
        key = (op, tuple(arg.id for arg in args), repr(value) if op == "literal" else value)
        if key not in self._known:
            self._known[key] = Node(self, len(self.nodes), op, args, value)
            self.nodes.append(self._known[key])
        return self._known[key]

    def literal(self, value: float) -> "Node":
        return self.node("literal", value=float(value))

    def lift(self, value: Any) -> "Node":
        """A node, or a number as a literal."""
        if isinstance(value, Node):
            return value
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
            raise ModelError(f"a formula may use numbers and quantities, not {type(value).__name__}")
        return self.literal(float(value))


class Node:
    """One operation; the arithmetic operators make further nodes."""

    __slots__ = ("args", "graph", "id", "op", "value")
    __hash__ = object.__hash__

    def __init__(self, graph: Graph, number: int, op: str, args: tuple["Node", ...], value: Any):
        self.graph, self.id, self.op, self.args, self.value = graph, number, op, args, value

    @property
    def boolean(self) -> bool:
        return self.op in BOOLEAN

    def _binary(self, op: str, other: Any, swap: bool = False) -> Any:
        try:
            left, right = self, self.graph.lift(other)
        except ModelError:
            return NotImplemented
        return self.graph.node(op, *((right, left) if swap else (left, right)))

    def __add__(self, other: Any) -> Any:
        return self._binary("add", other)

    def __radd__(self, other: Any) -> Any:
        return self._binary("add", other, swap=True)

    def __sub__(self, other: Any) -> Any:
        return self._binary("sub", other)

    def __rsub__(self, other: Any) -> Any:
        return self._binary("sub", other, swap=True)

    def __mul__(self, other: Any) -> Any:
        return self._binary("mul", other)

    def __rmul__(self, other: Any) -> Any:
        return self._binary("mul", other, swap=True)

    def __truediv__(self, other: Any) -> Any:
        return self._binary("div", other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._binary("div", other, swap=True)

    def __pow__(self, other: Any) -> Any:
        exponent = other.value if isinstance(other, Node) and other.op == "literal" else other
        if isinstance(exponent, (int, float)):
            if exponent == 0.5:
                return self.graph.node("sqrt", self)
            if exponent == int(exponent) and 1 <= abs(exponent) <= _MAX_MULTIPLICATIONS:
                product = self
                for _ in range(int(abs(exponent)) - 1):
                    product = product * self
                return product if exponent > 0 else 1.0 / product
        return self._binary("pow", other)

    def __rpow__(self, other: Any) -> Any:
        return self._binary("pow", other, swap=True)

    def __neg__(self) -> "Node":
        return self.graph.node("neg", self)

    def __pos__(self) -> "Node":
        return self

    def __abs__(self) -> "Node":
        return self.graph.node("maximum", self, -self)

    def __lt__(self, other: Any) -> Any:
        return self._binary("lt", other)

    def __le__(self, other: Any) -> Any:
        return self._binary("le", other)

    def __gt__(self, other: Any) -> Any:
        return self._binary("gt", other)

    def __ge__(self, other: Any) -> Any:
        return self._binary("ge", other)

    def __eq__(self, other: Any) -> Any:  # type: ignore[override]
        return self._binary("eq", other)

    def __ne__(self, other: Any) -> Any:  # type: ignore[override]
        return self._binary("ne", other)

    def __and__(self, other: Any) -> "Node":
        return self._logical("and", other)

    def __or__(self, other: Any) -> "Node":
        return self._logical("or", other)

    def __invert__(self) -> "Node":
        if not self.boolean:
            raise ModelError("~ negates a comparison, not a number")
        return self.graph.node("not", self)

    def _logical(self, op: str, other: Any) -> "Node":
        if not (self.boolean and isinstance(other, Node) and other.boolean):
            raise ModelError(f"{'&' if op == 'and' else '|'} joins comparisons; put each in parentheses")
        return self.graph.node(op, self, other)

    def __bool__(self) -> bool:
        raise ModelError("a formula cannot branch on a value: use where, minimum or maximum in place of if, and, or, min, max")

    def __float__(self) -> float:
        raise ModelError("a formula may use the functions of flopwatt (where, minimum, ceil, sqrt, ...), not those of math")

    def _apply_(self, op: str, *args: Any) -> "Node":
        lifted = [self.graph.lift(arg) for arg in args]
        if op == "where" and not lifted[0].boolean:
            raise ModelError("the first argument of where is a comparison")
        return self.graph.node(op, *lifted)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        names = {"true_divide": "truediv", "subtract": "sub", "multiply": "mul", "power": "pow", "negative": "neg"}
        name = ufunc.__name__
        if method != "__call__" or kwargs:
            return NotImplemented
        if name in ("minimum", "maximum", "ceil", "floor", "sqrt", "log2", "exp"):
            return self._apply_(name, *inputs)
        operator = f"__{names.get(name, name)}__"
        left = self.graph.lift(inputs[0])
        if not hasattr(left, operator):
            raise ModelError(f"a formula may not use numpy.{name}")
        return getattr(left, operator)(*(self.graph.lift(x) for x in inputs[1:]))


_NUMPY: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.true_divide, "pow": np.power, "neg": np.negative,
    "minimum": np.minimum, "maximum": np.maximum, "where": np.where, "ceil": np.ceil, "floor": np.floor, "sqrt": np.sqrt,
    "log2": np.log2, "exp": np.exp, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "eq": np.equal, "ne": np.not_equal, "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
}  # fmt: skip


def compute(node: Node, args: Sequence[Any]) -> Any:
    """One operation with NumPy."""
    with np.errstate(all="ignore"):
        return _NUMPY[node.op](*args)


# What an operation costs, in multiply-adds of a vector unit: latencies and throughputs of current x86 cores, rounded
# (uops.info); only ratios matter.
COST = {"div": 6.0, "sqrt": 8.0, "pow": 60.0, "log2": 20.0, "exp": 20.0, "minimum": 2.0, "maximum": 2.0}


def cost(node: Node) -> float:
    """The relative cost of one operation."""
    return 0.0 if node.op in ("literal", "given", "column") else COST.get(node.op, 1.0)


@dataclass
class Traced:
    """A model traced for some targets; ``axes`` says of each node (by its id) on which axes it depends."""

    graph: Graph
    quantities: dict[str, Node]
    axes: list[frozenset[int]] = field(default_factory=list)

    def depends(self, node: Node) -> frozenset[int]:
        """The axes a node depends on; nodes made after tracing are included."""
        for late in self.graph.nodes[len(self.axes) :]:
            self.axes.append(frozenset().union(*(self.axes[arg.id] for arg in late.args)))
        return self.axes[node.id]


def trace(problem: Problem, targets: Iterable[str]) -> Traced:
    """The graph of all that the targets need."""
    graph, column_axis = Graph(), problem.grid.column_axis
    traced = Traced(graph, {})
    for item in problem.model.order(targets, problem.held()):
        if item.name in column_axis:
            node = graph.node("column", value=item.name)
            traced.depends(node)
            traced.axes[node.id] = frozenset((column_axis[item.name],))
        elif item.name in problem.given:
            node = graph.node("given", value=item.name)
        elif item.function is None:
            raise ModelError(f"the input {item.name!r} has no value")
        else:
            node = _call(graph, item.name, item.function, [traced.quantities[p] for p in item.parameters])
        traced.quantities[item.name] = node
        traced.depends(node)
    return traced


def compile_alone(item: Quantity) -> None:
    """Trace one formula, its parameters taken as inputs. Raises ModelError where an engine could not compile it."""
    graph = Graph()
    if item.function is not None:
        _call(graph, item.name, item.function, [graph.node("given", value=name) for name in item.parameters])


def _call(graph: Graph, name: str, function: Callable[..., Any], args: list[Node]) -> Node:
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
    """A condition as a node; a NaN never meets it."""
    left = traced.quantities[condition.quantity]
    right = traced.quantities[condition.value] if isinstance(condition.value, str) else traced.graph.literal(condition.value)
    node = traced.graph.node(COMPARISONS[condition.op], left, right)
    if condition.op == "!=":
        node = node & (left == left) & (right == right)
    return node


def needed(outputs: Iterable[Node]) -> list[Node]:
    """The nodes that the outputs need, each after its arguments."""
    seen: dict[int, Node] = {}
    stack = list(outputs)
    while stack:
        node = stack.pop()
        if node.id not in seen:
            seen[node.id] = node
            stack.extend(node.args)
    return [seen[number] for number in sorted(seen)]


def evaluate(nodes: Sequence[Node], leaf: Callable[[Node], Any], dtype: np.dtype[Any]) -> Mapping[int, Any]:
    """Every node's value with NumPy, ``leaf`` gives those of columns and given values."""
    values: dict[int, Any] = {}
    for node in nodes:
        if node.op == "literal":
            values[node.id] = dtype.type(node.value)
        elif node.op in ("column", "given"):
            values[node.id] = leaf(node)
        else:
            values[node.id] = compute(node, [values[arg.id] for arg in node.args])
    return values
