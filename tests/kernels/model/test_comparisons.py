"""The operators of comparison are Python's own, whatever table reads them."""

import operator

import numpy as np
import pytest

from flopwatt.bench.study.conditions import parse
from flopwatt.kernels.emit.languages import CUDA
from flopwatt.kernels.llvm.instructions import INSTRUCTIONS
from flopwatt.kernels.model.comparisons import COMPARING, COMPARISONS
from flopwatt.kernels.quantities import MODEL

SIDES = np.array([1.0, 2.0, 3.0, np.nan]), np.array([2.0, 2.0, 2.0, 2.0])


@pytest.mark.parametrize("written", COMPARISONS)
def test_an_operation_is_that_of_python_of_its_name(written: str) -> None:
    comparison = COMPARISONS[written]
    assert comparison.compute(*SIDES).tolist() == getattr(operator, comparison.op)(*SIDES).tolist()
    assert comparison.compute(*SIDES).tolist() == eval(f"a {written} b", {"a": SIDES[0], "b": SIDES[1]}).tolist()


@pytest.mark.parametrize("written", COMPARISONS)
@pytest.mark.parametrize("space", ["", " "])
def test_a_study_may_write_each(written: str, space: str) -> None:
    assert parse(f"mfu{space}{written}{space}0.4", MODEL).op == written


def test_every_language_has_each() -> None:
    assert {CUDA.infix[comparison.op][0] for comparison in COMPARISONS.values()} == set(COMPARISONS)
    assert set(INSTRUCTIONS) >= COMPARING
