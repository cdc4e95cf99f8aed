"""Marks of tables' folders: the first one stands, and whoever holds it is not alone."""

import errno
import os
from pathlib import Path

import pytest

from flopwatt.bench.spread.table_mark import MARK, alone, hold, mark_unfinished, unfinished_key


def test_the_first_mark_stands(tmp_path: Path) -> None:
    assert unfinished_key(tmp_path) is None
    assert mark_unfinished(tmp_path, "one")
    number = (tmp_path / MARK).stat().st_ino
    assert mark_unfinished(tmp_path, "one")
    assert not mark_unfinished(tmp_path, "other")
    assert (unfinished_key(tmp_path), (tmp_path / MARK).stat().st_ino) == ("one", number)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_a_mark_that_is_held_is_not_alone(tmp_path: Path) -> None:
    with hold(tmp_path, "one"):  # which marks the folder where another has taken the mark away
        assert unfinished_key(tmp_path) == "one"
        assert not alone(tmp_path)
    assert alone(tmp_path)


def test_a_mark_that_cannot_be_read_is_another_s(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("dear")
    assert unfinished_key(tmp_path) == ""
    assert not mark_unfinished(tmp_path, "one")


def test_a_disk_without_links_is_marked_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)
    assert mark_unfinished(tmp_path, "one")
    assert not mark_unfinished(tmp_path, "other")
    assert unfinished_key(tmp_path) == "one"
