"""Google Benchmark's JSON: repetitions, aggregates, units, errors."""

import pytest
from foreign_examples import changed, example

from flopwatt.bench.records.foreign.google_benchmark import read
from flopwatt.kernels.validation.validator import DataError


def rows(*items):
    return {"context": {"num_cpus": 8}, "benchmarks": list(items)}


def row(**changes):
    return {"name": "BM_x/8", "iterations": 1000, "real_time": 12.0, "cpu_time": 11.0, "time_unit": "ns", **changes}


def test_repetitions_are_samples_and_aggregates_beside_them_are_passed_over():
    record = read(example("google_benchmark"))
    first = record.benchmarks[0]
    assert [benchmark.name for benchmark in record.benchmarks] == ["sum_it/8", "sum_it/64"]
    assert first.samples == pytest.approx((236.85840930547857e-9, 238.09012230238695e-9, 245.72673288321883e-9))
    assert (first.iterations, first.threads, first.blocks) == (5807, 1, ())
    assert first.cpu_seconds.value == pytest.approx(236.99e-9, rel=1e-4)
    assert (record.source.version, record.machine.cpu.threads) == ("1.9.5", 2)
    assert record.remarks == ()


def test_an_error_costs_its_benchmark():
    assert read(example("google_benchmark")).unreadable == {"skipped": "no such device"}
    skipped = read(rows(row(skipped=True, skip_message="too small"), row(name="other")))
    assert skipped.unreadable == {"BM_x/8": "too small"}
    assert len(skipped.benchmarks) == 1


def test_aggregates_alone_are_a_summary():
    record = read(example("google_benchmark_aggregates"))
    summary = record.benchmarks[0].summary
    assert (summary.statistic, summary.count) == ("median", 3)
    assert summary.seconds == pytest.approx(239.86e-9, rel=1e-4)
    assert summary.spread == pytest.approx(5.697e-9, rel=1e-3)
    assert "--benchmark_repetitions=N" in record.remarks[0]


def test_aggregates_of_old_versions_are_told_by_their_names():
    old = rows(*(row(name=f"BM_x/8_{name}", iterations=5, real_time=time) for name, time in (("mean", 12.0), ("stddev", 1.0))))
    (benchmark,) = read(old).benchmarks
    assert benchmark.name == "BM_x/8"
    assert (benchmark.summary.statistic, benchmark.summary.count) == ("mean", 5)
    assert benchmark.summary.spread == pytest.approx(1e-9)


@pytest.mark.parametrize(("unit", "seconds"), [("ns", 12e-9), ("us", 12e-6), ("ms", 12e-3), ("s", 12.0)])
def test_units(unit, seconds):
    assert read(rows(row(time_unit=unit))).benchmarks[0].samples == pytest.approx((seconds,))


def test_an_unknown_unit_and_no_iterations_are_refused():
    with pytest.raises(DataError, match=r"benchmarks\[0\].time_unit must be ns, us, ms, s, not 'min' \(benchmark 'BM_x/8'\)"):
        read(rows(row(time_unit="min")))
    with pytest.raises(DataError, match=r"iterations must be 1 or more"):
        read(rows(row(iterations=0)))


@pytest.mark.parametrize("value", [float("nan"), None, "12", -1.0, 0.0])
def test_a_time_that_is_none_costs_its_benchmark(value):
    record = read(changed(example("google_benchmark"), ("benchmarks", 0, "real_time"), value))
    assert list(record.unreadable) == ["sum_it/8", "skipped"]


def test_one_registered_twice_is_there_twice():
    twice = read(rows(row(repetition_index=0), row(repetition_index=0)))
    assert [benchmark.key for benchmark in twice.benchmarks] == [(("", "BM_x/8"),)] * 2


def test_fits_over_a_family_are_no_benchmarks():
    big_o = {"name": "BM_x_BigO", "run_name": "BM_x", "run_type": "aggregate", "aggregate_name": "BigO", "big_o": "N"}
    record = read(rows(row(), big_o))
    assert (len(record.benchmarks), record.unreadable) == (1, {})
