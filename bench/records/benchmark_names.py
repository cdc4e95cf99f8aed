"""Benchmarks by name: a name as it is printed, brackets and all, or a pattern."""

import fnmatch
from collections.abc import Iterable

from ...kernels.text import nearest
from .record import Benchmark


def matches(name: str, pattern: str) -> bool:
    """Tell whether a name is the one that a pattern spells, or one of those that it describes.

    Parameters
    ----------
    name
        A benchmark's name.
    pattern
        A name as it is printed, or one with ``*`` and ``?`` in it. Brackets stand for themselves, which parametrised
        tests' names are full of, or else for a set of characters, as the shell has them.
    """
    return name == pattern or fnmatch.fnmatchcase(name, pattern.replace("[", "[[]")) or fnmatch.fnmatchcase(name, pattern)


def is_named(benchmark: Benchmark, pattern: str) -> bool:
    """Tell whether a benchmark's name, or its name with file and class, is one that a pattern spells or describes."""
    return matches(benchmark.name, pattern) or matches(benchmark.fullname, pattern)


def nearest_name(pattern: str, benchmarks: Iterable[Benchmark]) -> str:
    """Suggest the benchmark that comes nearest to a pattern, for an error message; nothing where none is near."""
    names = {name for benchmark in benchmarks for name in (benchmark.name, benchmark.fullname)}
    return nearest(pattern, sorted(names))
