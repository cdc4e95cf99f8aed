"""What is read of what people write: regular files of text, up to a size; anything else is refused, and said."""

import io
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from flopwatt.kernels import reading
from flopwatt.kernels.reading import ReadingError, TooLargeError, check_nesting, limited, read_bytes, read_part, read_text


def refused(path: str | Path, **options: Any) -> str:
    with pytest.raises(ReadingError) as caught:
        read_text(path, **options)
    return str(caught.value)


def test_text_is_read_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfx = 1\r\n")
    assert read_text(path) == "x = 1\r\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("x".encode("utf-16"), "is UTF-16 text; save it as UTF-8"),
        ("x".encode("utf-32"), "is UTF-32 text; save it as UTF-8"),
        ("x = 1".encode("utf-16-le"), "is UTF-16 text without a byte order mark; save it as UTF-8"),
        ("x = 1".encode("utf-16-be"), "is UTF-16 text without a byte order mark; save it as UTF-8"),
        (b"ab\xe9", "is not UTF-8 text (byte 2, on line 1, 'é' in Windows-1252); save it as UTF-8"),
        (b"a\nb\n\x80", "is not UTF-8 text (byte 4, on line 3, '€' in Windows-1252); save it as UTF-8"),
        (b"a\rb\r\x81", "is not UTF-8 text (byte 4, on line 3); save it as UTF-8"),
        (b"ab\0c", "is not text: character 3 is a NUL"),
    ],
)
def test_what_is_no_text(data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(data)
    assert refused(path) == says


def test_utf_16_is_read_where_it_may_be(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("é;1\r\n".encode("utf-16"))
    assert read_text(path, utf16=True) == "é;1\r\n"
    path.write_bytes("x".encode("utf-16") + b"\0")
    assert refused(path, utf16=True) == "is broken UTF-16 text; save it as UTF-8"
    path.write_bytes("x".encode("utf-32"))
    assert refused(path, utf16=True) == "is UTF-32 text; save it as UTF-8"


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket"))
    assert refused(tmp_path / "pipe") == "is a pipe (FIFO), not a file"
    assert refused(tmp_path / "pipe", piped=True) == "is a pipe (FIFO), not a file"
    assert refused(tmp_path / "socket") == "is a socket, not a file"
    assert refused(tmp_path) == "is a folder, not a file"
    assert refused("/dev/zero") == "is a device, not a file"
    assert refused(tmp_path / "none") == "cannot be read: No such file or directory"
    assert "null byte" in refused("a\0b")
    assert "too long" in refused("x" * 5000)
    server.close()


def test_a_file_is_read_up_to_a_size(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"x" * 2_000_000)
    with pytest.raises(TooLargeError, match=r"larger than the 1 MB that are read \(2 MB\)") as caught:
        read_bytes(path, 10**6)
    assert (caught.value.size, caught.value.limit) == (2_000_000, 10**6)
    with limited(3 * 10**6):
        assert len(read_bytes(path, 10**6)) == 2_000_000
    with limited(None), pytest.raises(TooLargeError):
        read_bytes(path, 10**6)


def test_a_file_that_states_no_size_is_read_no_further() -> None:
    assert os.stat("/proc/self/maps").st_size == 0
    with pytest.raises(TooLargeError):
        read_bytes("/proc/self/maps", 100)


def test_a_pipe_that_was_asked_for_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x = 1")))
    assert read_text("-", piped=True) == "x = 1"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * 101)))
    with pytest.raises(TooLargeError):
        read_text("/dev/stdin", 100, piped=True)
    out, into = os.pipe()
    threading.Thread(target=lambda: (os.write(into, b"y = 2"), os.close(into))).start()
    assert read_text(f"/dev/fd/{out}", piped=True) == "y = 2"
    os.close(out)
    assert refused("-") == "cannot be read: No such file or directory"


def nested(depth: int) -> Any:
    value: Any = 1
    for number in range(depth):
        value = [value] if number % 2 else {"x": value}
    return value


def test_nesting_keys_and_numbers_have_an_end() -> None:
    check_nesting(nested(reading.MAX_DEPTH))
    for document in (nested(100), nested(100_000)):
        with pytest.raises(ReadingError, match="nested more than 64 deep"):
            check_nesting(document)
    with pytest.raises(ReadingError, match=r"name of 1,000,000 characters, 'kkk"):
        check_nesting({"a": [{"k" * 10**6: 1}]})
    with pytest.raises(ReadingError, match="whole number of more than"):
        check_nesting({"a": [1 << 20_000]})


def test_a_part_is_read_of_a_file_of_any_size(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(b"0123456789")
        file.truncate(10**12)  # of which the disk has one block
    assert read_part(path, 2, 4) == b"2345"
    assert read_part(path, 10**12 - 3, 8) == bytes(3)
    assert read_part(path, 0, 0) == b""
    with pytest.raises(TooLargeError, match="is larger than the 10 MB that are read"):
        read_part(path, 0, 10**7 + 1)
    with limited(4), pytest.raises(TooLargeError):
        read_part(path, 0, 5)
    os.mkfifo(tmp_path / "pipe")
    for other, says in (("pipe", "is a pipe"), ("none", "cannot be read")):
        with pytest.raises(ReadingError, match=says):
            read_part(tmp_path / other, 0, 8)
