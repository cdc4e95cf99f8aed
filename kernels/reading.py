"""Files that people write, read whole: up to a stated size, and never from a device, a pipe or a folder that nobody meant."""

import contextlib
import contextvars
import errno
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import FlopwattError

MAX_TEXT = 10 * 10**6  # bytes of a TOML, JSON or Python file that people write; records and tables of cases may be larger
MAX_DEPTH = 64  # lists and tables within each other
MAX_BITS = 14_000  # of a whole number: Python writes out no longer ones
MAX_KEY = 1_000  # characters; a key is a name, not a text
STDIN = ("-", "/dev/stdin")  # what a command takes its standard input for

_CHUNK = 2**20
_OWN_PIPE = re.compile(r"/dev/fd/\d+|/proc/self/fd/\d+")  # what a shell puts in the place of <(command)
_KINDS = {
    stat.S_ISDIR: "a folder",
    stat.S_ISFIFO: "a pipe (FIFO)",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}
_ENCODINGS = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}

_limit: contextvars.ContextVar[int | None] = contextvars.ContextVar("limit", default=None)


class ReadingError(FlopwattError, ValueError):
    """A file cannot be read as text; the message says why and does not name it."""


class TooLargeError(ReadingError):
    """A file is larger than what is read.

    Attributes
    ----------
    size
        Bytes that would have to be allowed, so far as the file tells.
    limit
        Bytes that are read.
    """

    def __init__(self, size: int, limit: int):
        self.size, self.limit = size, limit
        super().__init__(f"is larger than the {_megabytes(limit)} that are read ({_megabytes(size)})")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the sizes, of which the message is made anew."""
        return type(self), (self.size, self.limit)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.3g} MB" if size < 1e9 else f"{size / 1e6:,.0f} MB"


@contextlib.contextmanager
def limited(largest_bytes: int | None) -> Iterator[None]:
    """Read files up to another size than their own, in this thread and until the end of the block; None changes nothing."""
    token = _limit.set(largest_bytes if largest_bytes is not None else _limit.get())
    try:
        yield
    finally:
        _limit.reset(token)


def read_text(path: str | Path, largest_bytes: int = MAX_TEXT, *, piped: bool = False, utf16: bool = False) -> str:
    """Read a file that is UTF-8 text, without the byte order mark that some editors put first.

    Parameters
    ----------
    path
        The file.
    largest_bytes
        The size up to which it is read, where `limited` states no other.
    piped
        Whether ``-`` is the standard input, and a pipe that the process was started with may be read.
    utf16
        Whether it may be UTF-16 with a byte order mark, as spreadsheets write "Unicode text".

    Raises
    ------
    ReadingError
        Where it is no regular file, is too large, cannot be read, or is no text.
    """
    data = read_bytes(path, largest_bytes, piped=piped)
    encoding = next((name for mark, name in _ENCODINGS.items() if data.startswith(mark)), None)
    if encoding is not None and not (utf16 and encoding == "UTF-16"):
        raise ReadingError(f"is {encoding} text; save it as UTF-8")
    if encoding is None and _is_utf16(data):
        raise ReadingError("is UTF-16 text without a byte order mark; save it as UTF-8")
    try:
        text = data.decode("utf-16" if encoding else "utf-8-sig")
    except UnicodeDecodeError as error:
        why = f"is broken {encoding} text" if encoding else _not_utf8(data, error.start)
        raise ReadingError(f"{why}; save it as UTF-8") from None
    if "\0" in text:
        raise ReadingError(f"is not text: character {text.index(chr(0)) + 1} is a NUL")
    return text


def _is_utf16(data: bytes) -> bool:
    """Tell whether most of every second byte is a NUL and none of the others: letters that UTF-16 writes with two bytes."""
    zeros = sorted((data[::2].count(0), data[1::2].count(0)))
    return zeros[0] == 0 and zeros[1] > max(len(data) // 4, 1)


def _not_utf8(data: bytes, start: int) -> str:
    """Say where bytes are no UTF-8, and what stands there in the encoding that such files mostly have."""
    letter = data[start : start + 1].decode("cp1252", errors="replace")
    perhaps = f", {letter!r} in Windows-1252" if letter.isprintable() and letter != "\ufffd" else ""
    line = data.count(b"\n", 0, start) + (data.count(b"\r", 0, start) if b"\n" not in data else 0) + 1
    return f"is not UTF-8 text (byte {start}, on line {line}{perhaps})"


def read_bytes(path: str | Path, largest_bytes: int = MAX_TEXT, *, piped: bool = False) -> bytes:
    """Read a file's bytes.

    Parameters
    ----------
    path, largest_bytes, piped
        As `read_text` has them.

    Raises
    ------
    ReadingError
        Where it is no regular file, is too large or cannot be read.
    """
    limit = _limit.get() or largest_bytes
    if piped and str(path) in STDIN:
        with _reasons():
            return _read_stdin(limit)
    with _opened(path, piped and _OWN_PIPE.fullmatch(str(path)) is not None) as handle:
        if (size := os.fstat(handle).st_size) > limit:
            raise TooLargeError(size, limit)
        return _read_whole(handle, limit)


def read_part(path: str | Path, start: int, size: int, largest_bytes: int = MAX_TEXT) -> bytes:
    """Read some bytes of a file that may be larger than what is read of one.

    Parameters
    ----------
    path, largest_bytes
        As `read_text` has them.
    start, size
        Where the bytes begin and how many they are; fewer come back where the file ends before.

    Raises
    ------
    ReadingError
        Where it is no regular file or cannot be read, and where the bytes are more than what is read.
    """
    limit = _limit.get() or largest_bytes
    if size > limit:
        raise TooLargeError(size, limit)
    with _opened(path) as handle:
        os.lseek(handle, start, os.SEEK_SET)
        return _read_up_to(handle, size)


@contextlib.contextmanager
def _opened(path: str | Path, pipe: bool = False) -> Iterator[int]:
    """Open a file of a kind that is read, and give what goes wrong with it as a ReadingError."""
    with _reasons():
        handle = os.open(path, os.O_RDONLY | (0 if pipe else getattr(os, "O_NONBLOCK", 0)) | getattr(os, "O_BINARY", 0))
        try:
            _check_kind(os.fstat(handle).st_mode, pipe)
            yield handle
        finally:
            os.close(handle)


@contextlib.contextmanager
def _reasons() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        socket = error.errno == errno.ENXIO  # what opening a socket answers
        raise ReadingError("is a socket, not a file" if socket else f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        if isinstance(error, ReadingError):
            raise
        raise ReadingError(f"cannot be read: {error}") from None  # a NUL in the path


def _read_stdin(limit: int) -> bytes:
    if sys.stdin is None:
        raise ReadingError("cannot be read: the standard input is closed")
    stream = getattr(sys.stdin, "buffer", None)
    data: bytes = stream.read(limit + 1) if stream is not None else sys.stdin.read(limit + 1).encode()
    if len(data) > limit:
        raise TooLargeError(len(data), limit)
    return data


def _check_kind(mode: int, pipe: bool) -> None:
    kind = next((name for test, name in _KINDS.items() if test(mode)), None)
    if kind is not None and not (pipe and stat.S_ISFIFO(mode)):
        raise ReadingError(f"is {kind}, not a file")


def _read_whole(handle: int, limit: int) -> bytes:
    """Read to the end, or until it is too much: files of /proc state no size, and others grow."""
    data = _read_up_to(handle, limit + 1)
    if len(data) > limit:
        raise TooLargeError(len(data), limit)
    return data


def _read_up_to(handle: int, size: int) -> bytes:
    data = bytearray()
    while chunk := os.read(handle, min(_CHUNK, size - len(data))):
        data += chunk
    return bytes(data)


def check_nesting(document: Any) -> None:
    """Check what was read for what no file of people's has: nesting, keys and whole numbers without end.

    Parameters
    ----------
    document
        Mappings, lists and scalars, of TOML or JSON.

    Raises
    ------
    ReadingError
        Where it is nested deeper than ``MAX_DEPTH``, a key is longer than ``MAX_KEY``, or a number has more than ``MAX_BITS``.
    """
    level = [document]
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, Mapping):
                check_keys(item)
            values = list(item.values()) if isinstance(item, Mapping) else item if isinstance(item, list) else []
            if any(type(value) is int and value.bit_length() > MAX_BITS for value in values):
                raise ReadingError(f"has a whole number of more than {MAX_BITS * 3 // 10} digits")
            inner += [value for value in values if isinstance(value, (Mapping, list))]
        level = inner
        if not level:
            return
    raise ReadingError(f"is nested more than {MAX_DEPTH} deep")


def check_keys(keys: Any) -> None:
    """Check the length of keys or columns' names. Raises ReadingError where one is longer than ``MAX_KEY``."""
    for key in keys:
        if len(key) > MAX_KEY:
            raise ReadingError(f"has a name of {len(key):,} characters, {key[:40]!r}...; at most {MAX_KEY:,} are read")
