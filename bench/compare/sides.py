"""A side of a comparison: the newest measurement of every benchmark that its records hold, found by what it is."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..errors import InputError
from ..records import identity
from ..records.record import Benchmark, Record


@dataclass(frozen=True)
class Recorded:
    """A benchmark, the record in which it stands, and the key that it is found by."""

    benchmark: Benchmark
    record: Record
    key: identity.Key

    @property
    def machine_name(self) -> str:
        """The name of the machine that it ran on."""
        return self.record.machine.name


@dataclass(frozen=True)
class ComparedSide:
    """One side.

    Parameters
    ----------
    recorded
        Each benchmark's newest measurement, on every machine.
    unreadable
        The benchmarks whose newest measurement cannot be used, by full name, with the reason.
    """

    recorded: tuple[Recorded, ...]
    unreadable: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _by_machine(self) -> dict[tuple[str, identity.Key], Recorded]:
        return {(recorded.machine_name, recorded.key): recorded for recorded in self.recorded}

    @cached_property
    def _by_key(self) -> dict[identity.Key, list[Recorded]]:
        return _grouped((recorded.key, recorded) for recorded in self.recorded)

    @cached_property
    def _by_key_without_dtype(self) -> dict[identity.Key, list[Recorded]]:
        return _grouped((_without_dtype(recorded.key), recorded) for recorded in self.recorded)

    def find(self, machine_name: str, key: identity.Key) -> Recorded | None:
        """Find the benchmark of a key on a machine; None where there is none."""
        return self._by_machine.get((machine_name, key))

    def of_key(self, key: identity.Key) -> list[Recorded]:
        """List the benchmarks of a key on any machine."""
        return self._by_key.get(key, [])

    def of_key_without_dtype(self, key: identity.Key) -> list[Recorded]:
        """List the benchmarks that differ from a key in the dtype at most."""
        return self._by_key_without_dtype.get(_without_dtype(key), [])

    @property
    def paths(self) -> set[str]:
        """The files that its benchmarks stand in."""
        return {identity.path_of(recorded.benchmark.fullname) for recorded in self.recorded}


def _grouped(items: Iterable[tuple[identity.Key, Recorded]]) -> dict[identity.Key, list[Recorded]]:
    groups = defaultdict(list)
    for key, recorded in items:
        groups[key].append(recorded)
    return groups


def _without_dtype(key: identity.Key) -> identity.Key:
    return tuple(item for item in key if item[0] != "dtype")


def newest(records: Iterable[Record]) -> ComparedSide:
    """Take every benchmark's newest measurement, by machine.

    Parameters
    ----------
    records
        Oldest first.

    Raises
    ------
    InputError
        Where one of them holds a benchmark twice, naming both.
    """
    known: dict[tuple[str, identity.Key], Recorded] = {}
    unreadable: dict[str, str] = {}
    for record in records:
        if record.unreadable:
            known = {place: item for place, item in known.items() if item.benchmark.fullname not in record.unreadable}
        unreadable |= record.unreadable
        for benchmark, key in zip(record.benchmarks, _keys(record), strict=True):
            known[record.machine.name, key] = Recorded(benchmark, record, key)
            unreadable.pop(benchmark.fullname, None)
    return ComparedSide(tuple(known.values()), unreadable)


def _keys(record: Record) -> list[identity.Key]:
    def repeated(name: str, first: int, second: int) -> InputError:
        names = record.benchmarks[first].fullname, record.benchmarks[second].fullname
        both = f"both are {name!r}" if names[0] == names[1] else f"{names[0]!r} and {names[1]!r} are one"
        problem = f"benchmarks[{first}] and benchmarks[{second}] cannot be told apart: {both}, of equal parameters"
        return InputError(f"{problem}; give one another name", where=str(record.path or "the record"))

    return identity.keys(record.benchmarks, repeated)


def align(old: ComparedSide, new: ComparedSide) -> tuple[ComparedSide, ComparedSide]:
    """Take a folder off the names of one side that ran from further up, so that its files are the other's.

    Parameters
    ----------
    old, new
        The two sides; they are returned as they are where they have a file in common.
    """
    return _without_folder(old, identity.extra_folder(old.paths, new.paths)), _without_folder(
        new, identity.extra_folder(new.paths, old.paths)
    )


def _without_folder(side: ComparedSide, folder: str) -> ComparedSide:
    if not folder:
        return side
    moved = (dataclasses.replace(item, key=identity.moved(item.key, folder)) for item in side.recorded)
    return ComparedSide(tuple(moved), {name.removeprefix(folder): reason for name, reason in side.unreadable.items()})


def ambiguous_names(*sides: ComparedSide) -> set[str]:
    """Collect the names that stand for benchmarks of several files or classes, so that only full names tell them apart."""
    functions: dict[str, set[object]] = {}
    for side in sides:
        for recorded in side.recorded:
            functions.setdefault(recorded.benchmark.name, set()).add(recorded.key[0][1])
    return {name for name, own in functions.items() if len(own) > 1}
