"""Calls of cuBLASLt, against a library made for the test."""

import ctypes
from typing import Any

import numpy as np
import pytest

from flopwatt.bench.calibration import cublaslt


class Library:
    """A cuBLASLt that notes its calls; ``fails`` names a function that does not work."""

    def __init__(self, fails: str = "", kernels: int = 1, status: int = 1):
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.fails, self.kernels, self.status = fails, kernels, status

    def __getattr__(self, name: str) -> Any:
        def function(*args: Any) -> int:
            self.calls.append((name, args))
            if name == "cublasLtMatmulAlgoGetHeuristic":
                args[-1]._obj.value = self.kernels
            return self.status if name == self.fails else 0

        return function

    def count(self, name: str) -> int:
        return sum(called == name for called, _ in self.calls)


class Memory:
    def __init__(self, size: int, fill: Any):
        self.size, self.fill, self.ptr = size, fill, 4096


def _product(library: Library, kind: str, made: list[Memory]) -> cublaslt.Product:
    def allocate(size: int, fill: Any) -> Memory:
        made.append(Memory(size, fill))
        return made[-1]

    return cublaslt.Product(cublaslt.Cublas(library), kind, cublaslt.GemmShape(256, 512, 1024), allocate)


@pytest.mark.parametrize(
    ("kind", "operand", "scales"),
    [("BF16", 2.0, []), ("FP8", 1.0, []), ("MXFP8", 1.0, [(256 * 32, 127), (512 * 32, 127)]),
     ("NVFP4", 0.5, [(256 * 64, 0x38), (512 * 64, 0x38)])],
)  # fmt: skip
def test_operands_and_scales_have_their_sizes(kind: str, operand: float, scales: list[tuple[int, int]]) -> None:
    made: list[Memory] = []
    product = _product(Library(), kind, made)
    assert [buffer.size for buffer in product.buffers[:3]] == [256 * 1024 * operand, 512 * 1024 * operand, 256 * 512 * 2]
    assert [(buffer.size, buffer.fill) for buffer in product.buffers[3:]] == scales
    assert all(np.ptp(buffer.fill) > 3 for buffer in product.buffers[:2])  # no zeros: they take half the power


def test_what_is_made_is_given_back() -> None:
    library, made = Library(), []
    product = _product(library, "FP8", made)
    product.run(0)
    product.close()
    assert library.count("cublasLtMatmul") == 1
    for thing in ("MatrixLayout", "MatmulDesc", "MatmulPreference"):
        assert library.count(f"cublasLt{thing}Create") == library.count(f"cublasLt{thing}Destroy")


def test_a_product_that_cannot_be_done_says_so() -> None:
    with pytest.raises(cublaslt.CublasError, match="no kernel"):
        _product(Library(kernels=0), "NVFP4", [])
    with pytest.raises(cublaslt.CublasError, match="no kernel"):  # an H200's answer
        _product(Library(fails="cublasLtMatmulAlgoGetHeuristic", status=15), "NVFP4", [])
    with pytest.raises(cublaslt.CublasError, match="cublasLtMatmulDescSetAttribute failed"):
        _product(Library(fails="cublasLtMatmulDescSetAttribute"), "MXFP8", [])


def test_the_librarys_structure_has_its_size() -> None:
    """cublasLtMatmulHeuristicResult_t: 64 bytes of algorithm, a size, a status, a float and four reserved integers."""
    assert ctypes.sizeof(cublaslt._Heuristic) == 96
