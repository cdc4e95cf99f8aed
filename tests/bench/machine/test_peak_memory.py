"""The peak of this process's memory: anew where the system allows it, in bytes, and None where it does not tell."""

import sys
from pathlib import Path

import numpy as np
import pytest

from flopwatt.bench.machine import peak_memory


@pytest.mark.skipif(sys.platform != "linux", reason="the system keeps one peak for the whole process")
def test_a_peak_begins_anew_and_sees_what_is_held() -> None:
    held = np.ones(2**26 // 8)
    del held
    if not peak_memory.reset_peak():
        pytest.skip("this container does not let a peak be reset")
    before = peak_memory.peak_bytes()
    held = np.ones(2**26 // 8)
    after = peak_memory.peak_bytes()
    assert before is not None
    assert after is not None
    assert 0.9 * held.nbytes < after - before < 2 * held.nbytes


@pytest.fixture
def no_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A system without /proc."""
    monkeypatch.setattr(peak_memory, "_PROC", tmp_path / "proc")
    return monkeypatch


class Usage:
    """What the module ``resource`` tells."""

    RUSAGE_SELF = 0
    ru_maxrss = 5000

    def getrusage(self, who: int) -> "Usage":
        return self


@pytest.mark.parametrize(("platform", "peak"), [("darwin", 5000), ("linux", 5000 * 1024), ("freebsd14", 5000 * 1024)])
def test_the_peak_memory_is_bytes_on_macos_and_kibibytes_elsewhere(
    platform: str, peak: int, no_proc: pytest.MonkeyPatch
) -> None:
    no_proc.setattr(peak_memory, "resource", Usage())
    no_proc.setattr(sys, "platform", platform)
    assert peak_memory.peak_bytes() == peak


def test_a_peak_that_the_system_does_not_tell_is_none(no_proc: pytest.MonkeyPatch, tmp_path: Path) -> None:
    no_proc.setattr(peak_memory, "resource", None)
    assert peak_memory.peak_bytes() is None
    assert not peak_memory.reset_peak()
    assert list(tmp_path.iterdir()) == []
