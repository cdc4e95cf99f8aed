"""What NVIDIA's multiprocessors have and do in a cycle, by architecture, and the GPUs that have them.

Nothing here is measured. Room on a multiprocessor: `cuda/__device/arch_traits.h` of CCCL, which the wheel nvidia-cuda-cccl
brings. Arithmetic: CUDA Programming Guide 13, table "Device and Streaming Multiprocessor (SM) Information per Compute
Capability" (how many float32 results there are to one in float64), and CUDA C++ Best Practices Guide 13, table "Throughput of
Native Arithmetic Instructions". The second table was read in a copy whose columns had to be told apart by their order;
whether 10.0 compares whole numbers at 64 or 128 was not to be told. Conversions have no limit here, which leaves what follows
an upper one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .sass import Purpose

WARP_SCHEDULERS = 4  # of a multiprocessor: each issues one instruction of a warp in a cycle


@dataclass(frozen=True)
class Multiprocessor:
    """What the blocks on one multiprocessor share.

    Attributes
    ----------
    registers
        Of 32 bits.
    warps, blocks
        How many it holds at most.
    shared
        Bytes of shared memory.
    rates
        How many threads' instructions its units finish in a cycle, by the kinds of instruction that share the units. What
        is not listed has no limit known here but the schedulers'.
    """

    registers: int
    warps: int
    blocks: int
    shared: int
    rates: Mapping[tuple[Purpose, ...], float]


def _rates(fp64: float, *alu: Purpose) -> dict[tuple[Purpose, ...], float]:
    """Give what the architectures have in common, with how much float64 there is and what the integer units do."""
    rates: dict[tuple[Purpose, ...], float] = {
        (Purpose.FP64,): fp64,
        (Purpose.FP32,): 128,
        (Purpose.SPECIAL,): 16,
        (Purpose.SHARED,): 32,  # 32 banks of 32 bits a cycle: CUDA Programming Guide, shared memory
    }
    return rates | ({alu: 64} if alu else {})


# Integer units: 64 of compute capability 9.0 and 10.x, which on 9.0 compare and select floats too (10.x finishes 128
# minima and maxima of float32 in a cycle). On 12.0 128 whole numbers are added in a cycle, no less than are issued, and
# 64 minima and maxima of float32 taken.
MULTIPROCESSORS = {
    "sm_80": Multiprocessor(65536, 64, 32, 164 * 1024, {}),
    "sm_90": Multiprocessor(65536, 64, 32, 228 * 1024, _rates(64, Purpose.INTEGER, Purpose.COMPARE)),
    "sm_100": Multiprocessor(65536, 64, 32, 228 * 1024, _rates(64, Purpose.INTEGER)),
    "sm_103": Multiprocessor(65536, 64, 32, 228 * 1024, _rates(2, Purpose.INTEGER)),
    "sm_120": Multiprocessor(65536, 48, 24, 100 * 1024, _rates(2, Purpose.COMPARE)),
}


@dataclass(frozen=True)
class GpuModel:
    """A GPU that is sold.

    Attributes
    ----------
    key
        Of the table of chips, ``configs/hardware.toml``.
    name
        As people call it.
    arch
        What its kernels are compiled for.
    multiprocessors
        How many it has.
    clock
        The highest clock of its multiprocessors (Hz). Under load it may be lower.
    source
        Of the clock.
    """

    key: str
    name: str
    arch: str
    multiprocessors: int
    clock: float
    source: str


# A B300 is not here: no clock of it that can be cited is known.
GPU_MODELS = (
    GpuModel(
        "h100-sxm-80gb", "H100 SXM", "sm_90", 132, 1.98e9,
        "OpenXLA, cuda_core_info_table.cc; 67 TFLOP/s of float32 in NVIDIA's data sheet are 1.98 GHz",
    ),
    GpuModel(
        "h200-sxm", "H200 SXM", "sm_90", 132, 1.98e9,
        "nvidia-smi -q -d CLOCK of a p5e.48xlarge: github.com/awslabs/amazon-eks-ami, pull request of 2024-10-01",
    ),
    GpuModel(
        "b200-sxm", "B200", "sm_100", 148, 1.965e9,
        "OpenXLA, cuda_core_info_table.cc; the 75 TFLOP/s of float32 in NVIDIA's technical brief are 1.98 GHz",
    ),
    GpuModel(
        "rtx-pro-6000", "RTX PRO 6000", "sm_120", 188, 2.49e9,
        "worked out: NVIDIA's data sheet of the Server Edition has 120 TFLOP/s of float32",
    ),
)  # fmt: skip
