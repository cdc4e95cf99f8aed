"""asv's results: statistics, samples, parameters, what failed."""

import math
from dataclasses import astuple

import pytest
from foreign_examples import changed, example

from flopwatt.bench.records.foreign.asv import read
from flopwatt.kernels.validation.validator import DataError

COLUMNS = (
    "result",
    "params",
    "version",
    "started_at",
    "duration",
    "ci_a",
    "ci_b",
    "q_25",
    "q_75",
    "number",
    "repeat",
    "samples",
)


def cell(name, column, position=None):
    place = ("results", name, COLUMNS.index(column))
    return place if position is None else (*place, position)


SUM, PLAIN = "b.TimeSuite.time_sum", "b.time_plain"


def test_every_combination_of_parameters_is_a_benchmark():
    record = read(example("asv"))
    assert [benchmark.name for benchmark in record.benchmarks] == [
        f"{SUM}(10, 'a')", f"{SUM}(10, 'b')", f"{SUM}(20, 'a')", PLAIN,
    ]  # fmt: skip
    assert record.benchmarks[1].params == {"param1": "10", "param2": "'b'"}
    spread = (1.6113e-07 - 1.5116e-07) / 1.349
    assert astuple(record.benchmarks[3].summary) == ("median", 1.5786919589293227e-07, pytest.approx(spread), 10)
    assert record.benchmarks[3].iterations == 6827
    assert record.commit.id == "c1fb6ee281a0c92f9e5bef9ea80a704d55108330"
    assert record.machine.cpu.model == "AMD EPYC"
    assert "asv run --record-samples" in record.remarks[0]


def test_samples_where_they_were_recorded():
    record = read(example("asv_samples"))
    assert [len(benchmark.samples) for benchmark in record.benchmarks] == [5, 5, 5, 5]
    assert record.benchmarks[0].samples[0] == 3.8700090954080224e-07
    assert record.remarks == ()


def test_what_failed_and_what_is_no_time_cost_themselves_alone():
    assert read(example("asv")).unreadable == {
        f"{SUM}(20, 'b')": "it failed: its result is null",
        "b.track_size": "it is no time: asv times what is named time_...",
    }
    assert f"{SUM}(10, 'a')" in read(changed(example("asv"), cell(SUM, "result", 0), math.nan)).unreadable
    assert PLAIN in read(changed(example("asv"), cell(PLAIN, "result"), None)).unreadable


def test_an_interval_without_ends_is_no_fault():
    assert len(read(changed(example("asv"), cell(PLAIN, "ci_a", 0), -math.inf)).benchmarks) == 4


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("q_25", 1.0, r"results.b.time_plain.stats_q_25 is 1, above result, 1.57869e-07 \(benchmark 'b.time_plain'\)"),
        ("number", 0, r"results.b.time_plain.stats_number must be 1 or more"),
        ("repeat", -1, r"results.b.time_plain.stats_repeat must be 1 or more"),
    ],
)
def test_impossible_statistics_are_refused(column, value, message):
    with pytest.raises(DataError, match=message):
        read(changed(example("asv"), cell(PLAIN, column, 0), value))


def test_another_version_and_other_numbers_of_results_than_of_parameters_are_refused():
    with pytest.raises(DataError, match="version must be 2, not 1"):
        read(changed(example("asv"), ("version",), 1))
    with pytest.raises(DataError, match=r"time_sum.result must hold 100000000 values, .* not 4"):
        read(changed(example("asv"), cell(SUM, "params"), [["a"] * 100] * 4))
