"""This machine's own limits, measured like anything else: how fast it copies, multiplies and adds, and runs one C loop.

What an engine reaches is put against them. Each limit is a call to be timed, the amount of work of one call and its unit;
one that cannot be had here says why.
"""

import ctypes
import functools
import hashlib
import importlib
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.cache_folder import folder
from ...kernels.errors import FlopwattError
from ...kernels.files import named_when_whole

COPY_BYTES = 2**28  # of one array: several times the last-level cache
FMA_STEPS = 2**21
# Independent sums: two units with a latency of four cycles need eight; with the two constants they fit AVX2's 16 registers,
# beyond which each step would go through memory, at half the speed.
CHAINS = 14


@dataclass(frozen=True)
class Limit:
    """One limit. ``amount`` units of work are done by one ``call``; ``call`` is None where ``reason`` says why."""

    name: str
    unit: str  # byte, multiply-add or scenario
    amount: float = 0.0
    call: Callable[[], Any] | None = None
    reason: str = ""


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="flopwatt-limit")


def _on_all(threads: int, work: Callable[[int], Any]) -> list[Any]:
    return list(_pool(threads).map(work, range(threads)))


# --- CPU --------------------------------------------------------------------------------------------------------------


def cpu_copy(threads: int) -> Limit:
    """Make the limit of a STREAM-like copy (McCalpin 1995): bytes read and bytes written, arrays that no cache holds."""
    a = np.ones(COPY_BYTES // 8)
    b = np.zeros_like(a)
    step = a.size // threads

    def copy(thread: int) -> None:  # the C library's copy, which writes past the caches
        part = slice(thread * step, (thread + 1) * step)
        np.copyto(b[part], a[part])

    return Limit("copy", "byte", 2.0 * 8 * step * threads, lambda: _on_all(threads, copy))


def vector_bytes() -> int:
    """Tell the width (bytes) of this CPU's widest vector registers that the compiler knows."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    return 64 if features.get("avx512f") else 32 if features.get("avx2") else 16


def cpu_fma(dtype: str, threads: int) -> Limit:
    """Make the limit of fused multiply-adds on registers alone: what the vector units can do."""
    loop = _fma_loop(dtype)
    lanes = vector_bytes() // np.dtype(dtype).itemsize
    loop(1)
    return Limit(f"fma {dtype}", "multiply-add", float(FMA_STEPS) * CHAINS * lanes * threads,
                 lambda: _on_all(threads, lambda _: loop(FMA_STEPS)))  # fmt: skip


@functools.cache
def _fma_loop(dtype: str) -> Any:
    """``loop(steps)``: ``CHAINS`` vectors, in each step x = x * a + b. Built as LLVM vectors, so no vectorizer has a say."""
    numba = _numba()
    from llvmlite import ir

    cgutils: Any = importlib.import_module("numba.core.cgutils")
    types, intrinsic = numba.types, numba.extending.intrinsic

    real = types.float64 if dtype == "float64" else types.float32
    lanes = vector_bytes() // np.dtype(dtype).itemsize

    @intrinsic  # type: ignore[untyped-decorator]
    def multiply_add(typingctx, steps):  # type: ignore[no-untyped-def]
        def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            scalar = ir.DoubleType() if dtype == "float64" else ir.FloatType()
            vector = ir.VectorType(scalar, lanes)
            fma = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(vector, [vector] * 3),
                f"llvm.fma.v{lanes}{'f64' if dtype == 'float64' else 'f32'}",
            )
            a, b = (ir.Constant(vector, [value] * lanes) for value in (0.999, 0.001))
            places = [cgutils.alloca_once(builder, vector) for _ in range(CHAINS)]
            for i, place in enumerate(places):
                builder.store(ir.Constant(vector, [2.0 + i] * lanes), place)  # 1 would stay 1, and be left out
            with cgutils.for_range(builder, args[0]):
                for place in places:
                    builder.store(builder.call(fma, [builder.load(place), a, b]), place)
            total = builder.load(places[0])
            for place in places[1:]:
                total = builder.fadd(total, builder.load(place))
            return builder.extract_element(total, ir.Constant(ir.IntType(32), 0))

        return real(types.int64), emit

    @numba.njit(nogil=True)  # type: ignore[untyped-decorator]
    def loop(steps: int) -> Any:
        return multiply_add(np.int64(steps))

    return loop


# --- one loop in C ------------------------------------------------------------------------------------------------------

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
    """Make the limit of the nine-axis study's innermost loop in C, on every core: compiled for this CPU, data in cache.

    ``jammed`` does eight passes at once by hand, as a user who knows the trick would.
    """
    name = f"C loop{' jammed' if jammed else ''} {dtype}"
    try:
        library = _compiled(dtype)
    except NoCompilerError as error:
        return Limit(name, "scenario", reason=str(error))
    real = ctypes.c_double if dtype == "float64" else ctypes.c_float
    function = getattr(library, "run_jammed" if jammed else "run_lanes")
    function.restype = real
    function.argtypes = [ctypes.c_void_p] * 5 + [ctypes.c_long]
    data = [_c_data(dtype, t) for t in range(threads)]
    repeats = 16 * PASSES

    def work(thread: int) -> Any:
        return function(*(array.ctypes.data for array in data[thread]), repeats)

    return Limit(name, "scenario", float(LANES * PRICES * repeats * threads), lambda: _on_all(threads, work))


def _c_data(dtype: str, seed: int) -> list[Any]:
    random = np.random.default_rng(seed)
    arrays = [random.uniform(1.0, 2.0, LANES), random.uniform(1.0, 2.0, LANES), np.zeros(LANES), np.full(LANES, np.inf)]
    return [_aligned(array, dtype) for array in (*arrays, random.uniform(0.03, 0.12, PRICES))]


def _aligned(array: Any, dtype: str) -> Any:
    """A copy that begins on a cache line: the loop's best form, vectors never lie across two lines."""
    size = np.dtype(dtype).itemsize
    raw = np.empty(array.size + 64 // size, dtype)
    start = -raw.ctypes.data % 64 // size
    result = raw[start : start + array.size]
    result[:] = array
    return result


class NoCompilerError(FlopwattError, RuntimeError):
    """There is no C compiler, or it failed; the message says which."""


@functools.cache
def _compiled(dtype: str) -> ctypes.CDLL:
    compiler = shutil.which("gcc") or shutil.which("clang") or shutil.which("cc")
    if compiler is None:
        raise NoCompilerError("there is no C compiler; install gcc or clang")
    flags = ["-O3", "-march=native", "-shared", "-fPIC", f"-DREAL={'double' if dtype == 'float64' else 'float'}"]
    flags += ["-mprefer-vector-width=512"] if vector_bytes() == 64 else []
    stamp = hashlib.sha256(repr((_SOURCE, compiler, flags)).encode()).hexdigest()[:16]
    path = folder() / f"flopwatt_loop_{stamp}.so"
    if not path.exists():
        with named_when_whole(path) as library:
            command = [compiler, *flags, "-x", "c", "-", "-o", str(library)]
            done = subprocess.run(command, input=_SOURCE, capture_output=True, encoding="utf-8", errors="replace", check=False)
            if done.returncode:
                raise NoCompilerError(f"{compiler} failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return ctypes.CDLL(str(path))


def c_result(dtype: str, *, jammed: bool, passes: int = 3) -> Any:
    """Compute what the C loop finds in a few passes, and what NumPy finds: for checking that it does the work."""
    library, real = _compiled(dtype), np.dtype(dtype).type
    function = getattr(library, "run_jammed" if jammed else "run_lanes")
    function.restype, function.argtypes = None, [ctypes.c_void_p] * 5 + [ctypes.c_long]
    energy, capital, barred, best, prices = data = _c_data(dtype, 0)
    function(*(array.ctypes.data for array in data), passes)
    expected = np.full(LANES, np.inf, dtype)
    for k in range(passes):
        for price in prices:
            expected = np.minimum(expected, energy * (price + real(k)) + capital + barred)
    return best, expected


# --- GPU ----------------------------------------------------------------------------------------------------------------

_GPU_FMA = """
extern "C" __global__ void multiply_add(REAL *out, int steps) {
    REAL x[8];
    for (int i = 0; i < 8; i++) x[i] = (REAL)(threadIdx.x + i);
    for (int k = 0; k < steps; k++)
        #pragma unroll
        for (int i = 0; i < 8; i++) x[i] = FMA(x[i], (REAL)0.999, (REAL)0.001);
    REAL total = 0;
    for (int i = 0; i < 8; i++) total += x[i];
    if (total == (REAL)-1) out[0] = total;
}
"""


def gpu_copy(device: int = 0) -> Limit:
    """Make the limit of a copy from device memory to device memory: bytes read and bytes written."""
    from ...kernels import engines

    found = engines.availability("cupy")
    if not found.available:
        return Limit("device copy", "byte", reason=found.reason)
    import cupy

    with cupy.cuda.Device(device):
        a = cupy.ones(2**27, cupy.float64)
        b = cupy.empty_like(a)

        def call() -> None:
            cupy.copyto(b, a)
            cupy.cuda.get_current_stream().synchronize()

        return Limit("device copy", "byte", 2.0 * a.nbytes, call)


def gpu_fma(dtype: str, device: int = 0) -> Limit:
    """Make the limit of fused multiply-adds on registers alone, every multiprocessor full."""
    from ...kernels import engines

    found = engines.availability("cupy")
    if not found.available:
        return Limit(f"device fma {dtype}", "multiply-add", reason=found.reason)
    import cupy

    with cupy.cuda.Device(device) as here:
        double = dtype == "float64"
        options = (f"-DREAL={'double' if double else 'float'}", f"-DFMA={'fma' if double else 'fmaf'}")
        kernel = cupy.RawModule(code=_GPU_FMA, options=options).get_function("multiply_add")
        blocks, threads, steps = 8 * here.attributes["MultiProcessorCount"], 256, 4096
        out = cupy.zeros(1, dtype)

        def call() -> None:
            kernel((blocks,), (threads,), (out, np.int32(steps)))
            cupy.cuda.get_current_stream().synchronize()

        return Limit(f"device fma {dtype}", "multiply-add", 8.0 * steps * blocks * threads, call)


def _numba() -> Any:
    return importlib.import_module("numba")
