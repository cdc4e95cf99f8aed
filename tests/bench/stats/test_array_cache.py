"""Arrays kept on disk: made once for a key, and made again where the file is gone, damaged or cannot be written."""

import io
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from spoilt_files import DAMAGES

from flopwatt.bench.stats import array_cache
from flopwatt.kernels import cache_folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache_folder, "_warned", [])
    cache_folder._folder.cache_clear()
    return tmp_path / "cache"


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
    assert all(path.suffix == ".bin" for path in cache.iterdir())


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_made_again(cache: Path, tmp_path: Path, name: str) -> None:
    times = list[int]()
    made(("a",), times)
    (path,) = cache.iterdir()
    DAMAGES[name](path)
    made(("a",), times)
    assert len(times) == 2
    made(("a",), times)
    assert len(times) == (3 if name == "a folder with files" else 2)


def test_no_array_is_unpickled(cache: Path, tmp_path: Path) -> None:
    made(("a",), [])
    (path,) = cache.iterdir()
    content = io.BytesIO()
    np.save(content, np.array([Path("a"), None]), allow_pickle=True)
    for data in (content.getvalue(), pickle.dumps([1.0]), b"no array"):
        path.write_bytes(cache_folder._digest(path.name, data) + data)
        times = list[int]()
        made(("a",), times)
        assert times == [1]


def test_a_cache_that_cannot_be_written_is_passed_over(cache: Path) -> None:
    made(("a",), [])
    shutil.rmtree(cache)
    cache.write_text("a file where the folder was")
    times = list[int]()
    made(("a",), times)
    made(("a",), times)
    assert len(times) == 2
