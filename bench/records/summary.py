"""What a record has of benchmarks whose samples it does not have, and which tool measured them."""

from dataclasses import dataclass
from typing import Literal

# What a call may take (s): from far below a clock's tick to thirty years; beyond that it is no time that was measured.
MIN_SECONDS, MAX_SECONDS = 1e-15, 1e9
MAX_COUNT = 10**18  # calls of a sample, samples, points


@dataclass(frozen=True)
class SampleSummary:
    """What a file has of a benchmark whose samples it does not have.

    Parameters
    ----------
    statistic
        What ``seconds`` is of the samples: "median" or "mean".
    seconds
        Its value (s a call).
    spread
        The standard deviation of one sample (s); None where the file does not tell.
    count
        How many samples there were; None where the file does not tell.

    Raises
    ------
    ValueError
        Where one of them is impossible.
    """

    statistic: Literal["median", "mean"]
    seconds: float
    spread: float | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if not is_time(self.seconds):
            raise ValueError(f"the {self.statistic} must be a finite number of seconds above 0")
        if self.spread is not None and not 0 <= self.spread <= MAX_SECONDS:
            raise ValueError("the spread must be a finite number of seconds, 0 or more")
        if self.count is not None and not 1 <= self.count <= MAX_COUNT:
            raise ValueError("the count of samples must be 1 or more and below 1e18")


@dataclass(frozen=True)
class RecordSource:
    """The tool whose file a record was read from, and its version where the file tells it."""

    tool: str = "flopwatt"
    version: str = ""


def is_time(seconds: float) -> bool:
    """Tell whether a number can be the seconds of a call: finite, above 0, and neither absurdly small nor large."""
    return MIN_SECONDS <= seconds <= MAX_SECONDS
