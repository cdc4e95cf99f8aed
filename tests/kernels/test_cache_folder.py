"""Where caches are kept and where not; what is read back of them, and what never."""

import errno
import os
import stat
from pathlib import Path

import pytest

from flopwatt.kernels import cache_folder

as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root changes owners")
NOBODY = 65534


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cache_folder._folder.cache_clear()
    monkeypatch.setattr(cache_folder, "_warned", [])
    monkeypatch.setattr(cache_folder.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    for name in ("FLOPWATT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The cache folder, with one thing kept in it."""
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "own"))
    cache_folder.write("kernel.bin", b"code")
    assert cache_folder.read("kernel.bin") == b"code"
    return tmp_path / "own"


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_the_order_of_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder.folder() == tmp_path / "home" / ".cache" / "flopwatt"
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "own"))
    assert cache_folder.folder() == tmp_path / "own"
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o700


def test_xdg_names_the_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder.folder() == tmp_path / "xdg" / "flopwatt"


@pytest.mark.parametrize("system", ["raises", "leaves the tilde"])
def test_a_user_without_a_home_gets_a_temporary_folder(
    system: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def place(*_: object, **__: object) -> str:
        if system == "raises":
            raise RuntimeError("no home")
        return "~/.cache/flopwatt"

    monkeypatch.setattr(cache_folder.platformdirs, "user_cache_dir", place)
    chosen = cache_folder.folder()
    assert chosen is not None
    assert chosen.parent == tmp_path / "temporary"
    assert warned(caplog) == []  # nothing that was asked for is missing


@pytest.mark.parametrize("variable", ["file/below", "file", "loop", "~nosuchuser/x", "zero\0byte", "long" * 200])
def test_a_place_that_will_not_do_is_passed_over_with_one_line(
    variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    wanted = variable if variable.startswith("~") else str(tmp_path / variable)
    monkeypatch.setattr(os, "environ", {**os.environ, "FLOPWATT_CACHE": wanted})
    chosen = cache_folder.folder()
    assert chosen is not None
    assert chosen.parent == tmp_path / "temporary"
    assert stat.S_IMODE(chosen.stat().st_mode) == 0o700
    assert cache_folder.folder() == chosen
    (line,) = warned(caplog)
    assert "is not used" in line
    assert "\n" not in line


def test_temporary_folders_do_not_pile_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in "abc":
        cache_folder._folder.cache_clear()
        monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "file" / name))
        assert cache_folder.folder() is not None
    assert len(list((tmp_path / "temporary").iterdir())) == 1


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no users here")
def test_a_temporary_folder_that_others_may_write_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "file" / "below"))
    planted = tmp_path / "temporary" / f"flopwatt-{os.getuid()}"
    planted.mkdir()
    planted.chmod(0o777)
    assert cache_folder.folder() is None
    cache_folder.write("kernel.bin", b"code")
    assert cache_folder.read("kernel.bin") is None
    assert list(planted.iterdir()) == []
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    assert len(warned(caplog)) == 1
    assert "nothing is kept" in warned(caplog)[0]


def test_no_temporary_folder_at_all_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "no usable temporary folder")

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "file" / "below"))
    monkeypatch.setattr(cache_folder.tempfile, "gettempdir", none)
    assert cache_folder.folder() is None


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_folder_that_others_may_write_is_not_read(own: Path, mode: int, caplog: pytest.LogCaptureFixture) -> None:
    own.chmod(mode)
    cache_folder._folder.cache_clear()
    assert cache_folder.read("kernel.bin") is None
    assert warned(caplog) == [f"warning: the cache folder {own} is not used: others may write it; {cache_folder.folder()} is"]


@as_root
def test_a_folder_of_another_user_is_not_read(own: Path) -> None:
    os.chown(own, NOBODY, NOBODY)
    cache_folder._folder.cache_clear()
    assert cache_folder.read("kernel.bin") is None


@as_root
def test_a_link_to_a_folder_of_another_user_is_not_followed(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(own, NOBODY, NOBODY)
    (tmp_path / "link").symlink_to(own)
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "link"))
    assert cache_folder.folder() != own
    assert cache_folder.read("kernel.bin") is None


@pytest.mark.parametrize("mode", [0o660, 0o606, 0o666])
def test_a_file_that_others_may_write_is_not_read_and_is_written_anew(
    own: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    (own / "kernel.bin").chmod(mode)
    assert cache_folder.read("kernel.bin") is None
    assert cache_folder.read("kernel.bin") is None
    assert len(warned(caplog)) == 1
    cache_folder.write("kernel.bin", b"new")
    assert cache_folder.read("kernel.bin") == b"new"
    assert stat.S_IMODE((own / "kernel.bin").stat().st_mode) == 0o600


@as_root
def test_a_file_of_another_user_is_not_read(own: Path) -> None:
    os.chown(own / "kernel.bin", NOBODY, NOBODY)
    assert cache_folder.read("kernel.bin") is None


def test_a_file_is_not_read_under_another_name(own: Path) -> None:
    (own / "kernel.bin").rename(own / "other.bin")
    assert cache_folder.read("other.bin") is None


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG, errno.EIO])
def test_what_cannot_be_written_is_one_line_in_a_process(
    own: Path, code: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(cache_folder.files.os, "replace", fail)
    for name in "ab":
        cache_folder.write(name, b"code")
    assert warned(caplog) == [f"warning: nothing can be kept in the cache folder {own}: {os.strerror(code)}"]
    assert [path.name for path in own.iterdir()] == ["kernel.bin"]


def test_a_folder_that_vanishes_is_one_line(own: Path, caplog: pytest.LogCaptureFixture) -> None:
    (own / "kernel.bin").unlink()
    own.rmdir()
    assert cache_folder.read("kernel.bin") is None
    cache_folder.write("kernel.bin", b"code")
    cache_folder.write("other.bin", b"code")
    assert len(warned(caplog)) == 1
