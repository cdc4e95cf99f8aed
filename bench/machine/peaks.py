"""Calls that reach the machine's peaks, for a benchmark to time as it times anything else: copy, multiply and add.

What an engine reaches stands beside them in a record. Each has the amount of work of one call and its unit; one that cannot
be had here says why.
"""

import functools
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels import engines
from ...kernels.llvm.compiled import kernel
from ...kernels.llvm.instructions import REAL, SUFFIX
from ...kernels.llvm.module import Emitted
from . import streams

COPY_BYTES = 2**28  # of one array: several times the last-level cache
FMA_STEPS = 2**21
_WRITE_BYTES = 2**31
# Independent sums: two units with a latency of four cycles need eight; with the two constants they fit AVX2's 16 registers,
# beyond which each step would go through memory, at half the speed.
CHAINS = 14


@dataclass(frozen=True)
class Limit:
    """One limit.

    Parameters
    ----------
    name
        What it is called.
    unit, amount
        What one call does, and how much of it: bytes, multiply-adds, scenarios and so on.
    call
        What is to be timed; None where it cannot be had on this machine.
    reason
        Why it cannot.
    """

    name: str
    unit: str
    amount: float = 0.0
    call: Callable[[], Any] | None = None
    reason: str = ""


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="flopwatt-limit")


def run_on_all(threads: int, work: Callable[[int], Any]) -> list[Any]:
    """Call ``work`` with each thread's number, all at once, and wait for them."""
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

    return Limit("copy", "byte", 2.0 * 8 * step * threads, lambda: run_on_all(threads, copy))


def vector_bytes() -> int:
    """Tell the width (bytes) of this CPU's widest vector registers that the compiler knows."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    return 64 if features.get("avx512f") else 32 if features.get("avx2") else 16


def cpu_fma(dtype: str, threads: int) -> Limit:
    """Make the limit of fused multiply-adds on registers alone: what the vector units can do."""
    lanes = vector_bytes() // np.dtype(dtype).itemsize
    loop, outs = kernel(fma_loop(dtype)).wait(), np.zeros((threads, CHAINS * lanes), dtype)
    amount = float(FMA_STEPS) * CHAINS * lanes * threads
    return Limit(f"fma {dtype}", "multiply-add", amount, lambda: run_on_all(threads, lambda i: loop(FMA_STEPS, outs[i])))


_FMA = """
declare {vector} @llvm.fma.{suffix}({vector}, {vector}, {vector})
define void @{name}(i64 %steps, ptr %out, i64 %length) {{
entry:
  br label %head
head:
  %step = phi i64 [0, %entry], [%next, %head]
{steps}
  %next = add i64 %step, 1
  %more = icmp slt i64 %next, %steps
  br i1 %more, label %head, label %end
end:
{stores}
  ret void
}}
"""


def fma_loop(dtype: str) -> Emitted:
    """Write ``loop(steps, out)``: ``CHAINS`` vectors, in each step x = x * a + b, one after the other in ``out`` at last.

    It is written of LLVM's vectors, so no vectorizer has a say.

    Parameters
    ----------
    dtype
        "float64" or "float32".
    """
    real, lanes = REAL[dtype], vector_bytes() // np.dtype(dtype).itemsize
    vector = f"<{lanes} x {real}>"

    def all_lanes(value: float) -> str:
        return f"<{', '.join([f'{real} {decimal(value)}'] * lanes)}>"

    def decimal(value: float) -> str:
        return f"0x{struct.unpack('>Q', struct.pack('>d', float(np.dtype(dtype).type(value))))[0]:016X}"

    a, b = all_lanes(0.999), all_lanes(0.001)
    suffix, steps, stores = f"v{lanes}{SUFFIX[real]}", list[str](), list[str]()
    for k in range(CHAINS):  # 1 would stay 1, and be left out
        steps.insert(k, f"  %x{k} = phi {vector} [{all_lanes(2.0 + k)}, %entry], [%y{k}, %head]")
        steps.append(f"  %y{k} = call {vector} @llvm.fma.{suffix}({vector} %x{k}, {vector} {a}, {vector} {b})")
        stores.append(f"  %p{k} = getelementptr {vector}, ptr %out, i64 {k}")
        stores.append(f"  store {vector} %y{k}, ptr %p{k}, align {np.dtype(dtype).itemsize}")
    name = f"multiply_add_{dtype}"
    text = _FMA.format(vector=vector, suffix=suffix, name=name, steps="\n".join(steps), stores="\n".join(stores))
    return Emitted(text, name, ("int64", f"{dtype}*"))


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
    cupy_state = engines.availability("cupy")
    if not cupy_state.available:
        return Limit("device copy", "byte", reason=cupy_state.reason)
    import cupy

    with cupy.cuda.Device(device):
        a = cupy.ones(2**27, cupy.float64)
        b = cupy.empty_like(a)

        def call() -> None:
            cupy.copyto(b, a)
            cupy.cuda.get_current_stream().synchronize()

        return Limit("device copy", "byte", 2.0 * a.nbytes, call)


def gpu_write(device: int = 0) -> Limit:
    """Make the limit of writing device memory: what a table's kernel cannot exceed."""
    cupy_state = engines.availability("cupy")
    if not cupy_state.available:
        return Limit("device write", "byte", reason=cupy_state.reason)
    import cupy

    with cupy.cuda.Device(device):
        fill = streams.filling(_WRITE_BYTES)

        def call() -> None:
            fill()
            cupy.cuda.get_current_stream().synchronize()

        return Limit("device write", "byte", float(_WRITE_BYTES), call)


def gpu_launch(device: int = 0) -> Limit:
    """Make the limit of launches: one of a kernel that does next to nothing, and the wait for it."""
    cupy_state = engines.availability("cupy")
    if not cupy_state.available:
        return Limit("device launch", "launch", reason=cupy_state.reason)
    import cupy

    with cupy.cuda.Device(device):
        a = cupy.zeros(1, cupy.float64)

        def call() -> None:
            a.fill(1.0)
            cupy.cuda.get_current_stream().synchronize()

        return Limit("device launch", "launch", 1.0, call)


def gpu_fma(dtype: str, device: int = 0) -> Limit:
    """Make the limit of fused multiply-adds on registers alone, every multiprocessor full."""
    cupy_state = engines.availability("cupy")
    if not cupy_state.available:
        return Limit(f"device fma {dtype}", "multiply-add", reason=cupy_state.reason)
    import cupy

    with cupy.cuda.Device(device) as current:
        double = dtype == "float64"
        options = (f"-DREAL={'double' if double else 'float'}", f"-DFMA={'fma' if double else 'fmaf'}")
        kernel = cupy.RawModule(code=_GPU_FMA, options=options).get_function("multiply_add")
        blocks, threads, steps = 8 * current.attributes["MultiProcessorCount"], 256, 4096
        out = cupy.zeros(1, dtype)

        def call() -> None:
            kernel((blocks,), (threads,), (out, np.int32(steps)))
            cupy.cuda.get_current_stream().synchronize()

        return Limit(f"device fma {dtype}", "multiply-add", 8.0 * steps * blocks * threads, call)
