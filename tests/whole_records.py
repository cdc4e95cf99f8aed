"""Records that hold something in every field, and what refuses a broken one."""

import math
import random
import time

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.machine.info import Cpu, Machine
from flopwatt.bench.machine.noise import Disturbance, DisturbanceKind, Noise
from flopwatt.bench.records.commit import Commit
from flopwatt.bench.records.gpu_state import GpuState
from flopwatt.bench.records.record import (
    Benchmark,
    Energy,
    Memory,
    Phase,
    Reading,
    Record,
    Stop,
    StoredAnswer,
    Values,
)
from flopwatt.bench.records.store import load
from flopwatt.bench.stats.inference import MedianInterval


def make_benchmark(engine="numpy", question="cheapest", median=0.01, count=20, **changes):
    noise = random.Random(f"{engine}{question}")
    fields = {
        "name": f"test_questions[{question}-{engine}-float64]",
        "group": question,
        "params": {"question": question, "engine": engine, "dtype": "float64"},
        "param": f"{question}-{engine}-float64",
        "samples": tuple(median * noise.uniform(0.99, 1.01) for _ in range(count)),
        "engine": engine,
        "dtype": "float64",
        "points": 1_000_000,
        "answers": (StoredAnswer(question, {"cost": Values("USD", (1.5, None, math.inf), 3)}),),
        **changes,
    }
    return Benchmark(**fields)


def make_record(*benchmarks, **changes):
    fields = {
        "benchmarks": benchmarks or (make_benchmark(), make_benchmark("numba", median=0.001)),
        "machine": Machine(
            "amd-epyc-2-cores", Cpu("AMD EPYC", "x86_64", 2, 2, 2), 2**34, system="Linux", python="CPython 3.11.7"
        ),
        "commit": Commit("0123456789abcdef0123456789abcdef01234567", branch="main"),
        "created": "2026-09-28T10:11:12.345+00:00",
        "kind": "bench",
        "subject": "questions",
        **changes,
    }
    return Record(**fields)


def everything():
    """A benchmark with each field set."""
    return make_benchmark(
        "cupy",
        blocks=(12, 8),
        threads=2,
        evaluated=900_000,
        phases={
            "compile": Phase(MedianInterval(0.4)),
            "copy_in": Phase(None, "no copies"),
            "kernel": Phase(MedianInterval(1e-3), clock="event"),
        },
        stop=Stop("precision", 0.01, 5.0, MedianInterval(0.01, 0.0099, 0.0101, 0.95, 20)),
        cpu_seconds=Reading(0.02),
        noise=Noise(
            0.5,
            0.75,
            0.001,
            0.02,
            "performance",
            ("load average 1.5 on 2 cores",),
            (Disturbance(DisturbanceKind.LOAD, 1.5, 2),),
        ),
        energy=Energy(Reading(1.25), Reading(None, "no RAPL"), "nvml energy counter", "", Reading(1250.0)),
        memory=Memory(Reading(2e8), Reading(3e8)),
        gpu=GpuState(
            0, 1980.0, 1755.0, (), ("power cap",), ("power cap",), (3, 4), True, MedianInterval(0.001, 0.0009, 0.0011, 0.95, 20)
        ),
        max_relative_error=Reading(3e-16),
    )


def refused(path, match=None, **options):
    start = time.perf_counter()
    with pytest.raises(InputError, match=match) as caught:
        load(path, **options)
    assert time.perf_counter() - start < 1
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value.message
