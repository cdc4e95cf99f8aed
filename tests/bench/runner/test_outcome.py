"""What a run's outcome adds up from its questions, and which answer it hands over."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from flopwatt.bench.errors import InputError, UnknownNameError
from flopwatt.bench.machine.noise import Moment
from flopwatt.bench.runner.outcome import EngineRun, QuestionRun, Run
from flopwatt.kernels.model.questions import Best, Result

MOMENT = Moment(None, None, None, None, 0.0)


def question_run(name: str, samples: tuple[float, ...], evaluated: int, error: float = 0.0) -> QuestionRun:
    question = Best(name=name, objective="cost")
    return QuestionRun(question, Result({}, evaluated, pruned=7), 0.25, samples, error, (MOMENT, MOMENT))


def engine_run(engine: str, seconds: float) -> EngineRun:
    runs = question_run("a", (seconds, 9 * seconds, seconds), 100, 1e-9), question_run("b", (seconds,), 300, 3e-9)
    return EngineRun(engine, "float64", "", runs, None, "grid")


@pytest.fixture
def run() -> Run:
    answers: Any = [SimpleNamespace(engine=engine, name=name) for engine in ("numpy", "numba") for name in ("a", "b")]
    study: Any = SimpleNamespace(questions=[Best(name=name, objective="cost") for name in ("a", "b")])
    return Run(study, "float64", (engine_run("numpy", 2.0), engine_run("numba", 0.5)), tuple(answers))


def test_an_engine_takes_the_median_of_each_question_and_counts_what_it_computed(run: Run) -> None:
    numpy = run.engines[0]
    assert [question.seconds for question in numpy.questions] == [2.0, 2.0]
    assert (numpy.seconds, numpy.prepare_seconds) == (4.0, 0.5)
    assert numpy.evaluated == 400  # what was pruned is not counted
    assert numpy.points_per_second == 100
    assert numpy.max_relative_error == 3e-9


def test_an_answer_is_the_fastest_engines_unless_another_is_named(run: Run) -> None:
    assert run.fastest().engine == "numba"
    assert run.answer("b").engine == "numba"
    assert run.answer("b", "numpy") is run.answers[1]
    assert run.answers_of("numpy") == run.answers[:2]
    assert run.shown() == run.answers[2:]
    assert [engine.engine for engine in run.shown_engines()] == ["numba"]


def test_where_each_question_went_to_one_engine_every_answer_is_shown(run: Run) -> None:
    numpy, numba = (replace(engine, questions=engine.questions[i : i + 1]) for i, engine in enumerate(run.engines))
    mixed = replace(run, engines=(numba, numpy), answers=(run.answers[3], run.answers[0]))
    assert [(answer.name, answer.engine) for answer in mixed.shown()] == [("a", "numpy"), ("b", "numba")]
    assert [engine.engine for engine in mixed.shown_engines()] == ["numba", "numpy"]
    assert (mixed.engine_of("a"), mixed.engine_of("b")) == (numpy, numba)
    assert (mixed.answer("a").engine, mixed.answer("b").engine) == ("numpy", "numba")
    with pytest.raises(UnknownNameError, match="'numba' did not answer 'a'; numpy did"):
        mixed.answer("a", "numba")


@pytest.mark.parametrize(
    ("question", "engine", "says"),
    [
        ("c", None, "question: there is no question 'c'; there are a, b"),
        ("A", None, "question: there is no question 'A'; did you mean 'a'?"),
        ("a", "cupy", "engine: 'cupy' did not answer 'a'; numpy, numba did"),
    ],
)
def test_what_was_not_answered_is_a_key_error_that_lists_the_names(
    run: Run, question: str, engine: str | None, says: str
) -> None:
    with pytest.raises(UnknownNameError) as error:
        run.answer(question, engine)
    assert str(error.value) == says
    assert isinstance(error.value, KeyError)
    assert isinstance(error.value, InputError)
