"""The memory that a kernel reads and writes, in which what it must not do is found rather than done.

Arrays lie far apart at addresses of their own: an access beyond one of them is an error, and so is a misaligned one. In
shared memory it is an error to read what nobody has written, and to touch what another thread of the block has written, or
to write what it has read, with no barrier between. What is read as unchanging (``ld.global.nc``) must not be written.
"""

import bisect
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ptx_operations import PtxError

APART = 2**20  # bytes between the ends of arrays and the next ones' beginnings, at least
SEVERAL = -2  # in the place of one thread
NOBODY = -1


@dataclass(frozen=True)
class Who:
    """Threads that access memory together: the number, the block and the count of barriers passed of each."""

    threads: np.ndarray
    blocks: np.ndarray
    passed: np.ndarray


@dataclass
class _Array:
    """Bytes from an address on; ``per_block`` of them are each block's own, 0 where all blocks have the same."""

    start: int
    size: int
    data: np.ndarray
    per_block: int = 0
    constant: bool = False
    touched: dict[str, np.ndarray] = field(default_factory=dict)  # by words of four bytes

    def own(self) -> None:
        words = self.data.size // 4
        self.touched = {name: np.full(words, NOBODY) for name in ("writer", "written", "reader", "read")}


class Memory:
    """Arrays by address."""

    def __init__(self) -> None:
        self.starts, self.arrays = list[int](), list[_Array]()
        self.next = APART

    def _place(self, size: int, data: np.ndarray, per_block: int) -> _Array:
        array = _Array(self.next, size, data, per_block)
        self.starts.append(array.start)
        self.arrays.append(array)
        self.next += -(-(size + APART) // APART) * APART
        return array

    def place(self, array: np.ndarray) -> int:
        """Give an array an address."""
        return self._place(array.nbytes, array.view(np.uint8), 0).start

    def share(self, size: int, blocks: int) -> int:
        """Give a shared variable an address, the same in each of so many blocks."""
        whole = -(-size // 8) * 8
        array = self._place(size, np.full(whole * blocks, 0xA5, np.uint8), whole)
        array.own()
        return array.start

    def _find(self, addresses: np.ndarray, kind: np.dtype[Any], who: Who) -> tuple[_Array, np.ndarray]:
        """The array that all these addresses lie in, and the places there."""
        least, greatest = int(addresses.min()), int(addresses.max())
        number = bisect.bisect_right(self.starts, least) - 1
        array = self.arrays[number]
        if number < 0 or greatest + kind.itemsize > array.start + array.size:
            past = [greatest - each.start for each in self.arrays if each.start <= greatest][-1:]
            raise PtxError(f"an access of {kind} outside of every array, or of several at once ({past} bytes into the last)")
        offsets = addresses.astype(np.int64) - array.start
        if (offsets % kind.itemsize).any():
            raise PtxError(f"a misaligned access of {kind}")
        return array, (offsets + who.blocks * array.per_block) // kind.itemsize

    def load(self, addresses: np.ndarray, kind: np.dtype[Any], who: Who, constant: bool = False) -> np.ndarray:
        """Read a number at each thread's address."""
        array, places = self._find(addresses, kind, who)
        array.constant |= constant
        if array.touched:
            self._note_reads(array, places * kind.itemsize // 4, who)
        return array.data.view(kind)[places]

    def store(self, addresses: np.ndarray, kind: np.dtype[Any], who: Who, values: np.ndarray) -> None:
        """Write each thread's number to its address."""
        array, places = self._writable(addresses, kind, who, alone=True)
        array.data.view(kind)[places] = values

    def update(self, addresses: np.ndarray, kind: np.dtype[Any], who: Who, values: np.ndarray, function: Any) -> np.ndarray:
        """Change the numbers at the addresses, one thread after the other; what was there before each."""
        array, places = self._writable(addresses, kind, who, alone=False)
        data, before = array.data.view(kind), np.empty(places.size, kind)
        for i, (place, value) in enumerate(zip(places, np.broadcast_to(values, places.shape), strict=True)):
            before[i] = data[place]
            data[place] = function(data[place], value)
        return before

    def _writable(self, addresses: np.ndarray, kind: np.dtype[Any], who: Who, alone: bool) -> tuple[_Array, np.ndarray]:
        array, places = self._find(addresses, kind, who)
        if array.constant:
            raise PtxError("a write to what is read as unchanging")
        if array.touched:
            self._note_writes(array, places * kind.itemsize // 4, who, alone)
        return array, places

    def _note_reads(self, array: _Array, words: np.ndarray, who: Who) -> None:
        writer, written, reader, read = (array.touched[name] for name in ("writer", "written", "reader", "read"))
        if (writer[words] == NOBODY).any():
            raise PtxError("a read of shared memory that nobody has written")
        if ((written[words] == who.passed) & (writer[words] != who.threads)).any():
            raise PtxError("a read of shared memory that another thread has written, with no barrier between")
        others = (read[words] == who.passed) & (reader[words] != who.threads)
        reader[words] = who.threads
        reader[words[others | (reader[words] != who.threads)]] = SEVERAL
        read[words] = who.passed

    def _note_writes(self, array: _Array, words: np.ndarray, who: Who, alone: bool) -> None:
        """Note writes of threads, or atomic ones, which may meet each other."""
        writer, written, reader, read = (array.touched[name] for name in ("writer", "written", "reader", "read"))
        by = who.threads if alone else np.full(words.shape, SEVERAL)
        met = ((written[words] == who.passed) & (writer[words] != by)) | (
            (read[words] == who.passed) & (reader[words] != who.threads)
        )
        if not alone and (writer[words] == NOBODY).any():
            raise PtxError("an atomic operation on shared memory that nobody has written")
        writer[words], written[words] = by, who.passed
        if (met | (writer[words] != by)).any():
            raise PtxError("a write to shared memory that another thread has read or written, with no barrier between")
