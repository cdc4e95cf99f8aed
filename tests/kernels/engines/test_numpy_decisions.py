"""The reference for decisions against brute force in plain Python."""

from fractions import Fraction

import brute_decisions
import numpy as np
import pytest
from decision_problems import DrawnDecision, decisions
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import computed

from flopwatt.kernels.engines import Settings, cpu_numpy, get
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Decision, Problem
from flopwatt.kernels.model.statistics import Measure, Statistic
from flopwatt.kernels.reductions import draws


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(decisions(), st.sampled_from(["float64", "float32"]), st.sampled_from([1, 7, 40, 2**17]))
def test_decisions_are_those_of_brute_force(drawn: DrawnDecision, dtype: str, points: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpu_numpy, "BLOCK_POINTS", points)
        result = get("numpy").prepare(drawn.problem, drawn.question, Settings(dtype)).run()
    try:
        brute_decisions.check(drawn.problem, drawn.question, dtype, result)
    except brute_decisions.BorderlineError:
        assume(False)


def test_groups_that_are_not_wanted_have_no_answer() -> None:
    axes = (Axis("a", {"a": np.array([3.0, 1.0, 2.0])}), Axis("u", {"u": np.arange(4.0)}, uncertain=True))
    problem = Problem(Model({name: Quantity(name, "", "given", "") for name in "au"}), Grid(axes))
    half = Statistic("u", Measure.QUANTILE, Fraction(1, 2))
    question = Decision(name="", by=("a",), objective=half, where=(Condition("a", "<", 9.0),), nearest=True)
    said = list[float]()
    run = cpu_numpy.ENGINE.prepare(problem, question, Settings(progress=said.append))
    state = run.decide(question, np.array([0, 2]))
    assert state.index.tolist() == [[0], [-1], [8]]
    np.testing.assert_array_equal(state.value, [[-6 / 9], [np.inf], [-7 / 9]])
    assert state.failed is not None
    assert state.considered is not None
    assert state.failed.tolist() == [[0], [0], [0]]
    assert state.considered.tolist() == [1, 0, 1]
    assert said[-1] == 1.0


def test_more_draws_than_there_is_memory_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "shortage", lambda needed: "250 MB" if needed > 3000 else "")
    axes = (Axis("u", {"u": np.arange(50.0)}, uncertain=True),)
    problem = Problem(Model({"u": Quantity("u", "", "given", "")}), Grid(axes))
    question = Decision(name="", objective=Statistic("u", Measure.MEAN))
    assert cpu_numpy.ENGINE.prepare(problem, question, Settings()).decide(question).value == 24.5
    twice = Problem(Model({"u": Quantity("u", "", "given", ""), "x": computed("x", "u + 1", ["u"])}), problem.grid)
    question = Decision(name="", objective=Statistic("x", Measure.MEAN))
    with pytest.raises(EngineError, match="use fewer draws"):
        cpu_numpy.ENGINE.prepare(twice, question, Settings()).decide(question)
