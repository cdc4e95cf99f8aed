"""The functions that emitted CUDA kernels in Python call: libdevice's, or plain ones in Numba's CUDA simulator.

``mul`` is a product that is rounded on its own: numba-cuda offers no switch that keeps a product and a sum apart, and a
fused multiply-add would give other last bits than NumPy's. ``mul_double`` is that of a sum, which is float64 in both dtypes.
"""

# mypy: ignore-errors
import numpy as np

if not hasattr(np, "row_stack"):  # numba-cuda 0.30 asks for it; NumPy 2.5 no longer has it
    np.row_stack = np.vstack

from numba import config
from numba import cuda as cuda

if config.ENABLE_CUDASIM:

    def _simulated(function, real):
        """Make a function of NumPy's one of numbers of this type, which warns of nothing."""

        def apply(*args):
            with np.errstate(all="ignore"):
                return real(function(*(real(arg) for arg in args)))

        return apply

    def jit(block):
        """Make a kernel of a function: the simulator compiles nothing, and knows no launch bounds."""
        return cuda.jit

    mul_double, mul_float64, mul_float32 = (_simulated(np.multiply, real) for real in (np.float64, np.float64, np.float32))
    ceil_float64, ceil_float32 = (_simulated(np.ceil, real) for real in (np.float64, np.float32))
    floor_float64, floor_float32 = (_simulated(np.floor, real) for real in (np.float64, np.float32))
    sqrt_float64, sqrt_float32 = (_simulated(np.sqrt, real) for real in (np.float64, np.float32))
    exp_float64, exp_float32 = (_simulated(np.exp, real) for real in (np.float64, np.float32))
    log2_float64, log2_float32 = (_simulated(np.log2, real) for real in (np.float64, np.float32))
    pow_float64, pow_float32 = (_simulated(np.power, real) for real in (np.float64, np.float32))
    fmin_float64, fmin_float32 = (_simulated(np.fmin, real) for real in (np.float64, np.float32))
    fmax_float64, fmax_float32 = (_simulated(np.fmax, real) for real in (np.float64, np.float32))
    bits_float64 = lambda x: int(np.float64(x).view(np.int64))  # noqa: E731
    bits_float32 = lambda x: int(np.float32(x).view(np.int32))  # noqa: E731
    unbits_float64 = lambda x: np.int64(x).view(np.float64)  # noqa: E731
    unbits_float32 = lambda x: np.int32(x).view(np.float32)  # noqa: E731
else:
    from numba.cuda import libdevice
    from numba.cuda.core import config as cuda_config

    cuda_config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # a small question's launches are small, and nobody can do anything about it

    def jit(block):
        """Make a kernel of a function, for blocks of this many threads."""
        return cuda.jit(launch_bounds=block)

    mul_double, mul_float64, mul_float32 = libdevice.dmul_rn, libdevice.dmul_rn, libdevice.fmul_rn
    ceil_float64, ceil_float32 = libdevice.ceil, libdevice.ceilf
    floor_float64, floor_float32 = libdevice.floor, libdevice.floorf
    sqrt_float64, sqrt_float32 = libdevice.dsqrt_rn, libdevice.fsqrt_rn
    exp_float64, exp_float32 = libdevice.exp, libdevice.expf
    log2_float64, log2_float32 = libdevice.log2, libdevice.log2f
    pow_float64, pow_float32 = libdevice.pow, libdevice.powf
    fmin_float64, fmin_float32 = libdevice.fmin, libdevice.fminf
    fmax_float64, fmax_float32 = libdevice.fmax, libdevice.fmaxf
    bits_float64, bits_float32 = libdevice.double_as_longlong, libdevice.float_as_int
    unbits_float64, unbits_float32 = libdevice.longlong_as_double, libdevice.int_as_float
