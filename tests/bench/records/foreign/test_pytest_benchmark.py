"""pytest-benchmark's files, with samples and with statistics alone."""

import math
from dataclasses import astuple

import pytest
from foreign_examples import changed, example

from flopwatt.bench.records.foreign.pytest_benchmark import read
from flopwatt.bench.records.summary import RecordSource, SampleSummary
from flopwatt.kernels.validation.validator import DataError

STATS = ("benchmarks", 0, "stats")


def test_a_file_with_samples():
    record = read(example("pytest_benchmark"))
    (benchmark,) = record.benchmarks
    assert record.source == RecordSource("pytest-benchmark", "5.1.0")
    assert record.machine.name == "unknown"
    assert record.machine.cpu.model == "AMD EPYC 7B13"
    assert record.commit.id == "a" * 40
    assert (benchmark.fullname, benchmark.params) == ("t.py::TestIt::test_x[10]", {"n": 10})
    assert len(benchmark.samples) == 14
    assert benchmark.summary is None


def test_one_zero_sample_is_left_out_and_said():
    assert read(example("pytest_benchmark")).remarks == ("t.py::TestIt::test_x[10]: 1 of 15 samples left out, for they are 0",)


def test_many_zeros_are_a_clock_too_coarse():
    document = changed(example("pytest_benchmark"), (*STATS, "data"), [0.0, 0.0, 1e-7])
    record = read(document)
    assert record.benchmarks == ()
    assert record.unreadable == {"t.py::TestIt::test_x[10]": "2 of 3 samples are 0: the clock is too coarse for them"}


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -1e-3, "0.1", True, 1e300, 10**400])
def test_a_sample_that_is_no_time_costs_its_benchmark_alone(value):
    document = example("pytest_benchmark")
    other = changed(document["benchmarks"][0], ("fullname",), "t.py::test_y")
    document["benchmarks"].append(changed(other, ("name",), "test_y"))
    record = read(changed(document, (*STATS, "data", 3), value))
    assert [benchmark.name for benchmark in record.benchmarks] == ["test_y"]
    (reason,) = record.unreadable.values()
    assert reason.startswith("stats.data[3] is ")


def test_a_file_without_samples_is_read_by_its_median_and_iqr():
    record = read(example("pytest_benchmark_without_data"))
    assert record.benchmarks[0].samples == ()
    assert astuple(record.benchmarks[0].summary) == ("median", 0.010061836899667534, pytest.approx(1e-5 / 1.349), 30)
    (remark,) = record.remarks
    assert remark.startswith("compared by pytest-benchmark's medians and IQR, for the file holds no raw samples; ")
    assert "--benchmark-save-data" in remark


def test_without_a_median_the_mean_is_read():
    document = changed(example("pytest_benchmark_without_data"), (*STATS, "median"), ...)
    assert read(document).benchmarks[0].summary == SampleSummary("mean", 0.010061299058300232, 1e-5, 30)


def test_the_spread_of_a_single_round_is_not_known():
    document = changed(example("pytest_benchmark_without_data"), (*STATS, "rounds"), 1)
    assert read(document).benchmarks[0].summary.spread is None


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("rounds", 0, r"benchmarks\[0\].stats.rounds must be 1 or more .* \(benchmark 't.py::test_x'\)"),
        ("rounds", -3, r"rounds must be 1 or more"),
        ("iterations", 0, r"iterations must be 1 or more .* not 0 \(benchmark 't.py::test_x'\)"),
        ("iterations", 1.5, r"iterations must be a whole number, not 1.5"),
        ("q1", 0.5, r"benchmarks\[0\].stats.q1 is 0.5, above median, 0.0100618 \(benchmark"),
        ("max", 0.001, r"q3 is 0.0100844, above max, 0.001"),
        ("iqr", -1.0, r"iqr must be 0 or more"),
        ("data", 3, r"data must be a list of numbers"),
    ],
)
def test_impossible_statistics_are_refused_with_the_benchmark_and_the_key(key, value, message):
    with pytest.raises(DataError, match=message):
        read(changed(example("pytest_benchmark_without_data"), (*STATS, key), value))


@pytest.mark.parametrize("key", ["params", "extra_info"])
def test_a_row_that_is_wrong_is_named(key):
    with pytest.raises(DataError, match=rf"benchmarks\[0\].{key} must be an object, not 'text'"):
        read(changed(example("pytest_benchmark"), ("benchmarks", 0, key), "text"))


def test_parameters_that_are_no_scalars_become_text():
    document = changed(example("pytest_benchmark"), ("benchmarks", 0, "params"), {"a": [1, 2], "b": math.nan, "c": None})
    assert read(document).benchmarks[0].params == {"a": "[1, 2]", "b": "nan"}
