"""Arrays kept on disk: made once for a key, and made again where the file is gone, broken or cannot be written."""

from pathlib import Path

import numpy as np
import pytest

from flopwatt.bench.stats import array_cache


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(array_cache, "folder", lambda: tmp_path / "cache")
    return tmp_path / "cache" / "arrays"


def made(key: tuple[object, ...], times: list[int]) -> np.ndarray:
    def make() -> np.ndarray:
        times.append(1)
        return np.arange(3.0)

    array = array_cache.cached_array(key, make)
    np.testing.assert_array_equal(array, np.arange(3.0))
    return array


def test_an_array_is_made_once_for_a_key(cache: Path) -> None:
    times = list[int]()
    for key in (("a", 1), ("a", 1), ("a", 2), ("a", 1)):
        made(key, times)
    assert len(times) == len(list(cache.iterdir())) == 2
    assert all(path.suffix == ".npy" for path in cache.iterdir())


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"no array"])
def test_a_broken_file_is_made_again(cache: Path, content: bytes) -> None:
    times = list[int]()
    made(("a",), times)
    (path,) = cache.iterdir()
    path.write_bytes(content)
    made(("a",), times)
    made(("a",), times)
    assert len(times) == 2


def test_a_cache_that_cannot_be_written_is_passed_over(cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_text("a file where the folder would be")
    times = list[int]()
    made(("a",), times)
    made(("a",), times)
    assert len(times) == 2
