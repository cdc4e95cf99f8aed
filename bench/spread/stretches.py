"""How a table's scenarios are cut into stretches that follow each other, each a block of the grid's axes."""

import math
from dataclasses import dataclass
from functools import cached_property

STRETCH_POINTS = 2**19  # scenarios: 4 MB of a quantity, and a chunk of its array


_FILES_AT_ONCE = 64  # that a table has before one gets several stretches
_MOST_IN_A_FILE, _MAX_FILES = 16, 1000  # stretches of a file, until there would be more files than that


@dataclass(frozen=True)
class Stretches:
    """A grid in stretches: the last axes whole, a part of the one before them, one index of each further out.

    Attributes
    ----------
    shape
        The lengths of the axes.
    points
        How many scenarios a stretch has at most.
    """

    shape: tuple[int, ...]
    points: int = STRETCH_POINTS

    @cached_property
    def chunk(self) -> tuple[int, ...]:
        """How many indices of each axis a stretch has; the last of an axis may have fewer."""
        sizes, size = [1] * len(self.shape), 1
        for axis in reversed(range(len(self.shape))):
            sizes[axis] = min(self.shape[axis], max(self.points // size, 1))
            size *= sizes[axis]
            if sizes[axis] < self.shape[axis]:
                break
        return tuple(sizes)

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """In how many parts each axis is cut."""
        return tuple(-(-length // size) for length, size in zip(self.shape, self.chunk, strict=True))

    def __len__(self) -> int:
        return math.prod(self.counts)

    def place(self, number: int) -> tuple[int, ...]:
        """Tell which part of each axis a stretch has, which is counted from 0."""
        result = []
        for count in reversed(self.counts):
            number, place = divmod(number, count)
            result.append(place)
        return tuple(reversed(result))

    def slices(self, number: int) -> tuple[slice, ...]:
        """Give the indices of each axis in a stretch, which is counted from 0."""
        sizes = zip(self.place(number), self.chunk, self.shape, strict=True)
        return tuple(slice(place * size, min((place + 1) * size, length)) for place, size, length in sizes)

    @cached_property
    def per_file(self) -> int:
        """How many stretches a file has: one in small tables, so that several are written at once, and more in larger ones.

        It depends on the table alone. So whoever computes a file, with however many others, writes the same one.
        """
        count = len(self)
        return max(min(count // _FILES_AT_ONCE, _MOST_IN_A_FILE), -(-count // _MAX_FILES), 1)

    @property
    def files(self) -> int:
        """How many files there are."""
        return -(-len(self) // self.per_file)

    def of_file(self, number: int) -> range:
        """List the stretches of a file, which is counted from 0.

        Parameters
        ----------
        number
            The file's.
        """
        return range(number * self.per_file, min((number + 1) * self.per_file, len(self)))

    def start(self, number: int) -> int:
        """Return the flat index of a stretch's first scenario; the number of scenarios after the last stretch."""
        if number == len(self):
            return math.prod(self.shape)
        flat = 0
        for part, length in zip(self.slices(number), self.shape, strict=True):
            flat = flat * length + part.start
        return flat
