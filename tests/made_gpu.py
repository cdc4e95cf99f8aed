"""A GPU that is made up, for calibration: its products follow the formula with known efficiencies."""

import functools

import numpy as np

from flopwatt import configs
from flopwatt.bench.calibration import cublaslt
from flopwatt.bench.calibration.measure import System, measure
from flopwatt.kernels.quantities import gemm

CHIP = configs.load("hardware").find("h100-sxm-80gb")
DATE = 2026.0


class MadeGpu:
    """A GPU whose products follow the formula, with noise; FP4 is not there."""

    name, bus, memory_bytes = "NVIDIA H100 80GB HBM3", None, 80 * 10**9

    def __init__(self, noise: float = 0.01):
        self.random, self.noise = np.random.default_rng(1), noise
        self.rate, self.depth, self.wave = 6.6e14, 0.3, 0.7

    def product_seconds(self, kind: str, shape: cublaslt.GemmShape, repeats: int) -> list[float]:
        if kind == "NVFP4":
            raise cublaslt.CublasError("cuBLASLt has no kernel for this product on this chip")
        rate = self.rate * {"BF16": 1.0, "FP8": 1.8, "MXFP8": 1.7}[kind]
        peak = CHIP.values["peak_bf16" if kind == "BF16" else "peak_fp8"]
        fill = self.depth * peak / CHIP.values["memory_bandwidth"]
        m, n, k = shape
        seconds = gemm.product_time(m, k, n, 1.0, rate, fill, 132, self.wave)
        return list(seconds * np.exp(self.random.normal(0, self.noise, repeats)))

    def copy_seconds(self, size: int, repeats: int) -> list[float]:
        return [2 * size / (0.9 * 3.35e12)] * repeats

    def launch_seconds(self, repeats: int) -> list[float]:
        return [4e-6] * repeats

    def load_watts(self, kind: str, size: int, seconds: float) -> float | None:
        return 672.0


@functools.cache
def made_system() -> System:
    """Measure the GPU that is made up, once."""
    return measure(MadeGpu(), CHIP, DATE)
