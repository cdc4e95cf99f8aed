"""A shard: which of how many equal shares of a study is computed."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import InputError, Parameter

_DIGITS = 10  # of the largest number of shards


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


def shards_of(numbers: Sequence[int], steps: int, count: int) -> list[Shard]:
    """List the shards whose steps some are.

    Parameters
    ----------
    numbers
        Of the steps that are asked for.
    steps, count
        How many steps there are, and how many shards.
    """
    shards = (Shard(number, count) for number in range(1, count + 1))
    return [shard for shard in shards if any(low <= number < high for low, high in [shard.steps(steps)] for number in numbers)]
