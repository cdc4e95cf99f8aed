"""What memory is left: the least of what is free and what limits leave."""

import resource
from pathlib import Path

import pytest

from flopwatt.kernels import host_memory
from flopwatt.kernels.host_memory import SMALL, UNKNOWN, available_bytes, shortage, size_text


def put(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_the_least_of_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert available_bytes(tmp_path) == UNKNOWN
    put(tmp_path, "proc/meminfo", "MemTotal:  9 kB\nMemAvailable:   2000 kB\n")
    put(tmp_path, "sys/fs/cgroup/memory.max", "max\n")
    put(tmp_path, "sys/fs/cgroup/memory.current", "1000\n")
    assert available_bytes(tmp_path) == 2_048_000
    put(tmp_path, "sys/fs/cgroup/memory.max", "1500000\n")
    assert available_bytes(tmp_path) == 1_499_000
    put(tmp_path, "proc/self/status", "VmSize:   1000 kB\n")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024_500, resource.RLIM_INFINITY))
    assert available_bytes(tmp_path) == 500
    monkeypatch.setattr(host_memory, "resource", None)
    assert available_bytes(tmp_path) == 1_499_000


def test_this_machine_has_some() -> None:
    assert 10**7 < available_bytes() < 10**15


def test_a_size_for_people() -> None:
    assert [size_text(size) for size in (64, 5e5, 2.5e8, 3e9, 4.8e16)] == [
        "64 bytes", "500 kB", "250 MB", "3 GB", "4.8e+07 GB",
    ]  # fmt: skip


def test_what_is_short_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [shortage(SMALL), shortage(SMALL + 1), shortage(10**15)][:2] == ["", ""]
    monkeypatch.setattr(host_memory, "available_bytes", lambda: 2 * 10**8)
    assert [shortage(2 * 10**8), shortage(2 * 10**8 + 1)] == ["", "200 MB"]


def test_memory_is_kept_without_a_word_wherever_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    host_memory.keep_memory()

    def no_library(name: object) -> None:
        raise OSError("no C library of that name")

    monkeypatch.setattr(host_memory.ctypes, "CDLL", no_library)
    host_memory.keep_memory()
