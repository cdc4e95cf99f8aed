"""Questions: what each needs, and the groups that it keeps."""

import pytest
from small_problems import KINDS, asked, problem_of

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Problem, Question, Table, group_shape


def test_a_question_of_no_kind_names_no_quantity() -> None:
    with pytest.raises(TypeError, match="Question names no quantity"):
        Question(name="q").objectives()


@KINDS
def test_targets_are_the_objectives_and_then_the_conditions_each_once(kind: str) -> None:
    where = (Condition("y", "<=", "x"), Condition("a", "<", 1.0), Condition("y", ">", 0.0))
    question = asked(kind, where=where)
    first = question.objectives()
    assert question.targets()[: len(first)] == first
    assert set(question.targets()) == {*first, "y", "x", "a"}
    assert len(set(question.targets())) == len(question.targets())


def test_groups_are_in_the_order_of_by() -> None:
    problem = problem_of(2, 3, 4)
    assert group_shape(problem.grid, asked("summary", ("c", "a"))) == (4, 2)
    assert group_shape(problem.grid, Table(name="t", quantities=("x",))) == ()


def test_what_is_held_has_a_value_in_place_of_a_formula() -> None:
    problem = problem_of(2, 3)
    assert Problem(problem.model, problem.grid, {"c": 1.0, "y": 2.0}).held() == {"a", "b", "c", "y"}
