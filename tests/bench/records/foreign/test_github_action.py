"""github-action-benchmark's custom list and its published history."""

from dataclasses import astuple

import pytest
from foreign_examples import EXAMPLES, changed, example

from flopwatt.bench.records.foreign.github_action import read
from flopwatt.bench.records.store import load
from flopwatt.kernels.validation.validator import DataError


def test_a_list_of_values_with_units_of_time_or_rates():
    record = read(example("github_action_list"))
    assert {benchmark.name: astuple(benchmark.summary) for benchmark in record.benchmarks} == {
        "parse": ("mean", pytest.approx(0.0125), None, None),
        "emit": ("mean", pytest.approx(340e-9), None, None),
        "serve": ("mean", pytest.approx(0.0005), None, 91),
    }
    assert record.unreadable == {"binary size": "its unit is 'bytes', which is no time"}
    assert record.benchmarks[0].extra == {"range": "± 3"}


def test_of_a_history_the_newest_entry_of_each_suite_counts():
    record = load(EXAMPLES / "github_action_data.js")
    assert {benchmark.fullname: astuple(benchmark.summary) for benchmark in record.benchmarks} == {
        "Python/t.py::test_x": ("mean", pytest.approx(0.02), 0.0002, 20),
        "Rust/bench_fib_10": ("mean", pytest.approx(254e-9), None, None),
        "C++/Fibonacci 10": ("mean", pytest.approx(344.5e-9), pytest.approx(19.5e-9), 100),
    }
    assert record.commit.id == "b" * 40
    assert "of Python's 2 entries the newest is compared" in record.remarks


@pytest.mark.parametrize("value", [None, float("nan"), 0, "12"])
def test_a_value_that_is_none_costs_itself_alone(value):
    record = read(changed(example("github_action_list"), (0, "value"), value))
    assert "parse" in record.unreadable
    assert len(record.benchmarks) == 2


def test_a_negative_time_and_a_missing_key_are_refused():
    with pytest.raises(DataError, match=r"\[0\].value must be above 0, not -1 \(benchmark 'parse'\)"):
        read(changed(example("github_action_list"), (0, "value"), -1))
    with pytest.raises(DataError, match=r"\[0\].unit is missing"):
        read(changed(example("github_action_list"), (0, "unit"), ...))
