"""Quantities and models: what cannot be one, bounds, and the order of computing."""

import math
from typing import Any

import pytest

from flopwatt.kernels.graph.tracing import compile_alone
from flopwatt.kernels.model import operations
from flopwatt.kernels.model.quantity import Model, ModelError, Quantity, collecting, given, quantity, registry


@pytest.fixture
def model() -> Model:
    with collecting() as own:
        given("a", "", "one")
        given("b", "", "another")

        @quantity(unit="", source="test")
        def total(a, b):  # type: ignore[no-untyped-def]
            """Both."""
            return a + b

        @quantity(unit="", source="test")
        def twice(total):  # type: ignore[no-untyped-def]
            return 2 * total

    return Model(own)


def test_what_is_defined_in_a_block_stays_there(model: Model) -> None:
    assert set(model.quantities) == {"a", "b", "total", "twice"}
    assert not set(model.quantities) & set(registry)
    assert (model["total"].doc, model["total"].parameters, model["total"].given) == ("Both.", ("a", "b"), False)


def test_each_is_computed_after_those_it_needs(model: Model) -> None:
    assert [item.name for item in model.order(["twice"])] == ["a", "b", "total", "twice"]
    assert [item.name for item in model.order(["b", "twice"])] == ["b", "a", "total", "twice"]
    assert [item.name for item in model.order(["twice"], held=["total"])] == ["total", "twice"]
    assert model.inputs(["twice"]) == ["a", "b"]
    assert model.inputs(["twice"], held=["total"]) == ["total"]


def test_what_is_given_takes_the_place_of_its_formula(model: Model) -> None:
    assert model.compute(["twice", "a"], {"a": 2.0, "b": 3.0}) == {"twice": 10.0, "a": 2.0}
    assert model.compute(["twice"], {"total": 4.0}) == {"twice": 8.0}
    with pytest.raises(ModelError, match="unknown quantity 'thrice'"):
        model.compute(["thrice"], {})


def test_what_a_model_cannot_do(model: Model) -> None:
    with pytest.raises(ModelError, match="unknown quantity 'totl'; did you mean 'total'"):
        model["totl"]
    circle = model.extended({"total": Quantity("total", "", "test", "", lambda twice: twice, ("twice",))})
    with pytest.raises(ModelError, match="in a circle: twice -> total -> twice"):
        circle.order(["twice"])
    with pytest.raises(ModelError, match="a is an input"):
        model["a"](1)


def test_what_cannot_be_a_quantity() -> None:
    with collecting():
        given("a", "", "one")
        with pytest.raises(ModelError, match="'a' is defined twice"):
            given("a", "", "again")
        with pytest.raises(ModelError, match="not a valid name"):
            given("a b", "", "two words")
        for function in (lambda a=1: a, lambda *a: a, lambda *, a: a):
            with pytest.raises(ModelError, match="is no plain name of a quantity"):
                quantity(unit="", source="test")(function)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (3.6e6, None),
        (0.0, "must be above 0 kWh"),
        (1.8e7, None),
        (1.9e7, "must be at most 5 kWh"),
        (math.nan, "is not a number"),
        (math.inf, "is infinite"),
    ],
)
def test_bounds_are_in_the_quantitys_unit_and_values_in_base_units(value: float, what: str | None) -> None:
    assert Quantity("e", "kWh", "given", "", low=0.0, high=5.0, low_open=True).check(value) == what


def test_whole_numbers_only() -> None:
    count = Quantity("n", "", "given", "", low=1.0, whole=True)
    assert [count.check(value) for value in (2.0, 2.5, 0.0)] == [None, "must be a whole number", "must be at least 1"]


@pytest.mark.parametrize("bounds", [{"high": "x"}, {"low": None}, {"high": float("nan")}, {"low": []}])
def test_a_bound_that_is_no_number_is_refused_where_it_is_written(bounds: dict[str, Any]) -> None:
    (name,) = bounds
    with collecting() as own, pytest.raises(ModelError, match=rf"^support: {name} must be a number in USD, not "):
        given("support", "USD", "What support costs.", **bounds)
    assert not own


def test_a_sum_is_a_formula_of_its_own_however_it_is_called() -> None:
    def so_far(watts, period):  # type: ignore[no-untyped-def]
        return operations.cumulative(watts, period)

    def summed(watts, period, other):  # type: ignore[no-untyped-def]
        return operations.total(x=watts, along=period)

    with collecting():
        made = [quantity(unit="W", source="test")(function) for function in (so_far, summed)]
    assert [(item.sum_along.kind, item.sum_along.of, item.sum_along.along) for item in made if item.sum_along] == [
        ("cumulative", "watts", "period"),
        ("total", "watts", "period"),
    ]

    def doubled(watts, period):  # type: ignore[no-untyped-def]
        return 2 * operations.total(watts, period)

    def of_more(watts, period):  # type: ignore[no-untyped-def]
        return operations.total(2 * watts, period)

    def along_a_number(watts):  # type: ignore[no-untyped-def]
        return operations.total(watts, 1.0)

    def along_itself(watts):  # type: ignore[no-untyped-def]
        return operations.total(watts, watts)

    for function in (doubled, of_more, along_a_number, along_itself):
        with collecting(), pytest.raises(ModelError, match=f"{function.__name__}: a sum is a formula of its own"):
            quantity(unit="W", source="test")(function)

    def helper(x, along):  # type: ignore[no-untyped-def]
        return operations.total(x, along)

    def hidden(watts, period):  # type: ignore[no-untyped-def]
        return 2 * helper(watts, period)

    with collecting():
        item = quantity(unit="W", source="test")(hidden)
    with pytest.raises(ModelError, match=r"the formula of 'hidden': total\(x, along\) stands alone"):
        compile_alone(item)
