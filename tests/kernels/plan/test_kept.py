"""Results that are kept: by the objects that they are of, and no more of them than there is room for."""

from dataclasses import replace

import pytest
from verify_problem import problem

from flopwatt.kernels.model.questions import Best, Problem, Question
from flopwatt.kernels.plan import kept
from flopwatt.kernels.plan.collapse import collapse
from flopwatt.kernels.plan.kept import keep_latest
from flopwatt.kernels.plan.order import CPU
from flopwatt.kernels.plan.planner import make

BEST = Best(name="best", objective="y")


def test_a_plan_is_made_once_of_the_same_problem_and_question() -> None:
    asked = problem()
    small = collapse(asked, BEST)
    assert collapse(asked, BEST) is small
    plan = make(small.problem, BEST, "float64")
    assert make(small.problem, BEST, "float64") is make(small.problem, BEST, "float64", CPU) is plan
    assert make(small.problem, BEST, "float32") is not plan
    assert make(small.problem, replace(BEST), "float64") is not plan
    assert make(problem(), BEST, "float64") is not plan


def test_the_oldest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    worked = []

    @keep_latest
    def work(asked: Problem, question: Question, number: int) -> int:
        worked.append(number)
        return number

    monkeypatch.setattr(kept, "_MOST", 2)
    asked = problem()
    assert [work(asked, BEST, number) for number in (1, 2, 1, 3, 2, 1)] == [1, 2, 1, 3, 2, 1]
    assert worked == [1, 2, 3, 1]
