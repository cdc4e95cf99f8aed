"""Columns of the tables about records: benchmarks in words, times, shares and dates."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..records.record import Benchmark, Record
from ..runner.shown_column import UNKNOWN, ShownColumn
from ..terminal import numbers

_NOT_TASK = ("engine", "dtype")  # parameters that say how something is computed, not what


def words_column(heading: str, texts: Sequence[str]) -> ShownColumn:
    """Make a column of words; an empty one is shown as a dash."""
    return ShownColumn(heading, "", tuple(text or UNKNOWN for text in texts), None, is_label=True)


def number_column(heading: str, values: Sequence[float | None], unit: str = "") -> ShownColumn:
    """Make a column of numbers, counts in words where they are large.

    Parameters
    ----------
    heading
        What stands above it.
    values
        None where there is none.
    unit
        Of the values, in the data.
    """
    texts = (UNKNOWN if value is None else numbers.count(value) for value in values)
    return ShownColumn(heading, unit, tuple(texts), tuple(values), is_label=False)


def time_column(heading: str, seconds: Sequence[float | None]) -> ShownColumn:
    """Make a column of measured times (s)."""
    texts = (UNKNOWN if value is None else numbers.duration(value, "measured").replace("us", "µs") for value in seconds)
    return ShownColumn(heading, "s", tuple(texts), tuple(seconds), is_label=False)


def share_column(heading: str, shares: Sequence[float | None], signed: bool = False) -> ShownColumn:
    """Make a column of shares (of 1), shown in percent.

    Parameters
    ----------
    heading
        What stands above it.
    shares
        None where there is none.
    signed
        Whether they are changes, which have a sign.
    """
    texts = (UNKNOWN if share is None else f"{share:+.1%}" if signed else f"{share:.1%}" for share in shares)
    return ShownColumn(heading, "", tuple(texts), tuple(shares), is_label=False)


def kept(columns: Sequence[ShownColumn]) -> tuple[ShownColumn, ...]:
    """Leave out columns in which nothing is known."""
    return tuple(column for column in columns if any(text != UNKNOWN for text in column.texts))


def moment_of(record: Record) -> str:
    """Write when a record was made (UTC), to the minute."""
    return record.created[:16].replace("T", " ")


def runner_of(benchmark: Benchmark) -> str:
    """Name what computed a benchmark: an engine, or what was timed beside engines; empty where neither is said."""
    return str(benchmark.extra.get("what") or benchmark.engine or benchmark.params.get("engine") or "")


class BenchmarkNames:
    """What benchmarks that stand side by side are called: by what they compute, with what and in which type.

    Parameters
    ----------
    benchmarks
        All of them. What they all have in common is in no name; one whose parameters do not tell it from all others has its
        full name.
    """

    def __init__(self, benchmarks: Iterable[Benchmark]):
        known = {_key(benchmark): benchmark for benchmark in benchmarks}
        told = {key: dict(_parameters(benchmark)) for key, benchmark in known.items()}
        values = Counter(item for parameters in told.values() for item in parameters.items())
        functions = {_function(benchmark) for key, benchmark in known.items() if told[key]}
        for parameters in told.values():
            own = {name: value for name, value in parameters.items() if values[name, value] < len(known)}
            parameters |= dict.fromkeys(set(parameters) - set(own), "") if own else {}
        self._tasks = {key: _task(benchmark, told[key], len(functions) > 1) for key, benchmark in known.items()}
        whole = Counter(self._whole(benchmark) for benchmark in known.values())
        for key, benchmark in known.items():
            if whole[self._whole(benchmark)] > 1:
                self._tasks[key] = f"{benchmark.fullname}{_size(benchmark)}"

    def task(self, benchmark: Benchmark) -> str:
        """Say what a benchmark computes, whatever computes it; its full name where it is none of those."""
        return self._tasks.get(_key(benchmark), benchmark.fullname)

    def whole(self, benchmark: Benchmark) -> str:
        """Say what a benchmark computes, what computes it, and in which type."""
        return ", ".join(filter(None, self._whole(benchmark)))

    def _whole(self, benchmark: Benchmark) -> tuple[str, str, str]:
        return self.task(benchmark), runner_of(benchmark), benchmark.dtype


_Key = tuple[str, int | None, int | None]


def _key(benchmark: Benchmark) -> _Key:
    return benchmark.fullname, benchmark.points, benchmark.threads


def _parameters(benchmark: Benchmark) -> Iterator[tuple[str, str]]:
    """List the parameters that say what is computed; the suite may say one in more words."""
    for name, value in benchmark.params.items():
        if name not in _NOT_TASK and value not in (None, "", False):
            yield name, str(benchmark.extra.get(name) or value)


def _task(benchmark: Benchmark, parameters: Mapping[str, str], with_function: bool) -> str:
    text = ", ".join(filter(None, parameters.values()))
    if not text:
        return benchmark.name
    return f"{_function(benchmark)}: {text}" if with_function and _function(benchmark) not in parameters.values() else text


def _function(benchmark: Benchmark) -> str:
    """Return the words of a test's name, or a study's name."""
    name = benchmark.fullname.partition("[")[0].rpartition("::")[2].removeprefix("flopwatt run ")
    return name.removeprefix("test_").replace("_", " ") if name.startswith("test_") else name


def _size(benchmark: Benchmark) -> str:
    """Say what else tells a benchmark from others of its full name."""
    sizes = (("points", benchmark.points), ("threads", benchmark.threads))
    return "".join(f", {value:,} {noun}" for noun, value in sizes if value is not None)
