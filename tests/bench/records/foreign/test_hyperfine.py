"""hyperfine's JSON: every run's time."""

import pytest
from foreign_examples import changed, example

from flopwatt.bench.records.foreign.hyperfine import read
from flopwatt.bench.records.summary import SampleSummary
from flopwatt.kernels.validation.validator import DataError


def test_times_are_samples_and_parameters_are_kept():
    record = read(example("hyperfine"))
    first = record.benchmarks[0]
    assert (first.name, first.params) == ("sleep 0.1", {"delay": "0.1"})
    assert first.samples == (0.10188, 0.10211, 0.10204, 0.10219, 0.10251, 0.10217)
    assert first.cpu_seconds.value == pytest.approx(0.00155)
    assert record.source.tool == "hyperfine"


def test_brackets_of_a_command_are_no_parameters():
    document = changed(example("hyperfine"), ("results", 0, "parameters"), ...)
    document = changed(document, ("results", 0, "command"), "bash -c '[ -f x ]'")
    assert read(document).benchmarks[0].key == (("", "bash -c '"), ("[]", "[ -f x ]'"))


def test_without_times_the_median_is_read():
    record = read(changed(example("hyperfine"), ("results", 0, "times"), ...))
    assert record.benchmarks[0].summary == SampleSummary("median", 0.10211, 0.00021)
    assert "for the file holds no raw samples of 1 of its 2 benchmarks" in record.remarks[0]


def test_a_null_time_costs_its_command():
    record = read(changed(example("hyperfine"), ("results", 0, "times", 2), None))
    assert record.unreadable == {"sleep 0.1": "times[2] is null, not a number"}
    assert len(record.benchmarks) == 1


def test_a_median_outside_of_the_range_is_refused():
    document = changed(changed(example("hyperfine"), ("results", 0, "times"), ...), ("results", 0, "median"), 0.2)
    with pytest.raises(DataError, match=r"results\[0\].median is 0.2, above max, 0.10251 \(benchmark 'sleep 0.1'\)"):
        read(document)
