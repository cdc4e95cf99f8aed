"""Reducers: what they keep of points, run as the Python that is written for numba-cuda."""

import math
from typing import Any

import numpy as np
import pytest

from flopwatt.kernels.emit import reducers
from flopwatt.kernels.emit.code import Value
from flopwatt.kernels.emit.languages import CUDA, PYTHON
from flopwatt.kernels.emit.reducers import Reducer
from flopwatt.kernels.emit.source_text import SourceText
from flopwatt.kernels.model.questions import Best

VALUES = np.array([3.0, -1.0, math.nan, 7.5, -4.0, 0.0, 2.0])
OK = np.array([True, True, False, True, False, True, True])  # a NaN is never feasible
FUNCTIONS = {"fmin_float32": min, "fmax_float32": max, "np": np}


def run(lines: list[str], **names: Any) -> dict[str, Any]:
    scope = {**FUNCTIONS, **names}
    exec("\n".join(lines), scope)
    return scope


def kept(reducer: Reducer, dtype: str, *, flagged: bool, nan: bool) -> dict[str, float]:
    """The accumulators after all the VALUES, two halves of them merged."""
    code = SourceText(PYTHON, dtype)
    variables = {a.name: code.var(a.name, a.empty(code)) for a in reducer.accumulators}
    start = len(code.lines)
    flag = Value(code, "bool", "ok") if flagged else None
    reducer.update(code, variables, Value(code, "real", "value"), flag, Value(code, "bool", "is_nan") if nan else None)
    constants = {name: eval(value, {"np": np, "float": float}) for value, name in code.constants.items()}
    parts = []
    for half in (slice(0, 3), slice(3, None)):
        scope = run(code.lines[:start], **constants)
        for value, ok in zip(VALUES[half], OK[half], strict=True):
            scope = run(code.lines[start:], **{**scope, "value": value, "ok": ok, "is_nan": math.isnan(value)})
        parts.append(scope)
    result = {}
    for a in reducer.accumulators:
        merged = a.merged(code, *(Value(code, variables[a.name].kind, name) for name in "ab"))
        result[a.name] = eval(merged.text, {**FUNCTIONS, "a": parts[0][a.name], "b": parts[1][a.name]})
    return result


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_summary_of_what_is_feasible(dtype: str) -> None:
    found = kept(reducers.summary(flagged=True, nan=True), dtype, flagged=True, nan=True)
    assert found == {"low": -1.0, "high": 7.5, "total": 11.5, "feasible": 5, "nan": 1}


def test_a_span_knows_the_values_next_to_zero() -> None:
    found = kept(reducers.span(signed=True, nan=False), "float64", flagged=True, nan=False)
    assert found == {"low": -1.0, "high": 7.5, "positive": 2.0, "negative": -1.0}


@pytest.mark.parametrize(("maximize", "best"), [(False, -4.0), (True, 7.5)])
def test_the_best_passes_a_nan_over(maximize: bool, best: float) -> None:
    question = Best(name="", objective="x", maximize=maximize)
    assert kept(reducers.best(question, nan=False), "float64", flagged=False, nan=False) == {"best": best}


def test_counts_become_whole_numbers_where_that_is_faster() -> None:
    counting = reducers.summary(flagged=True, nan=True).counting()
    assert {a.name: a.kind for a in counting.accumulators} == {
        "low": "real", "high": "real", "total": "double", "feasible": "int", "nan": "int",
    }  # fmt: skip
    found = kept(counting, "float64", flagged=True, nan=True)
    assert isinstance(found["feasible"], int)
    assert found["feasible"] == 5


def test_empty_accumulators_are_of_their_kind() -> None:
    code = SourceText(CUDA, "float32")
    empty = {a.name: a.empty(code) for a in reducers.summary(flagged=True, nan=True).counting().accumulators}
    assert {name: (value.kind, value.text) for name, value in empty.items()} == {
        "low": ("real", "INF"), "high": ("real", "(-INF)"), "total": ("double", "0.0"), "feasible": ("int", "0"),
        "nan": ("int", "0"),
    }  # fmt: skip
