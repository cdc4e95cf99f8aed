"""Kernels that stream memory move 16 bytes a thread, several of them before the first is waited for."""

import re

import pytest

from flopwatt.bench.machine import streams
from flopwatt.kernels.analysis.compilers import Nvrtc
from flopwatt.kernels.emit.gpu.threads import Kernel


def test_memory_is_moved_sixteen_bytes_at_a_time() -> None:
    text = Nvrtc().ptx(Kernel(streams.SOURCE, 256, "cuda", ()), "float32", "sm_90")
    scale, fill = re.split(r"\.entry fill_memory", text)
    for part, loads in ((scale, 4), (fill, 0)):
        moved = re.findall(r"(ld|st)\.global(?:\.nc)?\.v4\.(?:f32|b32)", part)
        assert (moved.count("ld"), moved.count("st")) == (loads, 4)
        assert moved == sorted(moved)  # all loads are under way before the first number is stored
    assert "ld.global.f32" not in text


def test_a_part_of_a_block_is_no_size() -> None:
    for made in (streams.filling, streams.scaling):
        with pytest.raises(ValueError, match="no multiple of 16384"):
            made(streams.BLOCK_BYTES + 4)
