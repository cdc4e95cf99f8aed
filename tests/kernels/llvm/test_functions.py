"""The vector forms of exp and log2 against NumPy's."""

import numpy as np
import pytest
from written import compiled

from flopwatt.bench.verify.tolerance import TOLERANCE


def applied(name: str, dtype: str, values: np.ndarray) -> np.ndarray:
    def write(code, count, x, out):  # type: ignore[no-untyped-def]
        with code.loop("i", 0, count) as i:
            out[i] = code.call(name, [x[i]])

    kernel = compiled(write, ("count", "int"), ("x", "real*"), ("out", "real*"), dtype=dtype)
    out = np.empty_like(values)
    kernel(values.size, values, out)
    return out


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["exp", "log2"])
def test_within_a_few_units_in_the_last_place(name: str, dtype: str) -> None:
    random = np.random.default_rng(0)
    edge = 700.0 if dtype == "float64" else 87.0
    if name == "exp":
        values = np.concatenate([random.uniform(-edge, edge, 20_000), random.normal(0, 1e-3, 5_000)])
    else:
        values = np.concatenate([np.exp(random.uniform(-edge, edge, 20_000)), 1 + random.normal(0, 1e-4, 5_000)])
    values = values.astype(dtype)
    expected = getattr(np, name)(values.astype(np.float64))
    ulp = np.spacing(np.abs(expected).astype(dtype)).astype(np.float64)
    assert np.max(np.abs(applied(name, dtype, values) - expected) / ulp) < (1.5 if name == "exp" else 4)


def _edges(dtype: str) -> list[float]:
    """List where e^x becomes infinite, subnormal and zero, and where the halves of its power of two stop growing."""
    overflow, subnormal, zero, most = (709.78, 708.5, 745.2, 1400.0) if dtype == "float64" else (88.72, 87.5, 104.0, 170.0)
    return [overflow, overflow + 0.01, -subnormal, -zero + 0.5, -zero, most, -most, most + 1, -most - 1]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_special_values(dtype: str) -> None:
    tiny = float(np.finfo(dtype).smallest_subnormal)
    with np.errstate(all="ignore"):
        for name, values in (
            ("exp", [0, -np.inf, np.inf, np.nan, 1e4, -1e4, -0.0, 1e30, -1e30, *_edges(dtype)]),
            ("log2", [0, 1, np.inf, np.nan, -1, tiny]),
        ):
            given = np.array(values, dtype)
            found, expected = applied(name, dtype, given), getattr(np, name)(given)
            np.testing.assert_allclose(found, expected, rtol=TOLERANCE[dtype], err_msg=name)
