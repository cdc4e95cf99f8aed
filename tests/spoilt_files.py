"""Ways to damage a kept file, each by its name; what stands there afterwards is never what was kept."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np

Damage = Callable[[Path], None]


def _bytes(change: Callable[[bytes], bytes]) -> Damage:
    def damage(path: Path) -> None:
        path.write_bytes(change(path.read_bytes()))

    return damage


def _flipped(share: float, bit: int) -> Damage:
    def change(data: bytes) -> bytes:
        place = min(int(share * len(data)), len(data) - 1)
        return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]

    return _bytes(change)


def _in_its_place(make: Callable[[Path], object]) -> Damage:
    def damage(path: Path) -> None:
        path.unlink()
        make(path)

    return damage


def _full_folder(path: Path) -> None:
    path.mkdir()
    (path / "file").write_bytes(b"")


def _socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(here)


def _linked_copy(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**32)


RANDOM = np.random.default_rng(7)
DAMAGES: dict[str, Damage] = {
    **{f"the first {n} bytes": _bytes(lambda data, n=n: data[:n]) for n in (0, 1, 2, 31, 32, 33, 64, 100)},
    **{f"the last {n} bytes gone": _bytes(lambda data, n=n: data[:-n]) for n in (1, 7, 32, 100)},
    **{f"the first {n} bytes gone": _bytes(lambda data, n=n: data[n:]) for n in (1, 32, 64)},
    **{f"a bit at {share:g}": _flipped(share, bit) for bit, share in enumerate((0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 1))},
    **{f"{n} random bytes": _bytes(lambda _, n=n: RANDOM.bytes(n)) for n in (1, 32, 1000, 100_000)},
    "twice": _bytes(lambda data: data + data),
    "a byte more": _bytes(lambda data: data + b"\0"),
    "zeros": _bytes(lambda data: bytes(len(data))),
    "backwards": _bytes(lambda data: data[::-1]),
    "a half of zeros": _bytes(lambda data: data[: len(data) // 2] + bytes(len(data) - len(data) // 2)),
    "text": _bytes(lambda _: b"def kernel(): return 7\n"),
    "no UTF-8": _bytes(lambda _: b"\xff\xfe\x80kernel"),
    "upper case": _bytes(bytes.upper),
    "line ends": _bytes(lambda data: data.replace(b"\n", b"\r\n") + b"\r\n"),
    "a pickle": _bytes(lambda data: b"\x80\x04K\x01."),
    "a pickle after the digest": _bytes(lambda data: data[:32] + b"\x80\x04K\x01."),
    "an empty folder": _in_its_place(lambda path: path.mkdir()),
    "a folder with files": _in_its_place(_full_folder),
    "a pipe": _in_its_place(os.mkfifo),
    "a socket": _in_its_place(_socket),
    "a link to another file": _in_its_place(_linked_copy),
    "a link to nothing": _in_its_place(lambda path: path.symlink_to("nothing")),
    "a link to itself": _in_its_place(lambda path: path.symlink_to(path.name)),
    "a link to a device": _in_its_place(lambda path: path.symlink_to("/dev/zero")),
    "four gigabytes": _in_its_place(_sparse),
    "nothing": lambda path: path.unlink(),
}  # fmt: skip
