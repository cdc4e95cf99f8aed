"""The memory that a kernel reads and writes, in which what it must not do is found rather than done.

Arrays lie far apart at addresses of their own: an access beyond one of them is an error, and so is a misaligned one. It is
an error to touch what another thread has written, or to write what it has read; in shared memory, with no barrier between.
Nobody may read what has never been written there. What is read as unchanging (``ld.global.nc``) must not be written. In
global memory a plain read may meet atomic operations: kernels look there whether one would change anything.
"""

import bisect
from dataclasses import dataclass
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
    touched: tuple[np.ndarray, ...] = ()  # who wrote and read each place last, and how many barriers those had passed

    def __post_init__(self) -> None:
        self.touched = tuple(np.full((4, self.data.size), NOBODY))


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
        return self._place(size, np.full(whole * blocks, 0xA5, np.uint8), whole).start

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
        if not array.constant:
            self._note_reads(array, places * kind.itemsize, who)
        return array.data.view(kind)[places]

    def store(self, addresses: np.ndarray, kind: np.dtype[Any], who: Who, values: np.ndarray) -> None:
        """Write each thread's number to its address."""
        array, places = self._find(addresses, kind, who)
        self._note_writes(array, places * kind.itemsize, who, who.threads)
        array.data.view(kind)[places] = values

    def update(self, addresses: np.ndarray, kind: np.dtype[Any], who: Who, values: np.ndarray, function: Any) -> np.ndarray:
        """Change the numbers at the addresses, one thread after the other; what was there before each."""
        array, places = self._find(addresses, kind, who)
        self._note_writes(array, places * kind.itemsize, who, np.full(places.shape, SEVERAL))
        data, before = array.data.view(kind), np.empty(places.size, kind)
        for i, (place, value) in enumerate(zip(places, np.broadcast_to(values, places.shape), strict=True)):
            before[i] = data[place]
            data[place] = function(data[place], value)
        return before

    @staticmethod
    def _note_reads(array: _Array, at: np.ndarray, who: Who) -> None:
        """Note who reads. Raises PtxError where nobody, or somebody else, has written."""
        writer, written, reader, read = array.touched
        passed = who.passed if array.per_block else 0
        if array.per_block and (writer[at] == NOBODY).any():
            raise PtxError("a read of shared memory that nobody has written")
        plain = True if array.per_block else writer[at] != SEVERAL
        if ((written[at] == passed) & (writer[at] != who.threads) & plain).any():
            raise PtxError("a read of what another thread has written, with no barrier between")
        others = (read[at] == passed) & (reader[at] != who.threads)
        reader[at], read[at] = who.threads, passed
        reader[at[others | (reader[at] != who.threads)]] = SEVERAL

    @staticmethod
    def _note_writes(array: _Array, at: np.ndarray, who: Who, by: np.ndarray) -> None:
        """Note who writes: SEVERAL are atomic writes, which may meet. Raises PtxError where another thread's access is met."""
        writer, written, reader, read = array.touched
        passed = who.passed if array.per_block else 0
        looks = (read[at] == passed) & (reader[at] != who.threads)
        met = ((written[at] == passed) & (writer[at] != by)) | (looks if array.per_block else looks & (by != SEVERAL))
        if array.constant:
            raise PtxError("a write to what is read as unchanging")
        if array.per_block and by[0] == SEVERAL and (writer[at] == NOBODY).any():
            raise PtxError("an atomic operation on shared memory that nobody has written")
        writer[at], written[at] = by, passed
        if (met | (writer[at] != by)).any():
            raise PtxError("a write to what another thread has read or written, with no barrier between")
