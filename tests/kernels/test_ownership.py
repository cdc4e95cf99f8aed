"""Whose a file or folder is, by owner and mode: the tests change owners, which only root can."""

import os
from pathlib import Path

import pytest

from flopwatt.kernels import ownership

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no users here")
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root changes owners")
NOBODY = 65534


@pytest.fixture
def place(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    path = tmp_path / "above" / "cache"
    path.mkdir(parents=True)
    path.chmod(0o700)
    return path


def test_what_is_this_users_alone_will_do(place: Path) -> None:
    assert ownership.fault(place.stat()) is None
    assert ownership.fault_of_folder(place) is None
    place.chmod(0o755)
    assert ownership.fault_of_folder(place) is None


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o720, 0o702, 0o1777])
def test_what_others_may_write_will_not(place: Path, mode: int) -> None:
    place.chmod(mode)
    assert ownership.fault_of_folder(place) == "others may write it"


@as_root
def test_what_is_anothers_will_not(place: Path) -> None:
    os.chown(place, NOBODY, NOBODY)
    assert ownership.fault(place.stat()) == "it belongs to another user"
    assert ownership.fault_of_folder(place) == "it belongs to another user"


@pytest.mark.parametrize(("mode", "fine"), [(0o755, True), (0o757, False), (0o777, False), (0o1777, True)])
def test_the_folders_above_count_too(place: Path, mode: int, fine: bool) -> None:
    place.parent.chmod(mode)
    why = ownership.fault_of_folder(place)
    assert (why is None) == fine
    assert fine or str(place.parent) in str(why)


@as_root
def test_a_folder_above_may_be_written_by_the_users_own_group_alone(place: Path) -> None:
    place.parent.chmod(0o775)
    assert ownership.fault_of_folder(place) is None  # root's group, which has no other member
    os.chown(place.parent, 0, NOBODY)
    assert ownership.fault_of_folder(place) is not None


@as_root
def test_a_sticky_folder_of_another_user_will_not(place: Path) -> None:
    place.parent.chmod(0o1777)
    os.chown(place.parent, NOBODY, NOBODY)
    assert "belongs to another user" in str(ownership.fault_of_folder(place))


def test_a_file_is_no_folder(place: Path) -> None:
    (place / "file").write_bytes(b"")
    assert "is not a folder" in str(ownership.fault_of_folder(place / "file"))
