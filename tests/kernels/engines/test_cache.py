"""Emitted source as modules."""

import os
from pathlib import Path

import pytest

from flopwatt.kernels.engines import cache

SOURCE = """
def kernel(number):
    return number + 1
"""


def test_source_is_a_module_once_in_a_process_and_never_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cache.load(SOURCE)(1) == 2
    assert cache.load(SOURCE) is cache.load(SOURCE)
    assert not os.listdir(tmp_path)


def test_another_source_is_another_module() -> None:
    assert cache.load(SOURCE.replace("+ 1", "+ 2"))(1) == 3
    assert cache.load(SOURCE)(1) == 2
