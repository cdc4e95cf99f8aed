"""Columns of the tables about records: benchmarks in words, times, shares and dates."""

from collections import Counter
from collections.abc import Sequence

from ..records.record import Benchmark
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
    texts = (UNKNOWN if value is None else numbers.duration(value, "measured") for value in seconds)
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


def runner_of(benchmark: Benchmark) -> str:
    """Name what computed a benchmark: an engine, or what was timed beside engines; empty where neither is said."""
    return str(benchmark.extra.get("what") or benchmark.engine or benchmark.params.get("engine") or "")


def tasks(benchmarks: Sequence[Benchmark]) -> list[str]:
    """Say in words what each benchmark computes, whatever computes it; a benchmark's own name where that is not one's alone.

    Parameters
    ----------
    benchmarks
        All that stand side by side.
    """
    functions = {benchmark.fullname.partition("[")[0] for benchmark in benchmarks if _told(benchmark)}
    short = [_told(benchmark) or benchmark.name for benchmark in benchmarks]
    if len(functions) > 1:
        short = [f"{_function(one)}: {text}" if _told(one) else text for one, text in zip(benchmarks, short, strict=True)]
    whole = [(text, runner_of(one), one.dtype) for text, one in zip(short, benchmarks, strict=True)]
    counts, names = Counter(whole), Counter(benchmark.name for benchmark in benchmarks)
    return [
        text if counts[key] == 1 else benchmark.name if names[benchmark.name] == 1 else benchmark.fullname
        for text, key, benchmark in zip(short, whole, benchmarks, strict=True)
    ]


def _told(benchmark: Benchmark) -> str:
    """Join the parameters that say what is computed; the suite may say it in more words than the parameter."""
    parts = (str(benchmark.extra.get(name) or value) for name, value in benchmark.params.items() if _says_what(name, value))
    return ", ".join(parts)


def _says_what(name: str, value: object) -> bool:
    return name not in _NOT_TASK and value not in (None, "", False)


def _function(benchmark: Benchmark) -> str:
    """Return the words of a test's or a study's name."""
    name = benchmark.fullname.partition("[")[0].rpartition("::")[2]
    return name.removeprefix("test_").removeprefix("flopwatt run ").replace("_", " ")
