"""The reference for decisions against brute force in plain Python."""

from dataclasses import replace
from fractions import Fraction

import brute_decisions
import numpy as np
import pytest
from decision_problems import DrawnDecision, decisions
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import computed

from flopwatt.kernels.engines import Settings, cpu_reference, get
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Decision, Problem
from flopwatt.kernels.model.statistics import Measure, SharePromise, Statistic
from flopwatt.kernels.reductions import draws


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(decisions(), st.sampled_from(["float64", "float32"]), st.sampled_from([1, 7, 40, 2**17]))
def test_decisions_are_those_of_brute_force(drawn: DrawnDecision, dtype: str, points: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpu_reference, "BLOCK_POINTS", points)
        result = get("reference").prepare(drawn.problem, drawn.question, Settings(dtype)).run()
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
    run = cpu_reference.ENGINE.prepare(problem, question, Settings(progress=said.append))
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
    assert cpu_reference.ENGINE.prepare(problem, question, Settings()).decide(question).value == 24.5
    twice = Problem(Model({"u": Quantity("u", "", "given", ""), "x": computed("x", "u + 1", ["u"])}), problem.grid)
    question = Decision(name="", objective=Statistic("x", Measure.MEAN))
    with pytest.raises(EngineError, match="use fewer draws"):
        cpu_reference.ENGINE.prepare(twice, question, Settings()).decide(question)


@pytest.mark.parametrize("op", ["<=", "<", ">=", ">", "==", "!="])
@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)])
def test_exact_shares_ties_and_infinities(op: str, maximize: bool, share: Fraction) -> None:
    rows = ([1, 1, 3, 3], [1, 3, 3, 3], [np.inf] * 4, [-np.inf] * 4, [3, 1, 3, 1], [1, 1, 1, 1], [3, 3, 3, np.nan])
    axes = (Axis("a", {f"a{u}": np.array(column, float) for u, column in enumerate(zip(*rows, strict=True))}),)
    axes += (Axis("u", {"u": np.arange(4.0)}, uncertain=True, weights=np.array([1.0, 0.5, 0.5, 1.0])),)
    names = [*axes[0].columns, "u"]
    pick = "where(u < 1, a0, where(u < 2, a1, where(u < 3, a2, a3)))"
    model = Model({name: Quantity(name, "", "given", "") for name in names} | {"x": computed("x", pick, names)})
    problem = Problem(model, Grid(axes))
    promise = SharePromise((Condition("x", "<=", 2.0),), op, share)
    question = Decision(name="", objective=Statistic("x", Measure.QUANTILE, share), maximize=maximize, promises=(promise,))
    for by in ((), ("a",)):
        kept = replace(question, by=by)
        brute_decisions.check(problem, kept, "float64", get("reference").prepare(problem, kept, Settings()).run())
