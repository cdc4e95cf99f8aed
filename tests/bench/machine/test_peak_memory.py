"""The peak of this process's memory: it grows with what is held, and can begin anew."""

import resource
from pathlib import Path

import numpy as np
import pytest

from flopwatt.bench.machine import peak_memory

MB = 2**20


def test_a_peak_grows_with_what_is_held_and_begins_anew() -> None:
    if not peak_memory.reset_peak():
        pytest.skip("the system keeps the whole process's peak only")
    before = peak_memory.peak_bytes()
    held = np.ones(128 * MB // 8)
    full = peak_memory.peak_bytes()
    assert before is not None
    assert full is not None
    assert 100 * MB < full - before < 300 * MB
    del held
    assert peak_memory.reset_peak()
    after = peak_memory.peak_bytes()
    assert after is not None
    assert after < full - 64 * MB


@pytest.mark.parametrize("status", [None, "Name: x\n", "VmHWM:\n", "VmHWM: many kB\n"])
def test_without_proc_it_is_the_whole_processs_peak(
    status: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def path(name: str) -> Path:
        return tmp_path / Path(name).name

    if status is not None:
        path("status").write_text(status)
    monkeypatch.setattr(peak_memory, "Path", path)
    monkeypatch.setattr(peak_memory.sys, "platform", "linux")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert peak_memory.peak_bytes() == pytest.approx(most, abs=MB)
    monkeypatch.setattr(peak_memory.sys, "platform", "darwin")  # which counts in bytes
    assert peak_memory.peak_bytes() == pytest.approx(most / 1024, abs=MB / 1024)


def test_a_peak_that_cannot_begin_anew_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peak_memory, "Path", lambda name: tmp_path / "none" / "clear_refs")
    assert not peak_memory.reset_peak()
