"""When an engine's result equals the NumPy engine's: as the project defines it, and to the last bit where it must."""

import numpy as np

from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels.model.questions import Problem, Question, Result


def check(problem: Problem, question: Question, dtype: str, reference: Result, found: Result, *, exact: bool) -> None:
    """Assert that ``found`` equals the NumPy engine's ``reference``; to the last bit where the formulas are exact.

    A mean is no last bit's matter: engines add up in an order of their own.
    """
    assert found.evaluated + found.pruned == reference.evaluated
    assert found.nan == reference.nan
    assert found.values.keys() == reference.values.keys()
    judged = agreement(problem, question, found, reference, dtype)
    assert not judged.wrong, (judged, found.values, reference.values)
    for name, expected in reference.values.items():
        assert found.values[name].dtype == expected.dtype, name
        if exact and name != "mean":
            np.testing.assert_array_equal(found.values[name], expected, err_msg=name)
