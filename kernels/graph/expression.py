"""A graph of single operations, each different one once, and what computes them with NumPy.

A node acts as a number does in a formula. What a formula may not do (branch on a value, call NumPy's other functions) fails
with a message that says so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..model.comparisons import COMPARING, COMPARISONS
from ..model.quantity import ModelError
from ..model.questions import Problem

Axes = frozenset[int]  # positions of a grid's axes

BOOLEAN = COMPARING | {"and", "or", "not"}
_MAX_MULTIPLICATIONS = 4  # whole powers up to this are products
_NO_AXES: Axes = frozenset()


class Graph:
    """The nodes of one model, each different operation once: a common subexpression is one node.

    Attributes
    ----------
    nodes
        Every node, each after its arguments; a node's ``id`` is its place here.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[tuple[Any, ...], Node] = {}

    def node(self, op: str, *args: "Node", value: Any = None, axes: Axes = _NO_AXES) -> "Node":
        """Make the node of an operation on nodes, or reuse an equal one.

        Parameters
        ----------
        op
            The operation; ``literal``, ``given`` and ``column`` are leaves.
        args
            The nodes that it takes.
        value
            Of a leaf: the number, or the name of the quantity.
        axes
            Of a column: the axis that brings it. Any other node depends on its arguments' axes.
        """
        key = (op, tuple(arg.id for arg in args), repr(value) if op == "literal" else value)
        node = self._known.get(key)
        if node is None:
            for arg in args:
                if not arg.axes <= axes:  # most nodes have the axes of an argument: one set serves them all
                    axes = axes | arg.axes if axes else arg.axes
            node = self._known[key] = Node(self, len(self.nodes), op, args, value, axes)
            self.nodes.append(node)
        return node

    def literal(self, value: float) -> "Node":
        """Make the node of a number."""
        return self.node("literal", value=float(value))

    def lift(self, value: Any) -> "Node":
        """Make a number a literal, and leave a node as it is.

        Raises
        ------
        ModelError
            Where the value is neither a node nor a number (a truth value is none).
        """
        if isinstance(value, Node):
            return value
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
            raise ModelError(f"a formula may use numbers and quantities, not {type(value).__name__}")
        return self.literal(float(value))


class Node:
    """One operation of a graph; the arithmetic operators make further nodes.

    Comparing two nodes makes a node as well: ask whether they are the same one with ``is``, or by their ``id``.

    Attributes
    ----------
    graph, id
        The graph that it stands in, and its place there.
    op, args, value
        The operation, the nodes that it takes, and a leaf's number or quantity.
    axes
        Positions of the axes that its value depends on.
    """

    __slots__ = ("args", "axes", "graph", "id", "op", "value")
    __hash__ = object.__hash__

    def __init__(self, graph: Graph, number: int, op: str, args: tuple["Node", ...], value: Any, axes: Axes):
        self.graph, self.id, self.op, self.args, self.value, self.axes = graph, number, op, args, value, axes

    @property
    def boolean(self) -> bool:
        """Whether the value is true or false, and not a number."""
        return self.op in BOOLEAN

    def _numbers(self, *args: "Node") -> "list[Node]":
        """Count a comparison among numbers as 1 where it is true, else as 0. Raises ModelError where no number is among them.

        NumPy does the same, and makes other things of comparisons alone; kernels tell the two types apart.
        """
        if all(arg.boolean for arg in args):
            raise ModelError("a comparison is true or false, and no number; use where(comparison, 1.0, 0.0)")
        one, zero = self.graph.literal(1.0), self.graph.literal(0.0)
        return [self.graph.node("where", arg, one, zero) if arg.boolean else arg for arg in args]

    def _binary(self, op: str, other: Any, swap: bool = False) -> Any:
        """Make the node of an operation with another node or a number, which comes first if ``swap``."""
        try:
            left, right = self, self.graph.lift(other)
        except ModelError:
            return NotImplemented
        return self.graph.node(op, *self._numbers(*((right, left) if swap else (left, right))))

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
                return self.graph.node("sqrt", *self._numbers(self))
            if exponent == int(exponent) and 1 <= abs(exponent) <= _MAX_MULTIPLICATIONS:
                (product,) = self._numbers(self)
                for _ in range(int(abs(exponent)) - 1):
                    product = product * self
                return product if exponent > 0 else 1.0 / product
        return self._binary("pow", other)

    def __rpow__(self, other: Any) -> Any:
        return self._binary("pow", other, swap=True)

    def __neg__(self) -> "Node":
        return self.graph.node("neg", *self._numbers(self))

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
        """Make the node that joins two truth values."""
        if not (self.boolean and isinstance(other, Node) and other.boolean):
            raise ModelError(f"{'&' if op == 'and' else '|'} joins comparisons; put each in parentheses")
        return self.graph.node(op, self, other)

    def __bool__(self) -> bool:
        raise ModelError("a formula cannot branch on a value: use where, minimum or maximum in place of if, and, or, min, max")

    def __float__(self) -> float:
        raise ModelError("a formula may use the functions of flopwatt (where, minimum, ceil, sqrt, ...), not those of math")

    def _apply_(self, op: str, *args: Any) -> "Node":
        """Make the node of one of flopwatt's functions: see `quantity`."""
        lifted = [self.graph.lift(arg) for arg in args]
        conditions = lifted[: op == "where"]
        if not all(condition.boolean for condition in conditions):
            raise ModelError("the first argument of where is a comparison")
        return self.graph.node(op, *conditions, *self._numbers(*lifted[len(conditions) :]))

    def _summed_(self, kind: str, along: Any) -> Any:
        """Refuse a sum along an axis within a formula: what is one as a whole is no operation of a graph."""
        raise ModelError(f"{kind}(x, along) stands alone in a formula: give the sum a quantity of its own")

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
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.true_divide,
    "pow": np.power,
    "neg": np.negative,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "where": np.where,
    "ceil": np.ceil,
    "floor": np.floor,
    "sqrt": np.sqrt,
    "log2": np.log2,
    "exp": np.exp,
    **{comparison.op: comparison.compute for comparison in COMPARISONS.values()},
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
}


def function_of(node: Node) -> Callable[..., Any]:
    """Return the NumPy function of an operation: a ufunc, or `numpy.where`."""
    return _NUMPY[node.op]


def compute(node: Node, args: Sequence[Any]) -> Any:
    """Compute one operation with NumPy. It may warn of NaN and infinity: call it under ``np.errstate(all="ignore")``.

    Parameters
    ----------
    node
        The operation, no leaf.
    args
        The values of its arguments, numbers or arrays that broadcast together.
    """
    return _NUMPY[node.op](*args)


# What an operation costs, in multiply-adds of a vector unit: latencies and throughputs of current x86 cores, rounded
# (uops.info); only ratios matter.
COST = {"div": 6.0, "sqrt": 8.0, "pow": 60.0, "log2": 20.0, "exp": 20.0, "minimum": 2.0, "maximum": 2.0}


def cost(node: Node) -> float:
    """Return the cost of one operation, in multiply-adds of a vector unit; a leaf costs nothing."""
    return 0.0 if node.op in ("literal", "given", "column") else COST.get(node.op, 1.0)


def needed(outputs: Iterable[Node]) -> list[Node]:
    """List the nodes that the outputs need, each after its arguments."""
    seen: dict[int, Node] = {}
    stack = list(outputs)
    while stack:
        node = stack.pop()
        if node.id not in seen:
            seen[node.id] = node
            stack.extend(node.args)
    return [seen[number] for number in sorted(seen)]


def leaf_value(problem: Problem, leaf: Node, dtype: np.dtype[Any]) -> Any:
    """Return a leaf's value in the dtype, in base units: one number, or for a column the array of its axis.

    Parameters
    ----------
    problem
        Where the values come from.
    leaf
        A literal, a given quantity or a column.
    dtype
        That of the computation.
    """
    if leaf.op == "column":
        axis = problem.grid.column_axis[leaf.value]
        return np.asarray(problem.grid.axes[axis].columns[leaf.value], dtype=dtype)
    return dtype.type(leaf.value if leaf.op == "literal" else problem.given[leaf.value])


def evaluate(problem: Problem, outputs: Iterable[Node], index: Mapping[int, Any], dtype: np.dtype[Any]) -> dict[int, Any]:
    """Compute nodes, and all that they need, with NumPy at given points of the grid.

    Parameters
    ----------
    problem
        Where the values of columns and given quantities come from.
    outputs
        The nodes wanted.
    index
        The points: for the position of each axis that they depend on, the indices along it.
    dtype
        That of the computation; every value is cast to it first.

    Returns
    -------
    dict
        Values in base units by the node's ``id``: an array over the points, or one number for what depends on no axis.
    """
    values: dict[int, Any] = {}
    with np.errstate(all="ignore"):
        for node in needed(outputs):
            if node.args:
                values[node.id] = compute(node, [values[arg.id] for arg in node.args])
            else:
                value = leaf_value(problem, node, dtype)
                values[node.id] = value[index[next(iter(node.axes))]] if node.axes else value
    return values
