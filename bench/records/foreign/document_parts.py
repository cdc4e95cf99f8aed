"""What the readers of other tools' files share: numbers that are checked, and what could not be used put aside."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from ....kernels.validation.type_parts import Place
from ....kernels.validation.validator import DataError, Validator
from ....kernels.validation.wording import JSON, described
from ...machine.info import Cpu, Machine
from ..commit import UNKNOWN, Commit
from ..record import Benchmark, Record, Scalar
from ..summary import MAX_COUNT, MAX_SECONDS, RecordSource, is_time
from .errors import UnusableError

Json = dict[str, Any]
T = TypeVar("T")
# Zeros are the ticks of a clock too coarse for a sample. Below this share they are left out; more of them, and what remains
# would be the upper end of what was measured.
MAX_ZEROS = 0.1
IQR_OF_NORMAL = 1.349  # the interquartile range of normal samples, in standard deviations


def form(kind: type[T]) -> Validator[T]:
    """Make what checks JSON data against a type."""
    return Validator(kind, JSON)


@dataclass
class Rows:
    """The benchmarks of a file as they are read, and what is put aside.

    Parameters
    ----------
    benchmarks
        Those that could be used.
    unreadable
        Those that could not, by full name, with the reason.
    remarks
        What needs saying of how the file was read.
    """

    benchmarks: list[Benchmark] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def add(self, fullname: str, place: Place, make: Callable[[], Benchmark]) -> None:
        """Add a benchmark, or why it cannot be used.

        Parameters
        ----------
        fullname, place
            Its name, and where it stands in the file.
        make
            Makes it.

        Raises
        ------
        DataError
            Where it holds what no tool measures, naming the benchmark.
        """
        try:
            self.benchmarks.append(make())
        except UnusableError as error:
            self.unreadable[fullname] = str(error)
        except DataError as error:
            raise DataError(error.place, f"{error.problem} (benchmark {described(fullname)})", first=JSON.first) from None
        except ValueError as error:
            raise DataError(place, f"{error} (benchmark {described(fullname)})", first=JSON.first) from None

    def samples(self, fullname: str, values: Sequence[Any], key: str, factor: float = 1.0) -> tuple[float, ...]:
        """Check samples, and leave a few zeros out.

        Parameters
        ----------
        fullname
            The benchmark, for what is said of zeros.
        values, key
            The samples, and what they are called in the file.
        factor
            Seconds of their unit.

        Raises
        ------
        UnusableError
            Where one is no time, or too many are 0.
        """
        numbers = [number(value, f"{key}[{i}]") * factor for i, value in enumerate(values)]
        times = [seconds for seconds in numbers if seconds != 0]
        for i, seconds in enumerate(numbers):
            if seconds != 0 and not is_time(seconds):
                raise UnusableError(f"{key}[{i}] is {values[i]}, which is no time")
        zeros = len(numbers) - len(times)
        if zeros > MAX_ZEROS * len(numbers):
            raise UnusableError(f"{zeros} of {len(numbers)} samples are 0: the clock is too coarse for them")
        if zeros:
            self.remarks.append(f"{fullname}: {zeros} of {len(numbers)} samples left out, for they are 0")
        return tuple(times)

    def record(
        self, source: RecordSource, machine: Machine | None = None, commit: Commit | None = None, created: str = ""
    ) -> Record:
        """Make the record.

        Parameters
        ----------
        source
            The tool.
        machine, commit, created
            Where, of what and when it was measured, as far as the file tells.
        """
        return Record(
            benchmarks=tuple(self.benchmarks),
            kind="bench",
            created=_moment(created),
            machine=machine or unknown_machine(),
            commit=commit or unknown_commit(),
            source=source,
            unreadable=self.unreadable,
            remarks=tuple(self.remarks),
        )

    def say_summaries(self, compared_by: str, help_text: str = "") -> None:
        """Say what benchmarks without samples are compared by, and what would store their samples."""
        count = sum(benchmark.summary is not None for benchmark in self.benchmarks)
        if count:
            some = "" if count == len(self.benchmarks) else f" of {count} of its {len(self.benchmarks)} benchmarks"
            self.remarks.append(
                f"compared by {compared_by}, for the file holds no raw samples{some}{help_text and f'; {help_text}'}"
            )


# --- numbers ----------------------------------------------------------------------------------------------------------


def number(value: Any, key: str) -> float:
    """Check a number.

    Parameters
    ----------
    value, key
        What was read, and what it is called in the file.

    Raises
    ------
    UnusableError
        Where it is none, or not finite, or beyond what any time is.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnusableError(f"{key} is {described(value, JSON.table)}, not a number")
    if not -MAX_SECONDS * 1e9 <= value <= MAX_SECONDS * 1e9:  # in any unit down to the nanosecond
        raise UnusableError(f"{key} is {described(value)}, which is no time")
    return float(value)


def seconds_of(value: Any, key: str, factor: float = 1.0) -> float:
    """Check a time.

    Parameters
    ----------
    value, key
        What was read, and what it is called in the file.
    factor
        Seconds of its unit.

    Raises
    ------
    UnusableError
        Where it is no time above 0.
    """
    seconds = number(value, key) * factor
    if not is_time(seconds):
        raise UnusableError(f"{key} is {value}, which is no time above 0")
    return seconds


def spread_of(value: Any, key: Place, factor: float = 1.0) -> float | None:
    """Check a spread of samples (s), which is None where the file has none.

    Parameters
    ----------
    value, key
        What was read, and where it stands.
    factor
        Seconds of its unit.

    Raises
    ------
    DataError
        Where it is below 0.
    UnusableError
        Where it is no number.
    """
    if value is None:
        return None
    spread = number(value, str(key[-1])) * factor
    if spread < 0:
        raise DataError(key, f"must be 0 or more, not {value}", first=JSON.first)
    return min(spread, MAX_SECONDS)


def count_of(value: Any, key: Place) -> int:
    """Check a count of samples or calls.

    Parameters
    ----------
    value, key
        What was read, and where it stands.

    Raises
    ------
    DataError
        Where it is no whole number of 1 or more.
    """
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and not (isinstance(value, float) and math.isfinite(value) and value == int(value)):
        raise DataError(key, f"must be a whole number, not {described(value, JSON.table)}", first=JSON.first)
    if not 1 <= value <= MAX_COUNT:
        raise DataError(key, f"must be 1 or more and below 1e18, not {described(value)}", first=JSON.first)
    return int(value)


def check_order(values: Mapping[str, Any], names: Sequence[str], place: Place, tolerance: float = 1e-9) -> None:
    """Check that quantiles rise.

    Parameters
    ----------
    values, names
        The quantiles by name, and the names from the lowest up; those that the file has not are passed over.
    place
        Where they stand.
    tolerance
        By how much they may fall, relative, for having been rounded.

    Raises
    ------
    DataError
        Where one is below one that it cannot be below.
    """
    known = [(name, number(values[name], name)) for name in names if values.get(name) is not None]
    for (lower, low), (upper, high) in itertools.pairwise(known):
        if low > high + tolerance * abs(high):
            raise DataError((*place, lower), f"is {low:g}, above {upper}, {high:g}", first=JSON.first)


# --- what is known of a run -------------------------------------------------------------------------------------------


def text_of(value: Any) -> str:
    """Return a text, and nothing for anything else."""
    return value if isinstance(value, str) else ""


def whole_of(value: Any) -> int | None:
    """Return a whole number of 1 or more, and None for anything else."""
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_COUNT
    return value if good else None


def scalar_of(value: Any) -> Scalar:
    """Return a scalar as it is, and anything else as text: lists, objects, and numbers that are none."""
    finite = not isinstance(value, float) or math.isfinite(value)
    return value if finite and (value is None or isinstance(value, (str, int, float, bool))) else str(value)


def _moment(text: str) -> str:
    """Return a time as it is where it is one (ISO 8601), else nothing."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text


def unknown_machine(cpu: Cpu | None = None, system: str = "", release: str = "", python: str = "") -> Machine:
    """Make a machine without a name: other tools write the host's, which a record never holds.

    Parameters
    ----------
    cpu, system, release, python
        As `Machine` has them, as far as the file tells.
    """
    return Machine(name="unknown", cpu=cpu or Cpu(), system=system, release=release, python=python)


def unknown_commit(identity: str = "", time: str | None = None) -> Commit:
    """Make the commit of a project of which a file tells at most the commit's name and time."""
    return Commit(id=identity or UNKNOWN, time=time, project="", version="")
