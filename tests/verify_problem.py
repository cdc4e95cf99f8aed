"""A small problem whose numbers lie at thresholds and at bins' edges, for the tests of what counts as equal."""

from dataclasses import replace

import numpy as np

from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, given, quantity
from flopwatt.kernels.model.questions import Problem, Question, Result

with collecting() as _own:
    given("a", "", "a number", low=-np.inf)
    given("b", "", "another")
    given("g", "", "the group")

    @quantity(unit="", source="test")
    def y(a, b):  # type: ignore[no-untyped-def]
        return a * b


MODEL = Model(_own)
A = np.array([0.5, 1.0, np.nextafter(2.0, 3), 3.0, 4.0])
B = np.array([1.0, 2.0, 4.0])


def problem(a: np.ndarray = A, b: np.ndarray = B, groups: int = 2) -> Problem:
    """``y`` is a times b in every group; b is not known, for what takes statistics over that."""
    axes = (Axis("g", {"g": np.arange(1.0, groups + 1)}), Axis("a", {"a": a}), Axis("b", {"b": b}, uncertain=True))
    return Problem(MODEL, Grid(axes))


def numpy_answer(asked: Problem, question: Question, dtype: str = "float64") -> Result:
    return get("reference").prepare(asked, question, Settings(dtype)).run()


def changed(result: Result, **values: object) -> Result:
    return replace(result, values={**result.values, **{name: np.asarray(value) for name, value in values.items()}})
