"""The tables of architectures and GPUs, against NVIDIA's header and the project's own table of chips."""

import re
import sys
from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.kernels.analysis.multiprocessors import GPU_MODELS, MULTIPROCESSORS
from flopwatt.kernels.analysis.sass import Purpose

HEADER = "nvidia/cu13/include/cccl/cuda/__device/arch_traits.h"


def traits(text: str, arch: str) -> dict[str, int]:
    """What the header says of an architecture, by name; an architecture that begins as another has what that has."""
    body = text.split(f"arch_traits<arch_id::{arch}>() noexcept", 1)[1].split("\n}", 1)[0]
    parent = re.search(r"__traits\s*= ::cuda::arch_traits<arch_id::(\w+)>\(\)", body)
    values = traits(text, parent[1]) if parent else {}
    for name, product in re.findall(r"__traits\.(\w+)\s*= ([\d *]+);", body):
        factors = [int(factor) for factor in product.split("*")]
        values[name] = factors[0] * (factors[1] if len(factors) > 1 else 1)
    return values


@pytest.mark.parametrize("arch", MULTIPROCESSORS)
def test_room_is_that_of_nvidias_header(arch: str) -> None:
    header = next((Path(p) / HEADER for p in sys.path if (Path(p) / HEADER).is_file()), None)
    if header is None:
        pytest.skip("nvidia-cuda-cccl is not installed")
    said, room = traits(header.read_text(encoding="utf-8"), arch), MULTIPROCESSORS[arch]
    assert room.shared == said["max_shared_memory_per_multiprocessor"]
    assert room.blocks == said["max_blocks_per_multiprocessor"]
    assert room.warps == said["max_threads_per_multiprocessor"] // 32
    assert room.registers == 64 * 1024  # of all of them, in the header's common part


def test_gpus_have_the_multiprocessors_of_the_table_of_chips() -> None:
    chips = configs.load("hardware").rows
    for gpu in GPU_MODELS:
        assert gpu.multiprocessors == chips[gpu.key].values["compute_units"], gpu
        assert gpu.arch in MULTIPROCESSORS
        assert gpu.source


def test_clocks_are_what_data_sheets_say_of_float32() -> None:
    """NVIDIA's data sheets and technical brief: TFLOP/s of float32, two for each thread of 128 in a cycle."""
    said = {"H100 SXM": 67, "H200 SXM": 67, "B200": 75, "RTX PRO 6000": 120}
    for gpu in GPU_MODELS:
        rate = MULTIPROCESSORS[gpu.arch].rates[Purpose.FP32,]
        assert gpu.multiprocessors * rate * 2 * gpu.clock / 1e12 == pytest.approx(said[gpu.name], rel=0.01)


def test_float64_is_as_rare_as_the_programming_guide_says() -> None:
    """How many results in float32 there are to one in float64."""
    ratios = {
        arch: room.rates[Purpose.FP32,] / room.rates[Purpose.FP64,] for arch, room in MULTIPROCESSORS.items() if room.rates
    }
    assert ratios == {"sm_90": 2, "sm_100": 2, "sm_103": 64, "sm_120": 64}
