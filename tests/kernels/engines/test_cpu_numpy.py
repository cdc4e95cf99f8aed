"""The NumPy engine against the reference, on random models: every kind of question, however blocks are cut."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from agreement import check
from decision_problems import DrawnDecision, decisions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_problems import BOTH, LIMIT, asked, model, problem_of
from strategies import Drawn, problems, questions

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings, cpu_numpy, numpy_program
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Decision, Problem, Question, Result, Summary, Table
from flopwatt.kernels.model.statistics import Measure, Promise, Statistic
from flopwatt.kernels.plan.arrays import ARRAYS, LONG_ARRAYS
from flopwatt.kernels.plan.order import LaneMachine

PROFILE: dict[str, Any] = {
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
    "deadline": None,
    "phases": [Phase.explicit, Phase.generate],
}
DTYPES = st.sampled_from(["float64", "float32"])
SETTINGS = st.sampled_from([{}, {"threads": 1}, {"threads": 3, "chunk": 1}, {"threads": 2, "chunk": 7}])


@st.composite
def machines(draw: st.DrawFn) -> LaneMachine:
    """Draw how long blocks and rows are: usual ones hold a small problem whole."""
    longest = draw(st.sampled_from([16, 64, 2048]))
    return replace(
        ARRAYS,
        block=draw(st.sampled_from([1, 7, 40, 300, 5000])),
        inner=draw(st.sampled_from([1, 7, 40, 333, 65536])),
        most=draw(st.sampled_from([16, 64, 512])),
        few=draw(st.sampled_from([1, 16, 100])),
        longest=longest,
        tile=longest // 2,
    )


def answer(engine: str, problem: Problem, question: Question, dtype: str, **kwargs: int) -> Result:
    return engines.get(engine).prepare(problem, question, Settings(dtype=dtype, **kwargs)).run()


def cut_as(patch: pytest.MonkeyPatch, machine: LaneMachine, table: int) -> None:
    patch.setattr(cpu_numpy, "ARRAYS", machine)
    patch.setattr(numpy_program, "MOST_OF_A_TABLE", table)


def agree(drawn: Drawn, question: Question, dtype: str, **kwargs: int) -> None:
    reference, result = (
        answer("reference", drawn.problem, question, dtype),
        answer("numpy", drawn.problem, question, dtype, **kwargs),
    )
    check(drawn.problem, question, dtype, reference, result, exact=set(question.targets()) <= set(drawn.exact))


@settings(max_examples=60, **PROFILE)
@given(data=st.data(), dtype=DTYPES, kwargs=SETTINGS)
def test_agrees_with_the_reference(data: st.DataObject, dtype: str, kwargs: dict[str, int]) -> None:
    drawn = data.draw(problems())
    agree(drawn, data.draw(questions(drawn)), dtype, **kwargs)


@settings(max_examples=60, **PROFILE)
@given(data=st.data(), dtype=DTYPES, machine=machines(), table=st.sampled_from([1, 8, 100, 2**15]), kwargs=SETTINGS)
def test_agrees_however_blocks_are_cut(
    data: st.DataObject, dtype: str, machine: LaneMachine, table: int, kwargs: dict[str, int]
) -> None:
    drawn = data.draw(problems(longest=300))
    with pytest.MonkeyPatch.context() as patch:
        cut_as(patch, machine, table)
        agree(drawn, data.draw(questions(drawn)), dtype, **kwargs)


@settings(max_examples=60, **PROFILE)
@given(drawn=decisions(), dtype=DTYPES, machine=machines(), table=st.sampled_from([1, 8, 2**15]), kwargs=SETTINGS)
def test_decisions_agree_however_blocks_are_cut(
    drawn: DrawnDecision, dtype: str, machine: LaneMachine, table: int, kwargs: dict[str, int]
) -> None:
    reference = answer("reference", drawn.problem, drawn.question, dtype)
    with pytest.MonkeyPatch.context() as patch:
        cut_as(patch, machine, table)
        result = answer("numpy", drawn.problem, drawn.question, dtype, **kwargs)
    check(drawn.problem, drawn.question, dtype, reference, result, exact=False)


@settings(max_examples=20, **PROFILE)
@given(data=st.data(), dtype=DTYPES, machine=machines())
def test_same_bits_for_any_chunks_and_threads(data: st.DataObject, dtype: str, machine: LaneMachine) -> None:
    drawn = data.draw(problems())
    question = data.draw(questions(drawn))
    with pytest.MonkeyPatch.context() as patch:
        cut_as(patch, machine, 8)
        first = answer("numpy", drawn.problem, question, dtype, threads=1)
        for chunk, threads in ((1, 2), (3, 1), (7, 3)):
            again = answer("numpy", drawn.problem, question, dtype, threads=threads, chunk=chunk)
            for name, values in first.values.items():
                np.testing.assert_array_equal(again.values[name], values, err_msg=name)


def written(engine: str, problem: Problem, question: Table, dtype: str) -> dict[str, np.ndarray]:
    """A table's columns as whole arrays; every point once, in order."""
    columns: dict[str, list[np.ndarray]] = {}
    end = 0
    for chunk in engines.get(engine).prepare(problem, question, Settings(dtype=dtype)).chunks():
        assert chunk.start == end
        parts = {**chunk.values, **({} if chunk.feasible is None else {"feasible": chunk.feasible})}
        end += len(next(iter(parts.values())))
        for name, values in parts.items():
            columns.setdefault(name, []).append(np.array(values))
    assert end == problem.grid.size
    return {name: np.concatenate(values) for name, values in columns.items()}


@settings(max_examples=25, **PROFILE)
@given(data=st.data(), dtype=DTYPES, machine=machines())
def test_tables_agree_with_the_reference(data: st.DataObject, dtype: str, machine: LaneMachine) -> None:
    drawn = data.draw(problems(longest=300, inexact=0.0))
    where = data.draw(questions(drawn, kinds=("best",))).where
    question = Table(name="drawn", quantities=tuple(drawn.quantities[-2:]), where=where)
    reference = written("reference", drawn.problem, question, dtype)
    with pytest.MonkeyPatch.context() as patch:
        cut_as(patch, machine, 8)
        patch.setattr(cpu_numpy, "_CHUNK_POINTS", 1000)
        result = written("numpy", drawn.problem, question, dtype)
    assert result.keys() == reference.keys()
    for name, values in reference.items():
        np.testing.assert_array_equal(result[name], values, err_msg=name)


@BOTH
def test_many_groups_are_computed_together(dtype: str) -> None:
    problem = problem_of(40, 50, 3, nan=True, low=-1.0)
    question = replace(asked("summary", ("a", "b"), LIMIT))
    run = cpu_numpy.ENGINE.prepare(problem, question, Settings(dtype))
    assert run.layout.blocks == 1
    assert run.layout.points == 2000
    reference = answer("reference", problem, question, dtype)
    check(problem, question, dtype, reference, run.run(), exact=True)


def test_a_run_answers_again_and_tells_of_its_progress() -> None:
    said, problem = list[float](), problem_of(4, 6, 5, nan=True, low=-1.0)
    run = cpu_numpy.ENGINE.prepare(problem, asked("pareto"), Settings(progress=said.append))
    first = run.run()
    assert said == sorted(said)
    assert said[-1] == pytest.approx(1.0)
    for name, values in run.run().values.items():
        np.testing.assert_array_equal(first.values[name], values)


def test_a_family_shares_its_first_pass() -> None:
    problem = problem_of(4, 6, 5, nan=True, low=-1.0)
    family = [asked(kind, ("b",), LIMIT) for kind in ("least", "summary", "quantiles", "histogram")]
    together = engines.get("numpy").prepare_together(problem, family, Settings())
    for question, run in zip(family, together, strict=True):
        alone = answer("numpy", problem, question, "float64")
        for name, values in run.run().values.items():
            np.testing.assert_array_equal(alone.values[name], values, err_msg=f"{question.kind} {name}")


def test_an_axis_longer_than_tables_are_is_read_all_the_same() -> None:
    problem = problem_of(2**15 + 7, 3)
    question = Summary(name="", quantity="x")
    reference, result = (answer(engine, problem, question, "float64") for engine in ("reference", "numpy"))
    check(problem, question, "float64", reference, result, exact=True)


def test_a_table_is_small_with_all_that_a_block_has_of_it() -> None:
    random = np.random.default_rng(1)
    lengths = {"a": 64, "b": 64, "c": 2, "d": 2048}
    grid = Grid(tuple(Axis(name, {name: random.uniform(0.5, 4.0, n)}) for name, n in lengths.items()))
    problem = Problem(model(x="a * b * c + d"), grid, {})  # the lanes are c and d, of which the product has c alone
    question = asked("summary", ("a", "b"))
    run = cpu_numpy.ENGINE.prepare(problem, question, Settings())
    reference, result = answer("reference", problem, question, "float64"), run.run()
    check(problem, question, "float64", reference, result, exact=True)
    assert max(np.prod(read.shape) for read in run.blocks.program.read) <= numpy_program.MOST_OF_A_TABLE


@BOTH
@pytest.mark.parametrize("kind", ["least", "greatest"])
def test_places_are_known_of_few_outer_points_alone(monkeypatch: pytest.MonkeyPatch, kind: str, dtype: str) -> None:
    problem, question = problem_of(9, 11, 7, 5, nan=True, low=-1.0), asked(kind, ("b",), LIMIT, "z")  # many are equal
    cut_as(monkeypatch, replace(ARRAYS, block=100, inner=7, longest=16, most=16, few=1), 8)
    reference = answer("reference", problem, question, dtype)
    for few in (0, 10_000):
        monkeypatch.setattr(cpu_numpy, "_FEW_POINTS", few)
        result = answer("numpy", problem, question, dtype)
        for name, values in reference.values.items():
            np.testing.assert_array_equal(result.values[name], values, err_msg=name)


@BOTH
@pytest.mark.parametrize("kind", ["least", "greatest", "summary", "quantiles", "pareto"])
def test_blocks_in_which_nothing_is_feasible_are_passed_over(monkeypatch: pytest.MonkeyPatch, kind: str, dtype: str) -> None:
    cut_as(monkeypatch, replace(ARRAYS, block=100, inner=100, longest=16, most=16, few=1), 8)
    problem = problem_of(9, 11, 7, 5)
    question = asked(kind, ("c",), (Condition("y", "<=", 14.0),))  # of a, c and lanes' d
    reference, result = (answer(engine, problem, question, dtype) for engine in ("reference", "numpy"))
    check(problem, question, dtype, reference, result, exact=True)
    run = cpu_numpy.ENGINE.prepare(problem, question, Settings(dtype))
    visited, passed = list[int](), list[tuple[int, bool]]()
    run.blocks.each(
        0,
        run.layout.blocks,
        lambda _, block: visited.append(block.points),
        lambda first, last, pruned: passed.append((last - first, pruned)),
    )
    assert visited
    assert sum(points for points, pruned in passed if not pruned)
    assert sum(visited) + sum(points for points, _ in passed) == run.plan.points


@BOTH
@pytest.mark.parametrize(("op", "bound"), [("<=", -np.inf), (">=", np.inf)])
def test_nothing_is_nearest_to_an_infinite_bound_whatever_else_is_promised(op: str, bound: float, dtype: str) -> None:
    drawn = Axis("b", {"b": np.array([1.97, 0.59, 0.93])}, uncertain=True)
    axes = (Axis("a", {"a": np.array([3.69, 2.6])}), drawn, Axis("c", {"c": np.array([bound])}))
    problem = Problem(model(), Grid(axes), {"d": 1.0})
    promises = (Promise(Statistic("b", Measure.MEAN), "<=", 1.979), Promise(Statistic("b", Measure.QUANTILE), op, "c"))
    question = Decision(name="", objective=Statistic("a"), promises=promises)
    reference, result = (answer(engine, problem, question, dtype) for engine in ("reference", "numpy"))
    assert result.values["nearest"] == reference.values["nearest"] == -1
    check(problem, question, dtype, reference, result, exact=True)


@settings(max_examples=10, **PROFILE)
@given(data=st.data(), dtype=DTYPES)
def test_long_grids_have_long_blocks_and_threads(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems())
    question = data.draw(questions(drawn))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpu_numpy, "LONG_GRID", 1)
        patch.setattr("os.cpu_count", lambda: 3)
        agree(drawn, question, dtype)
        if isinstance(question, Summary):
            run = cpu_numpy.ENGINE.prepare(drawn.problem, question, Settings(dtype))
            assert run.plan.cut.block == (ARRAYS if run.plan.guards else LONG_ARRAYS).block
            assert run.blocks.threads == (1 if run.plan.guards else 3)
