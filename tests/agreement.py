"""When an engine's result equals the reference's: as the project defines it, and to the last bit where it must."""

import numpy as np

from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels.engines import Prepared
from flopwatt.kernels.model.questions import Problem, Question, Result


def check(problem: Problem, question: Question, dtype: str, reference: Result, result: Result, *, exact: bool) -> None:
    """Assert that ``found`` equals the ``reference``; to the last bit where the formulas are exact.

    A mean is no last bit's matter: engines add up in an order of their own.
    """
    assert result.evaluated + result.pruned == reference.evaluated + reference.pruned
    assert result.nan == reference.nan
    assert result.values.keys() == reference.values.keys()
    judged = agreement(problem, question, result, reference, dtype)
    assert not judged.wrong, (judged, result.values, reference.values)
    for name, expected in reference.values.items():
        assert result.values[name].dtype == expected.dtype, name
        if exact and name != "mean":
            np.testing.assert_array_equal(result.values[name], expected, err_msg=name)


def same_bits(one: Result, other: Result) -> None:
    """Assert that two results are the same to the last bit."""
    for name, values in one.values.items():
        np.testing.assert_array_equal(other.values[name], values, err_msg=name)


def written(prepared: Prepared, size: int) -> dict[str, np.ndarray]:
    """A table's columns as whole arrays; every point once, in order."""
    columns: dict[str, list[np.ndarray]] = {}
    end = 0
    for chunk in prepared.chunks():
        assert chunk.start == end
        parts = {**chunk.values, **({} if chunk.feasible is None else {"feasible": chunk.feasible})}
        end += len(next(iter(parts.values())))
        for name, values in parts.items():
            columns.setdefault(name, []).append(np.array(values))
    assert end == size
    return {name: np.concatenate(values) for name, values in columns.items()}
