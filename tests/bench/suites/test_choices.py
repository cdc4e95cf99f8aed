"""The study of decisions is what its name says, a fair part of its decisions is in time, and wrong answers are caught."""

from dataclasses import replace

import numpy as np
import pytest

from flopwatt.bench.suites import timing
from flopwatt.bench.suites.choices import CONFIDENCE, DRAWS, choices
from flopwatt.bench.suites.shapes import DEADLINE
from flopwatt.bench.verify.tolerance import TOLERANCE
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.questions import Decision


@pytest.mark.parametrize("decisions", [2e4, 1e6, 1e7])
def test_it_has_so_many_decisions_of_joint_draws(decisions: float) -> None:
    shape = choices(decisions)
    draws = shape.problem.grid.axes[-1]
    assert (draws.uncertain, len(draws), len(draws.columns)) == (True, DRAWS, 5)
    assert shape.points / DRAWS == pytest.approx(decisions, rel=0.01)
    assert {name: question.name for name, question in shape.questions.items()} == {name: name for name in shape.questions}
    assert sum(isinstance(question, Decision) for question in shape.questions.values()) == 3


def test_a_fair_part_of_the_decisions_is_in_time() -> None:
    problem = choices(1e3).problem
    run_time = evaluate_at(problem, ["run_time"], np.arange(problem.grid.size))["run_time"].reshape(-1, DRAWS)
    in_time = (run_time <= DEADLINE).mean(axis=1) >= float(CONFIDENCE)
    assert 0.25 < in_time.mean() < 0.8
    assert in_time.reshape(problem.grid.shape[0], -1).any(axis=1).all()  # every group has an answer


@pytest.mark.parametrize("question", choices(1.0).questions)
def test_a_wrong_answer_is_caught_on_a_sample_of_groups(question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = replace(choices(2e3), name=f"sampled decisions: {question}")
    monkeypatch.setattr(timing, "CHECKED_IN_FULL", 5e5)
    asked = shape.questions[question]
    result = engines.get("numba").prepare(shape.problem, asked, Settings()).run()
    assert timing.check(shape, asked, result, "numba", "float64") <= TOLERANCE["float64"]
    name = "objective" if isinstance(asked, Decision) else "max"
    wrong = replace(result, values={**result.values, name: np.asarray(result.values[name]) * 1.05})
    with pytest.raises(AssertionError, match="numba"):
        timing.check(shape, asked, wrong, "numba", "float64")
