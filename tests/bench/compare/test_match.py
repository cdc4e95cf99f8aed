"""Comparing records: which benchmarks belong together, which cannot be compared, and what the exit code says."""

import dataclasses
import random
import time

import pytest
from made_records import MACHINE, record, timed, verdict

from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.options import ComparisonOptions
from flopwatt.bench.machine.info import Cpu, Machine


def test_benchmarks_match_by_parameters_and_not_by_position():
    names = [f"b{i}" for i in range(10)]
    base = record(*(timed(name, 0.01 * (i + 1)) for i, name in enumerate(names)))
    shuffled = list(base.benchmarks)
    random.Random(1).shuffle(shuffled)
    reordered = [
        dataclasses.replace(one, params=dict(reversed(one.params.items())), name="test_it[other id]") for one in shuffled
    ]
    outcome = compare([base], [record(*reordered)])
    assert outcome.counts == {"same": 10}


def test_missing_and_new():
    outcome = compare([record(timed("a"), timed("gone"))], [record(timed("a"), timed("fresh"))])
    assert {row.name: row.verdict for row in outcome.rows} == {
        "test_it[gone]": "missing",
        "test_it[fresh]": "new",
        "test_it[a]": "same",
    }
    assert outcome.exit_code == 0
    strict = compare([record(timed("a"), timed("gone"))], [record(timed("a"))], ComparisonOptions(strict=True))
    assert strict.exit_code == 4


def test_nothing_in_common_never_passes():
    outcome = compare([record(timed("a"))], [record(timed("b"))])
    assert outcome.exit_code == 3
    assert compare([record()], [record()]).exit_code == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dtype": "float32"}, "dtype float64 and float32"),
        ({"dtype": "float32", "params": {"case": "a", "engine": "numpy", "dtype": "float32"}}, "dtype float64 and float32"),
        ({"points": 2000}, "points 1000 and 2000"),
        ({"extra": {"first_pass_of": ["a", "b"]}}, "a first pass for itself alone and for a, b"),
    ],
)
def test_incomparable_benchmarks(change, reason):
    row = verdict(timed("a"), timed("a", 0.02, **change))
    assert (row.verdict, row.reason, row.fails) == ("incomparable", reason, ())


def test_another_dtype_beside_its_own_is_new():
    other = timed("a", dtype="float32", params={"case": "a", "engine": "numpy", "dtype": "float32"})
    outcome = compare([record(timed("a"))], [record(timed("a"), other)])
    assert [row.verdict for row in outcome.rows] == ["new", "same"]


def test_other_machines_and_clock_policies_are_incomparable():
    powersave = dataclasses.replace(MACHINE, cpu=dataclasses.replace(MACHINE.cpu, governor="powersave"))
    outcome = compare([record(timed("a"))], [record(timed("a"), machine=powersave)])
    assert outcome.rows[0].verdict == "incomparable"
    assert "governor" in outcome.rows[0].reason
    assert outcome.exit_code == 3
    across = ComparisonOptions(across_machines=True)
    assert compare([record(timed("a"))], [record(timed("a"), machine=powersave)], across).exit_code == 0


def test_of_several_machines_the_same_one_is_compared():
    other = Machine("intel-xeon-8-cores", Cpu("Intel Xeon", "x86_64", 8, 8, 8))
    baseline = [record(timed("a", 0.001), machine=other), record(timed("a"))]
    assert compare(baseline, [record(timed("a"))]).counts == {"same": 1}


def test_of_several_records_the_newest_counts():
    assert compare([record(timed("a", 0.5)), record(timed("a"))], [record(timed("a", 9)), record(timed("a"))]).counts == {
        "same": 1
    }


@pytest.mark.alone
def test_comparing_is_quick_for_large_records():
    base = record(*(timed(f"b{i}", count=1000) for i in range(100)))
    cand = record(*(timed(f"b{i}", count=1000, seed=1) for i in range(100)))
    start = time.perf_counter()
    assert compare([base], [cand]).counts == {"same": 100}
    assert time.perf_counter() - start < 10
