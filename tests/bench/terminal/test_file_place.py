"""Where a file cannot be written is said before the work."""

import os
from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError, Parameter
from flopwatt.bench.terminal.file_place import check_file_place

WHERE = Parameter("output")


def test_new_files_and_files_that_are_there_can_be_written(tmp_path: Path) -> None:
    check_file_place(tmp_path / "new.html", WHERE)
    (tmp_path / "old.html").write_text("old", encoding="utf-8")
    check_file_place(tmp_path / "old.html", WHERE)
    assert (tmp_path / "old.html").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (".", "is a folder; name a file"),
        ("nowhere/x.html", "there is no folder"),
        ("file/x.html", "there is no folder"),
    ],
)
def test_other_places_are_refused(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        check_file_place(tmp_path / name, WHERE)
    assert caught.value.where == WHERE


def test_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    with pytest.raises(InputError, match="a device or a pipe"):
        check_file_place(tmp_path / "pipe.html", WHERE)
