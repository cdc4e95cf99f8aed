"""A run of a study as a record: one benchmark for each engine and question, with the answers' values."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from ...kernels.model.questions import Question
from ..answers.answer import Answer
from ..answers.column import Column
from ..machine.info import GPU_ENGINES, this_machine
from ..machine.noise import noise
from ..machine.reference_loops import VERSION
from ..records.record import Benchmark, Memory, Phase, Reading, Record, Stop, StoredAnswer, Values, sample_of
from ..records.reference import Reference
from ..records.store import save
from ..stats.inference import MedianInterval
from ..study.loader import Study
from .kinds import KINDS
from .outcome import EngineRun, QuestionRun, Run


def record_of(run: Run) -> Record:
    """Make the record of a run; it is not written yet."""
    benchmarks = tuple(
        _benchmark(run, engine, question, answer)
        for engine in run.engines
        for question, answer in zip(engine.questions, run.answers_of(engine.engine), strict=True)
    )
    absent = {state.name: state.reason for state in run.absent}
    options = {"threads": run.threads, "dtype": run.dtype, "absent_engines": absent}
    return Record(benchmarks=benchmarks, kind="run", subject=run.study.name, study=study_facts(run.study), options=options)


def study_facts(study: Study) -> dict[str, Any]:
    """Gather what identifies a study and what it assumed; no path of this machine."""
    return {
        "name": study.name,
        "title": study.title,
        "digest": study.digest,
        "points": study.points,
        "shape": {axis.name: len(axis) for axis in study.problem.grid.axes},
        "overrides": list(study.overrides),
        "assumptions": {assumption.quantity: assumption.value for assumption in study.assumptions},
    }


def _benchmark(run: Run, engine: EngineRun, timed: QuestionRun, answer: Answer) -> Benchmark:
    study, question, samples = run.study, timed.question, timed.samples
    before, after = timed.around
    phases = {"compile": Phase(MedianInterval(timed.prepare_seconds))}
    if len(samples) > 1:  # the first call fills caches; it is kept, but apart
        phases["first_call"], samples = Phase(MedianInterval(samples[0])), samples[1:]
    params: dict[str, Any] = {"study": study.name, "question": question.name, "engine": engine.engine, "dtype": engine.dtype}
    if study.overrides:
        params["set"] = ", ".join(study.overrides)
    param = "-".join([question.name, engine.engine, engine.dtype])
    extra = {"points_per_second": timed.result.evaluated / timed.seconds, "device": engine.device, "checked": engine.checked}
    cpu = Reading((after.own - before.own) / len(timed.samples))
    if timed.shared:  # its samples are not those that it would have alone
        extra["first_pass_of"] = list(timed.shared)
        cpu = Reading(None, f"measured together with {', '.join(name for name in timed.shared if name != question.name)}")
    return Benchmark(
        name=f"{study.name}[{param}]",
        fullname=f"flopwatt run {study.name}[{param}]",
        group=f"{study.name}: {question.name}",
        params=params,
        param=param,
        samples=samples,
        extra=extra,
        options={"timer": "perf_counter", "disable_gc": False, "warmup": len(timed.samples) > 1},
        reference=Reference(VERSION, timed.reference) if timed.reference else None,
        engine=engine.engine,
        dtype=engine.dtype,
        points=study.points,
        evaluated=timed.result.evaluated,
        threads=run.threads,
        phases=phases,
        stop=Stop("budget"),
        cpu_seconds=cpu,
        noise=noise(before, after, this_machine().cpu.governor),
        memory=_memory(engine),
        answers=(stored_answer(question, answer),),
        max_relative_error=Reading(timed.max_relative_error),
    )


def _memory(engine: EngineRun) -> Memory:
    peak = engine.peak_memory_bytes
    host = Reading(None, "the system does not tell") if peak is None else Reading(float(peak))
    on_gpu = engine.engine in GPU_ENGINES
    apart = Reading(None, "the peak of a run is that of all its questions")
    return Memory(host, apart, Reading(None, "not measured by run; bench measures it" if on_gpu else "no device is used"))


def stored_answer(question: Question, answer: Answer) -> StoredAnswer:
    """Turn an answer's values into what a record keeps, each with what equal means for it."""
    recorded = KINDS.of(question).recorded
    values = {name: _values(column, recorded(question, name)) for name, column in answer.values.items()}
    return StoredAnswer(question.name, values)


def _values(column: Column, equality: str) -> Values:
    data = [None if np.isnan(value) else float(value) for value in np.asarray(column.data, dtype=np.float64).ravel()]
    return sample_of(data, column.unit, equality)


def save_run(run: Run, folder: Path, machine_name: str | None = None, label: str = "") -> Path:
    """Write the record of a study's run.

    Parameters
    ----------
    run
        What it is of.
    folder
        The record is written under ``folder/<machine>/``.
    machine_name
        The machine's name in the record, in place of the hardware's.
    label
        The record's label.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        As `records.store.save` does.
    """
    return save(dataclasses.replace(record_of(run), label=label), folder, machine_name)
