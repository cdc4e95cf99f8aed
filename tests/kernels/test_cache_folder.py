"""Where caches are kept, and where not."""

import os
from pathlib import Path

import pytest

from flopwatt.kernels import cache_folder


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cache_folder._temporary.cache_clear()
    monkeypatch.setattr(cache_folder.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    for name in ("FLOPWATT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_the_order_of_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder.folder() == tmp_path / "home" / ".cache" / "flopwatt"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder.folder() == tmp_path / "xdg" / "flopwatt"
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "own"))
    assert cache_folder.folder() == tmp_path / "own"
    assert (tmp_path / "own").is_dir()


@pytest.mark.parametrize("system", ["raises", "leaves the tilde"])
def test_a_user_without_a_home_gets_a_temporary_folder(system: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def place(*_: object, **__: object) -> str:
        if system == "raises":
            raise RuntimeError("no home")
        return "~/.cache/flopwatt"

    monkeypatch.setattr(cache_folder.platformdirs, "user_cache_dir", place)
    assert cache_folder.folder().parent == tmp_path / "temporary"


def test_a_place_that_cannot_be_written_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "file" / "below"))
    chosen = cache_folder.folder()
    assert chosen.parent == tmp_path / "temporary"
    assert chosen.stat().st_mode & 0o777 == 0o700
    assert cache_folder.folder() == chosen


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no users here")
def test_a_temporary_folder_that_others_may_write_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "file" / "below"))
    planted = tmp_path / "temporary" / f"flopwatt-{os.getuid()}"
    planted.mkdir()
    planted.chmod(0o777)
    assert cache_folder.folder() != planted
