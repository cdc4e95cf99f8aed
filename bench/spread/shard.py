"""A shard: which of how many equal shares of a study is computed."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import InputError, Parameter

_DIGITS = 10  # of a number of shards that is read
MOST = 1_000_000  # shards
_NAMED = 30  # runs of shards that a message names


@dataclass(frozen=True)
class Shard:
    """The share ``number`` of ``count``, counted from 1."""

    number: int
    count: int

    @classmethod
    def read(cls, text: str) -> "Shard":
        """Read a shard written as ``3/16``.

        Raises
        ------
        InputError
            For anything else, and for a number that is not from 1 to the count.
        """
        number, slash, count = text.partition("/")
        if not (slash and all(part.isascii() and part.strip().isdecimal() and len(part) < _DIGITS for part in (number, count))):
            raise InputError(f"{text!r} is no shard; write which of how many, as 3/16", where=Parameter("shard"))
        if int(count) > MOST:
            raise InputError(f"{text.strip()} has too many shards; write at most {MOST:,}", where=Parameter("shard"))
        shard = cls(int(number), int(count))
        if not 1 <= shard.number <= shard.count:
            right = f"from 1/{shard.count} to {shard.count}/{shard.count}" if shard.count else "1/1 for all in one"
            raise InputError(f"there is no shard {text.strip()}; write {right}", where=Parameter("shard"))
        return shard

    def steps(self, steps: int) -> tuple[int, int]:
        """Return the first of this shard's steps, and that after its last, of so many."""
        return steps * (self.number - 1) // self.count, steps * self.number // self.count

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def shards_of(steps_asked: Sequence[int], steps: int, count: int) -> list[int]:
    """List the numbers of the shards whose steps some are.

    Parameters
    ----------
    steps_asked
        The steps, in order.
    steps, count
        How many steps there are, and how many shards.
    """
    owners = []
    for number in range(1, count + 1):
        low, high = Shard(number, count).steps(steps)
        place = bisect.bisect_left(steps_asked, low)
        if place < len(steps_asked) and steps_asked[place] < high:
            owners.append(number)
    return owners


def shards_text(numbers: Sequence[int], count: int) -> str:
    """Name shards as a queue takes their numbers: ``shard 2 of 16``, ``shards 2,5-9 of 16``.

    Parameters
    ----------
    numbers
        Of the shards, in order.
    count
        How many there are in all.
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:_NAMED]]
    more = f" and {sum(last - first + 1 for first, last in runs[_NAMED:]):,} more" if len(runs) > _NAMED else ""
    return f"shard{'s' if len(numbers) > 1 else ''} {','.join(texts)}{more} of {count:,}"
