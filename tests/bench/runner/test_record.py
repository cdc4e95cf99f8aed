"""A study's run as a record: what was evaluated, what was measured beside the time, and all of it read back."""

import dataclasses

import pytest
from written_studies import HEAD

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
    assert [benchmark.params["engine"] for benchmark in record.benchmarks] == ["numpy"] * 3 + ["numba"] * 3
    questions = [question for engine in run.engines for question in engine.questions]
    for benchmark, timed in zip(record.benchmarks, questions, strict=True):
        assert benchmark.points == run.study.points
        assert benchmark.evaluated == timed.result.evaluated <= benchmark.points
        assert benchmark.extra["points_per_second"] == pytest.approx(benchmark.evaluated / timed.seconds)
        assert benchmark.answers[0].question == timed.question.name
        assert 0 <= benchmark.cpu_seconds.value < 10
        assert benchmark.noise is not None
    path = save(record, tmp_path)
    assert dataclasses.replace(load(path), path=None, created="") == record


def test_a_crowded_processor_is_named(run):
    """Two seconds of both cores, of which this process used half a second and others benchmark."""
    before, after = Moment(0.5, 10.0, 0.0, 100.0, 1.0), Moment(1.5, 11.5, 0.0, 104.0, 1.5)
    engine = run.engines[0]
    question = dataclasses.replace(engine.questions[0], around=(before, after), samples=(0.5, 0.5))
    crowded = dataclasses.replace(engine, questions=(question, *engine.questions[1:]))
    benchmark = record_of(dataclasses.replace(run, engines=(crowded, *run.engines[1:]))).benchmarks[0]
    assert benchmark.cpu_seconds.value == 0.25
    assert benchmark.noise.other_cpu_share == 0.25
    assert "other processes used 25% of the CPU time" in benchmark.noise.reasons


def test_a_shared_pass_is_counted_with_the_first_and_recorded(tmp_path):
    study = HEAD + "[axes.chip_count]\nvalues = [8, 16]\n"
    for name, kind in (("low", "minimize"), ("all", "summary"), ("spread", "quantiles")):
        study += f'[[questions]]\nname = "{name}"\n{kind} = "run_time"\n'
    path = tmp_path / "kin.toml"
    path.write_text(study)
    run = run_study(load_study(path), "all")
    for engine in run.engines:
        assert [timed.shared for timed in engine.questions] == [("low", "all", "spread")] * 3
        assert [timed.question.name for timed in engine.questions] == ["low", "all", "spread"]
        assert len({len(timed.samples) for timed in engine.questions}) == 1
    for benchmark in record_of(run).benchmarks:
        assert benchmark.cpu_seconds.value is None
        assert benchmark.extra["first_pass_of"] == ["low", "all", "spread"]
