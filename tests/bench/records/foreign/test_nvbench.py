"""NVBench's JSON: summaries by tag, axes and devices as parameters."""

from dataclasses import astuple

import pytest
from foreign_examples import changed, example

from flopwatt.bench.records.foreign.nvbench import read
from flopwatt.kernels.validation.validator import DataError

FIRST = ("benchmarks", 0, "states", 0)


def without(*tags):
    document = example("nvbench")
    state = document["benchmarks"][0]["states"][0]
    state["summaries"] = [item for item in state["summaries"] if item["tag"] not in tags]
    return read(document)


def test_states_are_benchmarks_with_axes_and_device_as_parameters():
    record = read(example("nvbench"))
    assert [dict(benchmark.params) for benchmark in record.benchmarks] == [
        {"Duration": "0.001", "device": "NVIDIA H100"},
        {"Duration": "0.002", "device": "NVIDIA H100"},
        {"Duration": "0.001", "device": "NVIDIA L4"},
    ]
    assert record.benchmarks[0].fullname == "sleep[Device=0 Duration=0.001]"
    assert record.source.version == "0.1.0"


def test_devices_of_one_name_are_told_apart_by_number():
    document = changed(example("nvbench"), ("devices", 1, "name"), "NVIDIA H100")
    assert read(document).benchmarks[2].params["device"] == "NVIDIA H100 #1"


def test_the_gpus_mean_and_relative_deviation_or_median_and_quartiles():
    mean, median, _ = read(example("nvbench")).benchmarks
    assert astuple(mean.summary) == ("mean", 0.0010034, pytest.approx(0.0010034 * 0.0005), 499)
    assert astuple(median.summary) == ("median", 0.002001, pytest.approx(2.698e-06 / 1.349), 499)


def test_samples_in_the_binary_file_are_not_read_and_that_is_said():
    assert "those that --jsonbin writes beside it are not read" in read(example("nvbench")).remarks[0]


def test_a_state_that_was_skipped_costs_itself_alone():
    assert read(example("nvbench")).unreadable == {"sleep[Device=0 Duration=0.003]": "it was skipped: not enough memory"}


def test_other_clocks_are_taken_where_the_gpus_is_missing():
    assert without("nv/cold/time/gpu/mean").benchmarks[0].summary.seconds == pytest.approx(0.0010034 * 1.006)
    batch = without("nv/cold/time/gpu/mean", "nv/cold/time/cpu/mean").benchmarks[0].summary
    assert astuple(batch) == ("mean", pytest.approx(0.0010034 * 0.998), None, 524)
    nothing = without("nv/cold/time/gpu/mean", "nv/cold/time/cpu/mean", "nv/batch/time/gpu/mean")
    assert "it has none of the summaries" in nothing.unreadable["sleep[Device=0 Duration=0.001]"]


@pytest.mark.parametrize(("value", "problem"), [("0", "must be 1 or more"), ("2.5", "must be a whole number")])
def test_an_impossible_count_is_refused(value, problem):
    document = example("nvbench")
    index = [item["tag"] for item in document["benchmarks"][0]["states"][0]["summaries"]].index("nv/cold/sample_size")
    with pytest.raises(DataError, match=rf"nv/cold/sample_size {problem}.*\(benchmark 'sleep\[Device=0 Duration=0.001\]'\)"):
        read(changed(document, (*FIRST, "summaries", index, "data", 0, "value"), value))


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "0", "text"])
def test_a_mean_that_is_no_time_costs_its_state(value):
    document = example("nvbench")
    index = [item["tag"] for item in document["benchmarks"][0]["states"][0]["summaries"]].index("nv/cold/time/gpu/mean")
    record = read(changed(document, (*FIRST, "summaries", index, "data", 0, "value"), value))
    assert "sleep[Device=0 Duration=0.001]" in record.unreadable
