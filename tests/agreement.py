"""When two engines' results are equal, as the project defines it."""

import numpy as np

from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.questions import Best, Histogram, Pareto, Problem, Quantiles, Question, Result

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}


def check(problem: Problem, question: Question, dtype: str, reference: Result, found: Result, *, exact: bool) -> None:
    """Assert that ``found`` equals the NumPy engine's ``reference``; to the last bit where the formulas are exact."""
    assert found.evaluated + found.pruned == reference.evaluated
    assert found.nan == reference.nan
    if isinstance(question, (Histogram, Pareto)) and not exact:
        return  # a number next to an edge may lie on its other side
    for name, expected in reference.values.items():
        got = found.values[name]
        assert got.shape == expected.shape, name
        assert got.dtype == expected.dtype, name
        if name == "mean":
            scale = np.maximum(np.abs(reference.values["min"]), np.abs(reference.values["max"]))
            with np.errstate(invalid="ignore"):
                close = np.abs(got - expected) <= TOLERANCE[dtype] * scale
            assert np.all(close | (got == expected) | (np.isnan(got) & np.isnan(expected))), (name, got, expected)
        elif exact:
            np.testing.assert_array_equal(got, expected, err_msg=name)
        elif name == "index":
            _check_index(problem, question, dtype, got, reference.values["objective"])
        else:
            tolerance = 0.016 if isinstance(question, Quantiles) else TOLERANCE[dtype]
            np.testing.assert_allclose(got, expected, rtol=tolerance, err_msg=name)


def _check_index(problem: Problem, question: Question, dtype: str, index: np.ndarray, best: np.ndarray) -> None:
    assert isinstance(question, Best)
    assert np.array_equal(index < 0, np.isnan(best))
    there = index >= 0
    values = evaluate_at(problem, [question.objective], index[there], dtype)[question.objective]
    np.testing.assert_allclose(values, best[there], rtol=TOLERANCE[dtype])
