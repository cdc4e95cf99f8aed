"""A decision's runs: what is nearest is looked for where there is no answer, and there alone, once."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels.engines import Collapsing, Settings, get
from flopwatt.kernels.engines.cpu_reference import ReferenceRun
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Decision, Problem, Question
from flopwatt.kernels.model.statistics import Measure, Promise, Statistic
from flopwatt.kernels.plan.sharing import SharedPass
from flopwatt.kernels.reductions.states import DecisionState

P50 = Statistic("time", Measure.QUANTILE, Fraction(1, 2))
P80 = Statistic("time", Measure.QUANTILE, Fraction(4, 5))


@pytest.fixture
def problem() -> Problem:
    """Work of three sizes by 1 to 4 machines, which take 1 to 5 days for each unit of it: as many draws."""
    quantities = {name: Quantity(name, "", "given", "") for name in ("work", "machines", "days", "price")}
    quantities["time"] = computed("time", "work * days / machines", ["work", "days", "machines"])
    quantities["cost"] = computed("cost", "machines * price", ["machines", "price"])
    axes = (
        Axis("work", {"work": np.array([1.0, 4.0, 100.0])}),
        Axis("days", {"days": np.array([5.0, 1.0, 4.0, 2.0, 3.0])}, uncertain=True),
        Axis("machines", {"machines": np.array([1.0, 2.0, 3.0, 4.0])}),
    )
    return Problem(Model(quantities), Grid(axes), {"price": 7.0})


class Noting:
    """The engine that notes what it prepares, and which groups are decided."""

    name, shares = "noting", False

    def __init__(self) -> None:
        self.prepared: list[Decision] = []
        self.decided: list[list[int] | None] = []
        self.progress: list[bool] = []

    def prepare(
        self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ) -> ReferenceRun:
        noting = self

        class Run(ReferenceRun):
            def decide(self, question: Decision, groups: np.ndarray | None = None) -> DecisionState:
                noting.decided.append(None if groups is None else groups.tolist())
                return super().decide(question, groups)

        assert isinstance(question, Decision)
        self.prepared.append(question)
        self.progress.append(settings.progress is not None)
        return Run(problem, question, settings)


def asked(bound: float, **more: object) -> Decision:
    promise = Promise(P80, "<=", bound)
    return Decision(name="cheapest", by=("work",), objective=Statistic("cost"), promises=(promise,), **more)  # type: ignore[arg-type]


def test_the_nearest_is_looked_for_where_nothing_is_an_answer_and_once(problem: Problem) -> None:
    noting = Noting()
    run = Collapsing(noting).prepare(problem, asked(4.0), Settings(progress=lambda share: None))
    assert len(noting.prepared) == 1
    first, second = run.run(), run.run()
    assert [question.nearest for question in noting.prepared] == [False, True]
    assert noting.decided == [None, [2], None]
    assert noting.progress == [True, False]
    for name, values in first.values.items():
        np.testing.assert_array_equal(second.values[name], values, err_msg=name)
    assert first.values["index"].tolist() == [0, 23, -1]  # one machine, four machines, none
    assert first.values["objective"].tolist()[:2] == [7.0, 28.0]
    assert first.values["nearest"].tolist() == [-1, -1, 43]
    assert first.values["excess"].tolist()[2] == (100 - 4) / 4
    assert first.values["nearest_promised"].tolist()[2] == [100.0]
    assert first.values["nearest_met"].tolist()[2] == [0.0]
    assert first.values["failed"].tolist() == [[0], [0], [4]]
    assert first.values["considered"].tolist() == [0, 0, 4]


def test_where_all_groups_have_an_answer_one_run_is_enough(problem: Problem) -> None:
    noting = Noting()
    Collapsing(noting).prepare(problem, asked(1e3), Settings()).run()
    assert [question.nearest for question in noting.prepared] == [False]


def test_what_cannot_be_missed_by_a_little_has_nothing_nearest(problem: Problem) -> None:
    noting, question = Noting(), asked(4.0)
    equal = replace(question, promises=(Promise(P80, "==", 0.5),))
    values = Collapsing(noting).prepare(problem, equal, Settings()).run().values
    assert len(noting.prepared) == 1
    assert values["nearest"].tolist() == [-1, -1, -1]
    assert values["failed"].shape == (3, 0)


def test_what_is_done_once_is_no_part_of_a_run_s_time(problem: Problem) -> None:
    run = get("numpy").prepare(problem, asked(4.0), Settings())
    first, again = run.run(), run.run()
    assert first.extra_seconds > 10 * again.extra_seconds > 0


def test_each_confidence_has_its_own_nearest(problem: Problem) -> None:
    noting, confidences = Noting(), (Fraction(1, 5), Fraction(4, 5), Fraction(1))
    run = Collapsing(noting).prepare(problem, asked(4.0, confidences=confidences), Settings())
    values = run.run().values
    assert values["index"].tolist() == [[0, 0, 1], [20, 23, -1], [-1, -1, -1]]
    assert noting.decided == [None, [2], [2], [1, 2]]
    assert values["nearest"].tolist() == [[-1, -1, -1], [-1, -1, 23], [43, 43, 43]]
    np.testing.assert_allclose(values["excess"][1:, 2], [0.25, 30.25])  # in 100% of the draws 5 and 125 days at most
    np.testing.assert_allclose(values["excess"][2], [5.25, 24.0, 30.25])
    assert values["nearest_promised"][1, 2] == [4.0]  # of the promise as it was asked: P80
    assert values["failed"][..., 0].tolist() == [[0, 0, 0], [0, 0, 4], [4, 4, 4]]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"objective": Statistic("time")}, "time"),
        ({"where": (Condition("time", "<=", 1.0),)}, "time"),
        ({"promises": (Promise(P50, "<=", "days"),)}, "days"),
    ],
)
def test_one_value_is_asked_of_no_quantity_that_draws_change(problem: Problem, change: dict[str, object], name: str) -> None:
    said = f"the decision 'cheapest' needs one '{name}', and the uncertain axis 'days' changes it; ask for a statistic, as P50"
    with pytest.raises(EngineError, match=said):
        get("numpy").prepare(problem, replace(asked(4.0), **change), Settings())  # type: ignore[arg-type]


def test_a_decision_is_no_table(problem: Problem) -> None:
    with pytest.raises(TypeError, match="gives no table"):
        get("numpy").prepare(problem, asked(4.0), Settings()).chunks()
