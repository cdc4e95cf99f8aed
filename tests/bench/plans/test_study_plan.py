"""A study's plans on a machine of stated limits: what each engine should take, or why that cannot be said."""

import numpy as np
import pytest
from verify_problem import problem

from flopwatt.bench.errors import InputError
from flopwatt.bench.machine import ceilings
from flopwatt.bench.plans import study_plan
from flopwatt.bench.plans.study_plan import METHODS, StudyPlan, leading_part, numpy_seconds, plan_study
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels import engines
from flopwatt.kernels.analysis.roofline import MachineLimits, bound, estimate
from flopwatt.kernels.model.questions import Summary, Table

LIMITS = MachineLimits(1e11, 1e10, 5e11, 2e10, 5e9, cores=2)


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> StudyPlan:
    """Of the study ``quick``, where NumPy takes a second for each question."""
    monkeypatch.setattr(ceilings, "cpu", lambda dtype, threads=None: LIMITS)
    monkeypatch.setattr(study_plan, "numpy_seconds", lambda *asked: 1.0)
    return plan_study(load_study("quick"))


def test_every_question_has_its_bound_and_every_engines_estimate(plan: StudyPlan) -> None:
    assert [question.question for question in plan.questions] == list(plan.study.questions)
    for question in plan.questions:
        assert question.bound == bound(question.loads, question.scenarios, LIMITS)
        assert [expected.engine for expected in question.estimates] == list(engines.NAMES)
        for expected in question.estimates:
            assert (expected.seconds is None) == bool(expected.reason)


def test_estimates_are_by_each_engines_method(plan: StudyPlan) -> None:
    by_limits = [estimate(question.loads, question.scenarios, LIMITS) for question in plan.questions]
    assert [expected.seconds for expected in plan.estimates("numba")] == by_limits
    assert {expected.method for expected in plan.estimates("numba")} == {METHODS["numba"]}
    assert plan.seconds("numba") == pytest.approx(sum(by_limits))
    assert plan.seconds("numpy") == len(plan.questions)


@pytest.mark.skipif(engines.availability("cupy").available, reason="cupy is here")
def test_an_engine_that_is_not_here_has_no_time(plan: StudyPlan) -> None:
    assert plan.seconds("cupy") is None
    assert all(expected.reason.startswith("not here: ") for expected in plan.estimates("cupy"))


def test_a_dtype_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="no dtype 'float16'; there are float64, float32"):
        plan_study(load_study("quick"), "float16")


@pytest.mark.parametrize(
    ("points", "shape"), [(30, (2, 5, 3)), (29, (1, 5, 3)), (15, (1, 5, 3)), (14, (1, 4, 3)), (3, (1, 1, 3)), (2, (1, 1, 2))]
)
def test_a_part_has_the_last_axes_whole_and_the_others_middle(points: int, shape: tuple[int, ...]) -> None:
    whole = problem().grid
    part = leading_part(problem(), points).grid
    assert part.shape == shape
    for axis, own in zip(whole.axes, part.axes, strict=True):
        start = (len(axis) - len(own)) // 2
        np.testing.assert_array_equal(own.columns[axis.name], axis.columns[axis.name][start : start + len(own)])


@pytest.mark.parametrize("question", [Summary(name="", quantity="y"), Table(name="", quantities=("y",))])
def test_a_parts_seconds_are_scaled_to_the_grid(question: Summary | Table, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(np.arange(0.0, 1000.0, 0.125))
    monkeypatch.setattr(study_plan.time, "perf_counter", lambda: float(next(clock)))
    assert numpy_seconds(problem(), question, "float64", 30) == 0.125
    assert numpy_seconds(problem(), question, "float64", 15) == 0.25
