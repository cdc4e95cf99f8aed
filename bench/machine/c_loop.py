"""A limit of the machine that a user would take as one: the innermost loop of the nine-axis study, alone, in C."""

import ctypes
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ...kernels.errors import FlopwattError
from .peaks import Limit, run_on_all, vector_bytes

LANES, PRICES, PASSES = 128, 8, 4096  # the emitted example's innermost body: 128 chip counts, 8 prices
_SOURCE = """
typedef REAL real;
#define LANES 128
/* the innermost loop alone: one price, all lanes, everything that is further out already in buffers */
static __attribute__((noinline)) void lanes(const real *restrict energy, const real *restrict capital,
                                            const real *restrict barred, real *restrict best, real price) {
    for (int i = 0; i < LANES; i++) {
        real v = energy[i] * price + capital[i] + barred[i];
        best[i] = v < best[i] ? v : best[i];
    }
}
/* the same with eight prices at once, so that the lanes' buffers are read once */
static __attribute__((noinline)) void jammed(const real *restrict energy, const real *restrict capital,
                                             const real *restrict barred, real *restrict best, const real *restrict p) {
    real p0 = p[0], p1 = p[1], p2 = p[2], p3 = p[3], p4 = p[4], p5 = p[5], p6 = p[6], p7 = p[7];
    for (int i = 0; i < LANES; i++) {
        real e = energy[i], c = capital[i], x = barred[i], m = best[i], v;
        v = e * p0 + c + x; m = v < m ? v : m;
        v = e * p1 + c + x; m = v < m ? v : m;
        v = e * p2 + c + x; m = v < m ? v : m;
        v = e * p3 + c + x; m = v < m ? v : m;
        v = e * p4 + c + x; m = v < m ? v : m;
        v = e * p5 + c + x; m = v < m ? v : m;
        v = e * p6 + c + x; m = v < m ? v : m;
        v = e * p7 + c + x; m = v < m ? v : m;
        best[i] = m;
    }
}
real run_lanes(const real *energy, const real *capital, const real *barred, real *best, const real *prices, long passes) {
    for (long k = 0; k < passes; k++)
        for (int p = 0; p < 8; p++) lanes(energy, capital, barred, best, prices[p] + (real)k);
    return best[0];
}
real run_jammed(const real *energy, const real *capital, const real *barred, real *best, const real *prices, long passes) {
    for (long k = 0; k < passes; k++) {
        real shifted[8];
        for (int p = 0; p < 8; p++) shifted[p] = prices[p] + (real)k;
        jammed(energy, capital, barred, best, shifted);
    }
    return best[0];
}
"""


def c_loop(dtype: str, threads: int, *, jammed: bool = False) -> Limit:
    """Make the limit of the nine-axis study's innermost loop in C: compiled for this CPU, data in cache.

    Parameters
    ----------
    dtype
        "float64" or "float32".
    threads
        How many threads run it at once, each on its own data.
    jammed
        Whether eight passes are done at once by hand, as a user who knows the trick would.
    """
    name = f"C loop{' jammed' if jammed else ''} {dtype}"
    try:
        function = _c_function(dtype, jammed)
    except NoCompilerError as error:
        return Limit(name, "scenario", reason=str(error))
    data = [_c_data(dtype, thread) for thread in range(threads)]
    repeats = 16 * PASSES

    def work(thread: int) -> Any:
        return function(*(array.ctypes.data for array in data[thread]), repeats)

    return Limit(name, "scenario", float(LANES * PRICES * repeats * threads), lambda: run_on_all(threads, work))


def _c_data(dtype: str, seed: int) -> list[Any]:
    random = np.random.default_rng(seed)
    arrays = [random.uniform(1.0, 2.0, LANES), random.uniform(1.0, 2.0, LANES), np.zeros(LANES), np.full(LANES, np.inf)]
    return [_align(array, dtype) for array in (*arrays, random.uniform(0.03, 0.12, PRICES))]


def _align(array: Any, dtype: str) -> Any:
    """Copy an array so that it begins on a cache line: the loop's best form, vectors never lie across two lines."""
    size = np.dtype(dtype).itemsize
    raw = np.empty(array.size + 64 // size, dtype)
    start = -raw.ctypes.data % 64 // size
    result = raw[start : start + array.size]
    result[:] = array
    return result


class NoCompilerError(FlopwattError, RuntimeError):
    """There is no C compiler, or it failed; the message says which."""


def _c_function(dtype: str, jammed: bool) -> Any:
    """Load ``run_jammed`` or ``run_lanes``. Raises NoCompilerError."""
    function = getattr(_compile_loops(dtype), "run_jammed" if jammed else "run_lanes")
    function.restype = ctypes.c_double if dtype == "float64" else ctypes.c_float
    function.argtypes = [ctypes.c_void_p] * 5 + [ctypes.c_long]
    return function


@functools.cache
def _compile_loops(dtype: str) -> ctypes.CDLL:
    compiler = shutil.which("gcc") or shutil.which("clang") or shutil.which("cc")
    if compiler is None:
        raise NoCompilerError("there is no C compiler; install gcc or clang")
    flags = ["-O3", "-march=native", "-shared", "-fPIC", f"-DREAL={'double' if dtype == 'float64' else 'float'}"]
    flags += ["-mprefer-vector-width=512"] if vector_bytes() == 64 else []
    with tempfile.TemporaryDirectory(prefix="flopwatt-") as folder:  # a library that is loaded needs no file any more
        library = Path(folder) / "loop.so"
        command = [compiler, *flags, "-x", "c", "-", "-o", str(library)]
        run = subprocess.run(command, input=_SOURCE, capture_output=True, encoding="utf-8", errors="replace", check=False)
        if run.returncode:
            raise NoCompilerError(f"{compiler} failed: {(run.stderr.strip().splitlines() or ['no message'])[-1]}")
        return ctypes.CDLL(str(library))


def c_result(dtype: str, *, jammed: bool, passes: int = 3) -> Any:
    """Compute what the C loop finds in a few passes, and what NumPy finds: for checking that it does the work.

    Parameters
    ----------
    dtype
        "float64" or "float32".
    jammed
        Which of the two loops.
    passes
        How often it goes over its data.

    Returns
    -------
    tuple
        The best of each of ``LANES`` lanes, by the C loop and by NumPy.

    Raises
    ------
    NoCompilerError
        Where the loop cannot be compiled on this machine.
    """
    function, real = _c_function(dtype, jammed), np.dtype(dtype).type
    energy, capital, barred, best, prices = data = _c_data(dtype, 0)
    function(*(array.ctypes.data for array in data), passes)
    expected = np.full(LANES, np.inf, dtype)
    for k in range(passes):
        for price in prices:
            expected = np.minimum(expected, energy * (price + real(k)) + capital + barred)
    return best, expected
