"""The loop in C finds what NumPy finds, and says where there is no compiler."""

import shutil

import numpy as np
import pytest

from flopwatt.bench.machine import c_loop

pytestmark = pytest.mark.alone


@pytest.mark.skipif(shutil.which("gcc") is None and shutil.which("clang") is None, reason="no C compiler")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("jammed", [False, True])
def test_c_loop_finds_what_numpy_finds(dtype: str, jammed: bool) -> None:
    found, expected = c_loop.c_result(dtype, jammed=jammed)
    np.testing.assert_allclose(found, expected, rtol=1e-14 if dtype == "float64" else 1e-6)
    limit = c_loop.c_loop(dtype, 2, jammed=jammed)
    assert limit.call is not None
    assert limit.unit == "scenario"
    assert limit.amount > 1e6


def test_without_a_compiler_the_c_loop_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    c_loop._compile_loops.cache_clear()
    limit = c_loop.c_loop("float64", 1)
    c_loop._compile_loops.cache_clear()
    assert limit.call is None
    assert "compiler" in limit.reason
