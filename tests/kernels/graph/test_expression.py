"""The graph of operations: each different one once, what a formula may not do, and values as NumPy's."""

import numpy as np
import pytest

from flopwatt.kernels.graph.expression import Graph, compute, cost, evaluate, leaf_value, needed
from flopwatt.kernels.model import quantity as q
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, ModelError, Quantity
from flopwatt.kernels.model.questions import Problem


@pytest.fixture
def graph() -> Graph:
    return Graph()


def leaves(graph: Graph):  # type: ignore[no-untyped-def]
    """x of the first axis, y of the second, g of none."""
    return (
        graph.node("column", value="x", axes=frozenset((0,))),
        graph.node("column", value="y", axes=frozenset((1,))),
        graph.node("given", value="g"),
    )


def test_an_operation_stands_in_the_graph_once(graph: Graph) -> None:
    x, y, _ = leaves(graph)
    assert x * y is x * y
    assert x * y is not y * x  # the order of arguments decides about bits
    assert x + 2 is x + 2.0
    assert graph.literal(0.0) is not graph.literal(-0.0)
    assert graph.literal(float("nan")) is graph.literal(float("nan"))
    assert [node.id for node in graph.nodes] == list(range(len(graph.nodes)))


def test_a_node_knows_the_axes_of_all_it_needs(graph: Graph) -> None:
    x, y, g = leaves(graph)
    assert (g * 2).axes == frozenset()
    assert (x * g + 1).axes == {0}
    assert (q.where(x < y, g, 0.0)).axes == {0, 1}
    assert ((x + y) + (y + x)).axes == {0, 1}


def test_powers_are_products_where_that_is_exact(graph: Graph) -> None:
    x, y, _ = leaves(graph)
    assert x**1 is x
    assert x**3 is x * x * x
    assert x**-2 is 1.0 / (x * x)
    assert x**0.5 is q.sqrt(x)
    assert (x**5).op == (x**1.5).op == (x**y).op == (2**x).op == "pow"


def test_reversed_operators_keep_the_order_of_arguments(graph: Graph) -> None:
    x, *_ = leaves(graph)
    for node, op in ((3 - x, "sub"), (3 / x, "div"), (3 + x, "add"), (3 * x, "mul")):
        assert (node.op, node.args[0].value) == (op, 3.0)
        assert node.args[1] is x
    assert (np.float64(3) - x).op == "sub"  # NumPy asks the node first
    assert (np.float64(3) - x).args[0].value == 3.0


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (lambda x: 1 if x > 2 else 0, "branch"),
        (lambda x: float(x), "not those of math"),
        (lambda x: ~x, "negates a comparison"),
        (lambda x: x & (x > 1), "joins comparisons"),
        (lambda x: q.where(x, 1.0, 2.0), "first argument of where"),
        (lambda x: np.arctan(x), "numpy.arctan"),
        (lambda x: x.graph.lift(True), "not bool"),
    ],
)
def test_what_a_formula_may_not_do_is_said(graph: Graph, formula, said: str) -> None:  # type: ignore[no-untyped-def]
    x, *_ = leaves(graph)
    with pytest.raises(ModelError, match=said):
        formula(x)


def test_needed_lists_each_node_once_after_its_arguments(graph: Graph) -> None:
    x, y, g = leaves(graph)
    total = (x + y) * (x + y) + g
    graph.literal(7.0)  # not needed
    nodes = needed([total, x])
    assert len({node.id for node in nodes}) == len(nodes)
    place = {node.id: i for i, node in enumerate(nodes)}
    assert all(place[arg.id] < place[node.id] for node in nodes for arg in node.args)
    assert {node.op for node in nodes} == {"column", "given", "add", "mul"}


def test_leaves_cost_nothing_and_division_more_than_a_sum(graph: Graph) -> None:
    x, y, g = leaves(graph)
    assert [cost(node) for node in (x, g, graph.literal(2.0))] == [0.0, 0.0, 0.0]
    assert cost(x / y) > cost(x + y) > 0


@pytest.fixture
def problem() -> Problem:
    names = ("x", "y", "g")
    axes = Axis("x", {"x": np.array([1.0, 2.0, 0.1])}), Axis("y", {"y": np.array([4.0, np.nan])})
    return Problem(Model({name: Quantity(name, "", "given", "") for name in names}), Grid(axes), {"g": 0.1})


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_values_are_numpys_in_the_dtype(graph: Graph, problem: Problem, dtype: str) -> None:
    x, y, g = leaves(graph)
    real = np.dtype(dtype)
    index = {0: np.array([2, 0, 1, 2]), 1: np.array([0, 0, 1, 0])}
    outputs = [x / (y + g), q.minimum(x, y), ~((x < y) | (y == y)), g * 3]
    values = evaluate(problem, outputs, index, real)
    a = np.array([0.1, 1.0, 2.0, 0.1], real)
    b = np.array([4.0, 4.0, np.nan, 4.0], real)
    c = real.type(0.1)
    expected = [a / (b + c), np.minimum(a, b), ~((a < b) | (b == b)), c * real.type(3)]
    for node, numbers in zip(outputs, expected, strict=True):
        np.testing.assert_array_equal(values[node.id], numbers)
        assert np.asarray(values[node.id]).dtype == numbers.dtype
    assert np.ndim(values[outputs[-1].id]) == 0  # on no axis


def test_a_leafs_value_is_cast(graph: Graph, problem: Problem) -> None:
    x, _, g = leaves(graph)
    assert leaf_value(problem, x, np.dtype("float32")).dtype == np.float32
    assert leaf_value(problem, g, np.dtype("float32")) == np.float32(0.1)
    assert leaf_value(problem, graph.literal(0.1), np.dtype("float32")) == np.float32(0.1)
    assert compute(g * 2, [np.float64(2), np.float64(4)]) == 8
