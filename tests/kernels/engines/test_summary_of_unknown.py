"""A summary leaves NaN out of its counts, its mean and its extremes, on every engine alike, with and without `where`."""

import numpy as np
import pytest

from flopwatt.kernels.engines import Settings, available, get
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, given, quantity
from flopwatt.kernels.model.questions import Problem, Summary


def problem() -> Problem:
    with collecting() as own:
        given("price", "", "a fact that is not published for the second row")
        given("size", "", "a number")
        given("kind", "", "another")

        @quantity(unit="", source="test")
        def total(price, size):  # type: ignore[no-untyped-def]
            return price * size

    axes = (
        Axis("price", {"price": np.array([1.0, np.nan, 3.0])}),
        Axis("size", {"size": np.arange(1.0, 40.0)}),
        Axis("kind", {"kind": np.array([1.0, 2.0])}),
    )
    return Problem(Model(own), Grid(axes))


@pytest.mark.parametrize("engine", available())
@pytest.mark.parametrize("by", [(), ("price",), ("price", "size")])
@pytest.mark.parametrize("limit", [None, 1.0])
def test_unknown_is_left_out(engine: str, by: tuple[str, ...], limit: float | None) -> None:
    where = () if limit is None else (Condition("kind", "<=", limit),)
    question = Summary(name="s", quantity="total", by=by, where=where)
    summary = get(engine).prepare(problem(), question, Settings()).run().values
    price, size = np.array([1.0, np.nan, 3.0])[:, None], np.arange(1.0, 40.0)[None, :]
    values = (price * size).reshape((*((3,) if by else ()), *((39,) if len(by) == 2 else ()), -1))
    kinds = 2 if limit is None else 1
    known = ~np.isnan(values)
    np.testing.assert_array_equal(summary["feasible"], kinds * known.sum(axis=-1))
    np.testing.assert_array_equal(summary["nan"], kinds * (~known).sum(axis=-1))
    some = known.any(axis=-1)
    for name, expected in (("min", np.nanmin), ("mean", np.nanmean), ("max", np.nanmax)):
        np.testing.assert_allclose(summary[name][some], expected(values[some], axis=-1), rtol=1e-14)
        assert np.isnan(summary[name][~some]).all()
