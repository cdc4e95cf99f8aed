"""`explain`: what is said of questions asked together, and that it is what their plans say."""

from typing import Any

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels.analysis.depth import depths
from flopwatt.kernels.analysis.explanation import explain
from flopwatt.kernels.analysis.work import alive, loads
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import (
    Best,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from flopwatt.kernels.plan.collapse import collapse
from flopwatt.kernels.plan.order import CPU, GPU
from flopwatt.kernels.plan.planner import make


@pytest.fixture
def problem() -> Problem:
    """cost needs a and b; time needs b and c."""
    quantities = {name: Quantity(name, "", "given", "") for name in "abc"}
    quantities["cost"] = computed("cost", "a * b + 1.0", ["a", "b"])
    quantities["time"] = computed("time", "b / c", ["b", "c"])
    axes = tuple(Axis(name, {name: np.arange(1.0, n + 1)}) for name, n in (("a", 30), ("b", 20), ("c", 10)))
    return Problem(Model(quantities), Grid(axes))


@pytest.mark.parametrize("machine", [CPU, GPU])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_one_question_is_as_its_plan_says(problem: Problem, dtype: str, machine: Any) -> None:
    question = Best(name="b", objective="time", where=(Condition("cost", "<", 100.0),), by=("a",))
    (explained,) = explain(problem, [question], dtype, machine)
    plan = make(collapse(problem, question).problem, question, dtype, machine)
    assert (explained.question, explained.plan.dtype) == (question, dtype)
    assert explained.plan.cut == plan.cut
    assert explained.loads == loads(plan)
    assert explained.depths == depths(plan)
    assert explained.shares == alive(plan)
    assert (explained.alike, explained.left_out, explained.shared) == (1, (), ())
    assert explained.scenarios == 6000


def test_axes_that_change_nothing_are_left_out(problem: Problem) -> None:
    (explained,) = explain(problem, [Summary(name="s", quantity="cost")])
    assert (explained.left_out, explained.alike, explained.scenarios) == (("c",), 10, 600)


def test_questions_of_one_quantity_share_a_pass_that_the_first_counts(problem: Problem) -> None:
    asked: tuple[Question, ...] = (
        Best(name="least", objective="cost"),
        Summary(name="other", quantity="time"),
        Summary(name="whole", quantity="cost"),
        Quantiles(name="spread", quantity="cost"),
    )
    least, other, whole, spread = explain(problem, asked)
    assert least.shared == whole.shared == spread.shared == ("least", "whole", "spread")
    assert other.shared == ()
    assert [[load.name for load in explanation.loads] for explanation in (least, other, whole, spread)] == [
        ["shared"], ["summary"], [], ["counts"],
    ]  # fmt: skip
    (alone,) = explain(problem, asked[:1])[0].loads
    assert least.loads[0].operations["reduce"] > alone.operations["reduce"]


@pytest.mark.parametrize(
    ("question", "passes"),
    [
        (Best(name="", objective="cost"), ["best"]),
        (Summary(name="", quantity="cost"), ["summary"]),
        (Quantiles(name="", quantity="cost"), ["range", "counts"]),
        (Histogram(name="", quantity="cost"), ["range", "counts"]),
        (Pareto(name="", quantities=("cost", "time")), ["range", "least", "front"]),
        (Table(name="", quantities=("cost",)), ["table"]),
        (Sensitivity(name="", quantity="cost", by=("a",)), ["summary", "spread", "by b"]),
    ],
)
def test_every_kind_has_its_passes(problem: Problem, question: Question, passes: list[str]) -> None:
    (explained,) = explain(problem, [question])
    assert [load.name for load in explained.loads] == passes
    assert explained.question is question
    assert {depth.quantity for depth in explained.depths} >= set(question.objectives())


def test_explanations_come_in_the_order_asked(problem: Problem) -> None:
    asked = [Summary(name=str(i), quantity=("cost", "time")[i % 2], by=("b",)[: i // 2]) for i in range(4)]
    assert [explanation.question.name for explanation in explain(problem, asked)] == ["0", "1", "2", "3"]
    assert explain(problem, []) == ()
