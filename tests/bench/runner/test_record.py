"""A study's run as a record: what was evaluated, what was measured beside the time, and all of it read back."""

import dataclasses

import pytest

from flopwatt.bench.machine.noise import Moment
from flopwatt.bench.records.store import load, save
from flopwatt.bench.runner.record import record_of
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import load_study


@pytest.fixture(scope="module")
def run():
    return run_study(load_study("quick"), ["numpy", "numba"], budget_seconds=0.05)


def test_each_engine_and_question_is_a_benchmark(run, tmp_path):
    record = record_of(run)
    assert [one.params["engine"] for one in record.benchmarks] == ["numpy"] * 3 + ["numba"] * 3
    for one, timed in zip(record.benchmarks, (each for engine in run.engines for each in engine.questions), strict=True):
        assert one.points == run.study.points
        assert one.evaluated == timed.result.evaluated <= one.points
        assert one.extra["points_per_second"] == pytest.approx(one.evaluated / timed.seconds)
        assert one.answers[0].question == timed.question.name
        assert 0 <= one.cpu_seconds.value < 10
        assert one.noise is not None
    path = save(record, tmp_path)
    assert dataclasses.replace(load(path), path=None, created="") == record


def test_a_crowded_processor_is_named(run):
    """Two seconds of both cores, of which this process used half a second and others one."""
    before, after = Moment(0.5, 10.0, 0.0, 100.0, 1.0), Moment(1.5, 11.5, 0.0, 104.0, 1.5)
    engine = run.engines[0]
    question = dataclasses.replace(engine.questions[0], around=(before, after), samples=(0.5, 0.5))
    crowded = dataclasses.replace(engine, questions=(question, *engine.questions[1:]))
    one = record_of(dataclasses.replace(run, engines=(crowded, *run.engines[1:]))).benchmarks[0]
    assert one.cpu_seconds.value == 0.25
    assert one.noise.other_cpu_share == 0.25
    assert "other processes used 25% of the CPU time" in one.noise.reasons
