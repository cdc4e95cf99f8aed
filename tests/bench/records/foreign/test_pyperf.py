"""pyperf's JSON: runs, each a process."""

import pytest
from foreign_examples import changed, example

from flopwatt.bench.records.foreign.pyperf import read
from flopwatt.kernels.validation.validator import DataError

RUNS = ("benchmarks", 0, "runs")


def test_values_of_runs_are_blocks_and_warmups_and_calibration_are_left_out():
    record = read(example("pyperf"))
    first = record.benchmarks[0]
    runs = example("pyperf")["benchmarks"][0]["runs"]
    assert "values" not in runs[0]
    assert first.samples == (*runs[1]["values"], *runs[2]["values"])
    assert (first.name, first.blocks, first.iterations) == ("sum", (3, 3), 2048)
    assert record.source.version == "2.11.0"
    assert (record.machine.cpu.threads, record.machine.system) == (2, "Linux")


def test_inner_loops_count_as_calls():
    document = changed(example("pyperf"), ("metadata", "inner_loops"), 10)
    assert read(document).benchmarks[0].iterations == 20480


def test_a_name_may_stand_in_the_files_metadata():
    document = changed(example("pyperf"), ("benchmarks", 1), ...)
    document = changed(document, ("benchmarks", 0, "metadata"), ...)
    assert read(changed(document, ("metadata", "name"), "alone")).benchmarks[0].name == "alone"
    with pytest.raises(DataError, match=r"benchmarks\[0\].metadata.name is missing"):
        read(document)


def test_what_is_no_time_costs_its_benchmark():
    assert read(changed(example("pyperf"), (*RUNS, 1, "values", 0), None)).unreadable == {
        "sum": "runs[1].values[0] is null, not a number"
    }
    bytes_ = read(changed(example("pyperf"), ("metadata", "unit"), "byte"))
    assert bytes_.unreadable == dict.fromkeys(("sum", "sort"), "its unit is 'byte', which is no time")
    assert read(changed(example("pyperf"), RUNS, [])).unreadable == {"sum": "no run of it has values"}


def test_no_loops_and_another_version_are_refused():
    with pytest.raises(DataError, match=r"benchmarks\[0\].runs\[1\].metadata.loops must be 1 or more.*\(benchmark 'sum'\)"):
        read(changed(example("pyperf"), ("metadata", "loops"), 0))
    with pytest.raises(DataError, match=r"version must be 1.0, not '2.0'"):
        read(changed(example("pyperf"), ("version",), "2.0"))
