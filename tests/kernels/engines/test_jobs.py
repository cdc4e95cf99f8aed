"""Questions done in parts, in any order, have the bits of one run."""

import itertools
import pickle
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from decision_problems import decisions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import problems, questions

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Collapsing, Settings, cpu_numpy
from flopwatt.kernels.engines.jobs import Job
from flopwatt.kernels.engines.tiled import TiledEngine
from flopwatt.kernels.model.questions import Problem, Question, Result, Sensitivity, Summary
from flopwatt.kernels.reductions.partials import Partial

ENGINES = st.sampled_from(["numpy", "numba"])
DTYPES = st.sampled_from(["float64", "float32"])
SETTINGS = {
    "deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.generate],
}  # fmt: skip


class RandomParts:
    """Does jobs in parts that hypothesis cuts, and merges them in an order that it chooses."""

    def __init__(self, data: st.DataObject):
        self.data = data

    def prepare(self, job: Job) -> None:
        assert len(job.key) == 64

    def collect(self, job: Job, progress: Any) -> Partial:
        job = pickle.loads(pickle.dumps(job)) if self.data.draw(st.booleans()) and _travels(job) else job
        parts = job.begin(Settings(threads=self.data.draw(st.integers(1, 2))))
        inner = st.lists(st.integers(0, parts.steps), max_size=5)
        edges = sorted({0, parts.steps // 2, parts.steps, *self.data.draw(inner)})
        states = [parts.partial(low, high) for low, high in itertools.pairwise(edges)]
        order = self.data.draw(st.permutations(states))
        if len(order) > 2:
            order = [job.merge(order[:2]), *order[2:]]
        return job.merge(order)


def _travels(job: Job) -> bool:
    """Formulas that a test makes are in no module."""
    try:
        pickle.dumps(job)
    except Exception:
        return False
    return True


def both(engine: str, problem: Problem, question: Question, dtype: str, data: st.DataObject) -> tuple[Result, Result]:
    whole = engines.get(engine).prepare(problem, question, Settings(dtype=dtype)).run()
    tiled = Collapsing(TiledEngine(engine, RandomParts(data))).prepare(problem, question, Settings(dtype=dtype))
    return tiled.run(), whole


def assert_same_bits(result: Result, expected: Result, about: object) -> None:
    assert (result.evaluated, result.nan, result.pruned) == (expected.evaluated, expected.nan, expected.pruned)
    for name, values in expected.values.items():
        np.testing.assert_array_equal(result.values[name], values, err_msg=f"{about} {name}")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy does small grids in one block otherwise, which has no parts."""
    small = replace(cpu_numpy.ARRAYS, inner=16, block=32, few=8, most=16, longest=32, tile=16)
    monkeypatch.setattr(cpu_numpy, "ARRAYS", small)


@pytest.mark.slow
@settings(max_examples=60, **SETTINGS)
@given(data=st.data(), engine=ENGINES, dtype=DTYPES)
def test_reductions(data: st.DataObject, engine: str, dtype: str) -> None:
    drawn = data.draw(problems(most_points=3000))
    question = data.draw(questions(drawn))
    assert_same_bits(*both(engine, drawn.problem, question, dtype, data), question)


@pytest.mark.slow
@settings(max_examples=60, **SETTINGS)
@given(data=st.data(), engine=ENGINES, dtype=DTYPES)
def test_decisions_and_what_is_nearest(data: st.DataObject, engine: str, dtype: str) -> None:
    drawn = data.draw(decisions())
    assert_same_bits(*both(engine, drawn.problem, drawn.question, dtype, data), drawn.question)


@pytest.mark.slow
@settings(max_examples=15, **SETTINGS)
@given(data=st.data(), engine=ENGINES)
def test_sensitivities(data: st.DataObject, engine: str) -> None:
    drawn = data.draw(problems(most_points=1500))
    by = tuple(axis.name for axis in drawn.problem.grid.axes[: data.draw(st.integers(0, 1))])
    question = Sensitivity(name="drawn", quantity=drawn.quantities[-1], by=by)
    assert_same_bits(*both(engine, drawn.problem, question, "float64", data), question)


def keys(problem: Problem, question: Question, dtypes: Sequence[str] = ("float64",)) -> list[str]:
    from flopwatt.kernels.engines.jobs import QuestionJob

    return [QuestionJob("numpy", problem, dtype, question=question).key for dtype in dtypes]


def test_a_key_tells_questions_models_grids_and_types_apart() -> None:
    from small_problems import model, problem_of

    problem = problem_of(3, 4)
    summary, other = Summary(name="s", quantity="x"), Summary(name="s", quantity="x", by=("a",))
    axis = problem.grid.axes[0]
    moved = replace(
        problem, grid=replace(problem.grid, axes=(replace(axis, columns={"a": axis.columns["a"] * 2}), *problem.grid.axes[1:]))
    )
    changed = replace(problem, model=model(x="a * b + c * d / a * 1.5", y="ceil(a)", z="ceil(b)"))
    given_ = replace(problem, given={**problem.given, "c": 9.0})
    found = keys(problem, summary, ("float64", "float32"))
    for different, question in ((problem, other), (moved, summary), (changed, summary), (given_, summary)):
        found += keys(different, question)
    assert len(set(found)) == len(found) == 6
    assert keys(problem_of(3, 4), summary) == found[:1]
