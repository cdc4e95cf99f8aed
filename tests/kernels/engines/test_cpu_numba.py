"""The Numba engine against the reference, on random models."""

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from agreement import check
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import Drawn, problems, questions

from flopwatt.kernels import engines
from flopwatt.kernels.emit.cpu import bin_steps, pairs
from flopwatt.kernels.emit.cpu.bin_steps import alike
from flopwatt.kernels.engines import Settings, cpu_numba
from flopwatt.kernels.llvm import compiled, object_code
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, quantity
from flopwatt.kernels.model.quantity import given as quantity_given
from flopwatt.kernels.model.questions import Best, Problem, Result, Summary, Table
from flopwatt.kernels.plan.order import CPU
from flopwatt.kernels.plan.planner import make

# A failing example is reported as it was drawn: to shrink it would compile hundreds of kernels.
PROFILE: dict[str, Any] = {
    "suppress_health_check": [HealthCheck.too_slow],
    "derandomize": True,
    "phases": [Phase.explicit, Phase.generate],
}
DTYPES = st.sampled_from(["float64", "float32"])


def run(engine: str, drawn: Drawn, question: object, dtype: str, **kwargs: int) -> Result:
    return engines.get(engine).prepare(drawn.problem, question, Settings(dtype=dtype, **kwargs)).run()  # type: ignore[arg-type]


@pytest.mark.slow
@settings(max_examples=45, deadline=None, **PROFILE)
@given(data=st.data(), dtype=DTYPES)
def test_agrees_with_numpy(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems())
    question = data.draw(questions(drawn))
    reference = run("reference", drawn, question, dtype)
    found = run("numba", drawn, question, dtype)
    exact = set(question.targets()) <= set(drawn.exact)
    check(drawn.problem, question, dtype, reference, found, exact=exact)


@pytest.mark.slow
@settings(max_examples=10, deadline=None, **PROFILE)
@given(data=st.data(), dtype=DTYPES)
def test_histograms_and_fronts_of_powers_and_logarithms_agree_with_numpy(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(inexact=0.5).filter(lambda drawn: drawn.rough))
    question = data.draw(questions(drawn, kinds=("histogram", "pareto")))
    reference, found = (run(engine, drawn, question, dtype) for engine in ("reference", "numba"))
    check(drawn.problem, question, dtype, reference, found, exact=set(question.targets()) <= set(drawn.exact))


@pytest.mark.slow
@settings(max_examples=8, deadline=None, **PROFILE)
@given(data=st.data(), dtype=DTYPES)
def test_same_bits_for_any_chunks_and_threads(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems())
    question = data.draw(questions(drawn))
    first = run("numba", drawn, question, dtype, threads=1)
    for chunk, threads in ((1, 2), (3, 1), (7, 3)):
        again = run("numba", drawn, question, dtype, threads=threads, chunk=chunk)
        for name, values in first.values.items():
            np.testing.assert_array_equal(again.values[name], values, err_msg=name)


def test_no_task_has_more_points_than_its_counts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = list[int]()
    monkeypatch.setattr(cpu_numba, "share_out", lambda count, step, *_: steps.append(step))
    grid = Grid((Axis("p", {"p": np.arange(1.0, 2001.0)}), Axis("x", {"x": np.arange(1.0, 65.0)})))
    model = Model({name: quantity_given(name, "", "drawn") for name in "px"})
    problem, question = Problem(model, grid, {}), Summary(name="s", quantity="x")
    run = cpu_numba.NumbaRun(problem, question, Settings(chunk=10**12))
    run.reduce("summary")
    assert steps[0] * run.plan.inner <= 2**32


@pytest.mark.slow
@settings(max_examples=20, deadline=None, **PROFILE)
@given(data=st.data(), dtype=DTYPES, inner=st.sampled_from([1, 7, 40, 333]), longest=st.sampled_from([16, 64, 2048]))
def test_agrees_however_the_loops_are_cut(data: st.DataObject, dtype: str, inner: int, longest: int) -> None:
    drawn = data.draw(problems(longest=300, inexact=0.0))
    question = data.draw(questions(drawn))
    reference = run("reference", drawn, question, dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpu_numba, "make", functools.partial(make, machine=replace(CPU, inner=inner, longest=longest)))
        found = run("numba", drawn, question, dtype)
    check(drawn.problem, question, dtype, reference, found, exact=True)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, **PROFILE)
@given(data=st.data(), dtype=DTYPES)
def test_counts_by_pairs_and_by_steps_are_those_by_single_bins(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems())
    question = data.draw(questions(drawn, kinds=("histogram", "quantiles")))
    found = run("numba", drawn, question, dtype)
    for table in (pairs, bin_steps):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                table, "worthwhile", lambda plan, bins=0, table=table: bins < 2000 and (table is pairs or alike(plan))
            )
            by_table = run("numba", drawn, question, dtype)
        assert by_table.evaluated == found.evaluated
        for name, values in found.values.items():
            np.testing.assert_array_equal(by_table.values[name], values, err_msg=name)


@pytest.mark.slow
@settings(max_examples=10, deadline=None, **PROFILE)
@given(data=st.data(), dtype=DTYPES, inner=st.sampled_from([1, 40, 65536]), longest=st.sampled_from([16, 2048]))
def test_tables_agree_with_numpy(data: st.DataObject, dtype: str, inner: int, longest: int) -> None:
    drawn = data.draw(problems(longest=300, inexact=0.0))
    where = data.draw(questions(drawn, kinds=("best",))).where
    question = Table(name="drawn", quantities=tuple(drawn.quantities[-2:]), where=where)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpu_numba, "make", functools.partial(make, machine=replace(CPU, inner=inner, longest=longest)))
        patch.setattr(cpu_numba, "_CHUNK_POINTS", 1000)
        found = written("numba", drawn, question, dtype)
    reference = written("reference", drawn, question, dtype)
    assert found.keys() == reference.keys()
    for name, values in reference.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def written(engine: str, drawn: Drawn, question: Table, dtype: str) -> dict[str, np.ndarray]:
    """A table's columns as whole arrays; every point once, in order."""
    columns: dict[str, list[np.ndarray]] = {}
    end = 0
    for chunk in engines.get(engine).prepare(drawn.problem, question, Settings(dtype=dtype)).chunks():
        assert chunk.start == end
        parts = {**chunk.values, **({} if chunk.feasible is None else {"feasible": chunk.feasible})}
        end += len(next(iter(parts.values())))
        for name, values in parts.items():
            columns.setdefault(name, []).append(np.array(values))
    assert end == drawn.problem.grid.size
    return {name: np.concatenate(values) for name, values in columns.items()}


# --- compiling ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The texts that are compiled in the test, whose cache is empty at first."""
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path))
    monkeypatch.setattr(compiled, "_kernels", {})
    texts, compile_ir = list[str](), object_code.object_code
    monkeypatch.setattr(object_code, "object_code", lambda text: texts.append(text) or compile_ir(text))
    return texts


def problem(factor: float, prices: int = 40) -> Problem:
    """A cost over prices and counts; the factor is an input."""
    with collecting() as own:
        for name in ("price", "count", "factor"):
            quantity_given(name, "", name)

        @quantity(unit="", source="definition")
        def cost(price, count, factor):  # type: ignore[no-untyped-def]
            return price * count * factor

    columns = {"price": np.linspace(1.0, 2.0, prices), "count": np.arange(1.0, 8.0)}
    return Problem(Model(own), Grid(tuple(Axis(name, {name: column}) for name, column in columns.items())), {"factor": factor})


QUESTIONS = (Best(name="best", objective="cost"), Summary(name="summary", quantity="cost"))


def test_another_input_or_other_values_of_an_axis_compile_nothing(compilations: list[str]) -> None:
    engine = engines.get("numba")
    for question in QUESTIONS:
        assert engine.compile_seconds(problem(2.0), question, Settings()) > 0
        first = engine.prepare(problem(2.0), question, Settings()).run()
        count = len(compilations)
        assert engine.compile_seconds(problem(3.0), question, Settings()) == 0
        other = engine.prepare(problem(3.0), question, Settings()).run()
        assert len(compilations) == count > 0
        name = "objective" if "objective" in first.values else "mean"
        np.testing.assert_allclose(other.values[name], 1.5 * first.values[name])


def test_what_is_prepared_together_is_compiled_in_the_background_and_once(compilations: list[str]) -> None:
    engine = engines.get("numba")
    with engine.together():
        runs = [engine.prepare(problem(2.0), question, Settings()) for question in (*QUESTIONS, *QUESTIONS)]
        early = runs[0].run()  # waits for its own kernels
    assert len(compilations) == len(set(compilations)) == 3  # a best value is also looked for
    kernels = [kernel for run in runs for kernel in run.inner.kernels.values()]  # type: ignore[attr-defined]
    assert all(kernel.wait() is kernel for kernel in kernels)
    assert early.values.keys() == runs[2].run().values.keys()


def test_what_fails_between_leaves_nothing_to_be_compiled_later(compilations: list[str]) -> None:
    engine = engines.get("numba")
    together = engine.together()
    together.__enter__()
    run = engine.prepare(problem(2.0), QUESTIONS[1], Settings())
    assert not together.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert len(compilations) <= 1  # one that had begun
    assert run.run().values["mean"] == pytest.approx(2.0 * 1.5 * 4)
    assert len(compilations) == 1
