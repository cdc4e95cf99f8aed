"""Many records of a machine, made of one that was measured by scaling its samples: for the tests of what reads many."""

import dataclasses
import datetime
import random
from pathlib import Path

from flopwatt.bench.records.commit import Commit
from flopwatt.bench.records.record import Record
from flopwatt.bench.records.store import load

REAL = Path(__file__).parents[1] / "results" / "amd-epyc-2-cores" / "20261125T235945.967Z-629a3e1192fe.json"
SLOWER, FASTER = 40, 60  # the records from which on the first benchmark is 1.3 times slower, the second 1.25 times faster


def real_record() -> Record:
    """A record of a study's run on two engines, as it was measured."""
    return load(REAL)


def varied(count: int, record: Record | None = None, **changes) -> list[Record]:
    """Make a record a day, one of each commit; between them benchmarks scatter by 2%."""
    record, draw = record or real_record(), random.Random(1)
    start = datetime.datetime(2026, 7, 1, 9, tzinfo=datetime.UTC)
    records = []
    for day in range(count):
        steps = {0: 1.3 if day >= SLOWER else 1.0, 1: 0.8 if day >= FASTER else 1.0}
        benchmarks = []
        for place, benchmark in enumerate(record.benchmarks):
            factor = steps.get(place, 1.0) * draw.lognormvariate(0, 0.02)
            samples = tuple(seconds * factor * draw.lognormvariate(0, 0.01) for seconds in benchmark.samples)
            benchmarks.append(dataclasses.replace(benchmark, samples=samples))
        created = (start + datetime.timedelta(days=day)).isoformat(timespec="milliseconds")
        fields = {"benchmarks": tuple(benchmarks), "created": created, "commit": Commit(f"{day:04x}" * 10), "path": None}
        records.append(dataclasses.replace(record, **(fields | changes)))
    return records
