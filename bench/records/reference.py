"""What a record has of the loops of known work that were timed beside a benchmark."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .summary import is_time


@dataclass(frozen=True)
class Reference:
    """What loops of known work took beside a benchmark: how fast the machine was.

    Parameters
    ----------
    version
        Which loops; times of different versions do not compare.
    seconds
        By loop (`machine.reference_loops`), for each block of samples the median (s).

    Raises
    ------
    ValueError
        Where a time is none.
    """

    version: str
    seconds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not all(is_time(value) for values in self.seconds.values() for value in values):
            raise ValueError("every time of a reference loop must be a finite number of seconds above 0")
