"""Questions on grids of 1e12 points, where launches and copies are not what is timed, and tables; for GPUs."""

from typing import Any

import numpy as np
import pytest

from flopwatt.bench.machine.info import GPU_ENGINES
from flopwatt.bench.records.record import Reading
from flopwatt.bench.suites import shapes
from flopwatt.bench.suites.large import LARGE, TABLES, WholeTable, checked, looked_at
from flopwatt.bench.suites.timing import TimedQuestion
from flopwatt.bench.timing.case import Case, describe
from flopwatt.bench.timing.speeds import annotate
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.questions import Result, Table


def only_on_gpus(request: pytest.FixtureRequest, engine: str) -> None:
    """Skip what would take a CPU minutes, and what is not quick."""
    if engine not in GPU_ENGINES:
        pytest.skip("grids of this size are for GPUs")
    if request.config.getoption("--quick"):
        pytest.skip("grids of this size are not quick")


@pytest.mark.parametrize("question", shapes.TIMED)
@pytest.mark.parametrize("large", LARGE)
def test_large(benchmark: Any, request: pytest.FixtureRequest, large: str, question: str, engine: str, dtype: str) -> None:
    """Time a question on a GPU; its answer is checked as `checked` says."""
    only_on_gpus(request, engine)
    shape = LARGE[large]()
    timed = TimedQuestion(shape.name, shape.problem, shape.questions[question], engine, Settings(dtype))
    case = timed.begin(benchmark)
    benchmark.group = f"{shape.name}: {question}, {dtype}"
    inner: Any = getattr(case.prepared, "inner", case.prepared)
    work = float(sum(times for _, times in inner.plan.operations()) + 1)
    annotate(benchmark, role="engine", shape=shape.name, question=question, work=work)
    result: Result = benchmark(case.prepared.run)
    error = checked(shape, timed.question, result, engine, dtype)
    case.max_relative_error = Reading(error, "" if error is not None else "groups are too large to be asked for again")
    timed.keep_answer(case, result, {})


@pytest.mark.parametrize("table", TABLES)
def test_table(benchmark: Any, request: pytest.FixtureRequest, table: str, engine: str, dtype: str) -> None:
    """Time a table of two quantities on a GPU: the kernel by events, and with what copies the values back."""
    only_on_gpus(request, engine)
    shape = TABLES[table]()
    question = Table(name="table", quantities=("cost", "energy"))
    whole = WholeTable(engines.get(engine).prepare(shape.problem, question, Settings(dtype)))
    benchmark.group = f"{shape.name}: table, {dtype}"
    case = describe(benchmark, Case(engine, dtype, shape.points, prepared=whole))
    width = np.dtype(dtype).itemsize * len(question.quantities)
    annotate(benchmark, role="engine", shape=shape.name, question="table", written=float(width))
    assert benchmark(whole.run) == shape.points
    case.max_relative_error = Reading(looked_at(shape, question, whole, dtype))
