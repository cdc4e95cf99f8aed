"""Matrix products through cuBLASLt, which CuPy brings along: BF16, FP8, MXFP8 and NVFP4, by ctypes.

CuPy itself has no products in eight bits or fewer. The numbers below are cublasLt.h's (CUDA 12 and 13). Operands are random
numbers (`operands`); scales of blocks are all one, so that their layout in tiles does not matter.
"""

import ctypes
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...kernels.errors import FlopwattError
from .operands import random_operand

LIBRARIES = ("libcublasLt.so.13", "libcublasLt.so.12", "cublasLt64_13.dll", "cublasLt64_12.dll")
WORKSPACE = 64 * 2**20

_COMPUTE_32F, _R_32F, _R_16BF, _R_8F_E4M3, _R_4F_E2M1 = 68, 0, 14, 28, 33
_TRANSA, _A_SCALE_POINTER, _B_SCALE_POINTER, _A_SCALE_MODE, _B_SCALE_MODE = 3, 17, 18, 31, 32
_OP_T, _PREF_WORKSPACE = 1, 1
_VEC16_UE4M3, _VEC32_UE8M0 = 1, 2
_NOT_SUPPORTED = 15
_NO_KERNEL = "cuBLASLt has no kernel for this product on this chip"


class CublasError(FlopwattError, RuntimeError):
    """cuBLASLt is not there, or cannot do a product of this kind on this chip."""


@dataclass(frozen=True)
class Format:
    """How operands are stored: cuBLASLt's type, bits, and with blocks their length, scale mode and the byte that means one."""

    cuda_type: int
    bits: int
    block: int = 0
    scale_mode: int = 0
    one: int = 0


FORMATS = {
    "BF16": Format(_R_16BF, 16),
    "FP8": Format(_R_8F_E4M3, 8),
    "MXFP8": Format(_R_8F_E4M3, 8, 32, _VEC32_UE8M0, 127),
    "NVFP4": Format(_R_4F_E2M1, 4, 16, _VEC16_UE4M3, 0x38),
}


class _Heuristic(ctypes.Structure):
    """cublasLtMatmulHeuristicResult_t."""

    _fields_ = (
        ("algo", ctypes.c_uint64 * 8),
        ("workspace", ctypes.c_size_t),
        ("state", ctypes.c_int),
        ("waves", ctypes.c_float),
        ("reserved", ctypes.c_int * 4),
    )


def load() -> Any:
    """Load cuBLASLt, which CuPy's own BLAS must have brought into the process before. Raises CublasError."""
    for name in LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise CublasError(f"cuBLASLt is not there ({', '.join(LIBRARIES[:2])}); it comes with flopwatt[cuda13] or [cuda12]")


class Cublas:
    """A handle of cuBLASLt; ``library`` has the shape of the C library, so that tests can bring their own."""

    def __init__(self, library: Any):
        self.library = library
        self.handle = ctypes.c_void_p()
        self.call("cublasLtCreate", ctypes.byref(self.handle))

    def call(self, function: str, *args: Any) -> None:
        """Call the library. Raises CublasError with the function's name and status."""
        status = getattr(self.library, function)(*args)
        if status == _NOT_SUPPORTED and function == "cublasLtMatmulAlgoGetHeuristic":
            raise CublasError(_NO_KERNEL)
        if status:
            raise CublasError(f"{function} failed with status {status}")


class GemmShape(NamedTuple):
    """The sizes of a product of matrices, m x k by k x n, in elements."""

    m: int
    n: int
    k: int


class Product:
    """One product into BF16, prepared once and run as often as wanted.

    Parameters
    ----------
    cublas
        The library's handle.
    kind
        One of ``FORMATS``.
    shape
        The product's sizes.
    allocate
        Called with bytes and what to fill them with, one byte's value or bytes that are repeated, gives device memory: an
        object whose ``ptr`` is its address.

    Raises
    ------
    CublasError
        Where the chip or the library has no kernel for it.
    """

    def __init__(self, cublas: Cublas, kind: str, shape: GemmShape, allocate: Any):
        self.cublas, form = cublas, FORMATS[kind]
        m, n, k = shape
        operand = random_operand(form.bits)
        self.buffers = [allocate(rows * k * form.bits // 8, operand) for rows in (m, n)] + [allocate(m * n * 2, 0)]
        self.workspace = allocate(WORKSPACE, 0)
        self.alpha, self.beta = ctypes.c_float(1.0), ctypes.c_float(0.0)
        self.description = ctypes.c_void_p()
        cublas.call("cublasLtMatmulDescCreate", ctypes.byref(self.description), _COMPUTE_32F, _R_32F)
        self._set(_TRANSA, ctypes.c_int32(_OP_T))
        if form.block:
            self._scales(form, shape, allocate)
        # column-major, both operands along k: the layout that all formats have
        self.layouts = [self._layout(*layout) for layout in ((form.cuda_type, k, m), (form.cuda_type, k, n), (_R_16BF, m, n))]
        self.algorithm = self._choose()

    def _set(self, attribute: int, value: Any) -> None:
        self.cublas.call(
            "cublasLtMatmulDescSetAttribute",
            self.description,
            attribute,
            ctypes.byref(value),
            ctypes.c_size_t(ctypes.sizeof(value)),
        )

    def _scales(self, form: Format, shape: GemmShape, allocate: Any) -> None:
        def padded(number: int, step: int) -> int:
            return -(-number // step) * step

        blocks = padded(-(-shape.k // form.block), 4)
        for rows, pointer, mode in ((shape.m, _A_SCALE_POINTER, _A_SCALE_MODE), (shape.n, _B_SCALE_POINTER, _B_SCALE_MODE)):
            scales = allocate(padded(rows, 128) * blocks, form.one)
            self.buffers.append(scales)
            self._set(mode, ctypes.c_int32(form.scale_mode))
            self._set(pointer, ctypes.c_void_p(scales.ptr))

    def _layout(self, kind: int, rows: int, columns: int) -> ctypes.c_void_p:
        layout = ctypes.c_void_p()
        self.cublas.call(
            "cublasLtMatrixLayoutCreate",
            ctypes.byref(layout),
            kind,
            ctypes.c_uint64(rows),
            ctypes.c_uint64(columns),
            ctypes.c_int64(rows),
        )
        return layout

    def _choose(self) -> _Heuristic:
        preference, heuristic, count = ctypes.c_void_p(), _Heuristic(), ctypes.c_int()
        size = ctypes.c_size_t(WORKSPACE)
        self.cublas.call("cublasLtMatmulPreferenceCreate", ctypes.byref(preference))
        self.cublas.call(
            "cublasLtMatmulPreferenceSetAttribute", preference, _PREF_WORKSPACE, ctypes.byref(size), ctypes.c_size_t(8)
        )
        a, b, c = self.layouts
        results = ctypes.byref(heuristic), ctypes.byref(count)
        handle = self.cublas.handle
        self.cublas.call("cublasLtMatmulAlgoGetHeuristic", handle, self.description, a, b, c, c, preference, 1, *results)
        self.cublas.call("cublasLtMatmulPreferenceDestroy", preference)
        if count.value < 1:
            raise CublasError(_NO_KERNEL)
        return heuristic

    def run(self, stream: int) -> None:
        """Start the product on a stream."""
        (a, b, c), (pa, pb, pc) = self.layouts, (ctypes.c_void_p(buffer.ptr) for buffer in self.buffers[:3])
        factors = ctypes.byref(self.alpha), pa, a, pb, b
        output = ctypes.byref(self.beta), pc, c, pc, c
        algorithm = ctypes.byref(self.algorithm.algo), ctypes.c_void_p(self.workspace.ptr), ctypes.c_size_t(WORKSPACE)
        handle = self.cublas.handle
        self.cublas.call("cublasLtMatmul", handle, self.description, *factors, *output, *algorithm, ctypes.c_void_p(stream))

    def close(self) -> None:
        """Give back what cuBLASLt holds; memory goes with this object."""
        for layout in self.layouts:
            self.cublas.call("cublasLtMatrixLayoutDestroy", layout)
        self.cublas.call("cublasLtMatmulDescDestroy", self.description)
