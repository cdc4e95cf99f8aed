"""Records made up for the tests of comparing: samples that are normal around a median."""

import random

from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.options import ComparisonOptions
from flopwatt.bench.compare.result import ComparisonRow
from flopwatt.bench.machine.info import Cpu, Machine
from flopwatt.bench.machine.noise import Noise
from flopwatt.bench.machine.reference_loops import LOOPS
from flopwatt.bench.records.commit import Commit
from flopwatt.bench.records.record import Benchmark, Record
from flopwatt.bench.records.reference import Reference

MACHINE = Machine("amd-epyc-2-cores", Cpu("AMD EPYC", "x86_64", 2, 2, 2, governor="performance"))


def quiet_processes(count, processes=5, speed=1.0):
    """What tells that so many samples are of several processes, on a machine of some speed that nobody else used."""
    blocks = tuple(count // processes + (i < count % processes) for i in range(processes))
    reference = Reference("1", dict.fromkeys(LOOPS, (0.0002 / speed,) * processes))
    return {"blocks": blocks, "reference": reference, "noise": Noise(other_cpu_share=0.0)}


def timed(name, median=0.01, count=20, spread=0.01, seed=0, **changes):
    """A benchmark of five quiet processes whose samples are normal around a median, with noise relative to it.

    With fewer than ten samples, or samples of the caller's own, it is one process's, and nobody counted what others did.
    """
    draw = random.Random(f"{name} {seed}")
    spread_out = {} if count < 10 or "samples" in changes else quiet_processes(count)
    fields = {
        "name": f"test_it[{name}]",
        "params": {"case": name, "engine": "numpy", "dtype": "float64"},
        "samples": tuple(median * draw.gauss(1, spread) for _ in range(count)),
        "engine": "numpy",
        "dtype": "float64",
        "points": 1000,
        **spread_out,
        **changes,
    }
    return Benchmark(**fields)


def record(*benchmarks, **changes):
    fields = {
        "benchmarks": benchmarks,
        "machine": MACHINE,
        "commit": Commit("a" * 40),
        "created": "2026-09-28T10:11:12.000+00:00",
        "kind": "bench",
        **changes,
    }
    return Record(**fields)


def verdict(baseline, candidate, **options) -> ComparisonRow:
    """Compare two benchmarks, each in a record of its own."""
    (row,) = compare([record(baseline)], [record(candidate)], ComparisonOptions(**options)).rows
    return row
