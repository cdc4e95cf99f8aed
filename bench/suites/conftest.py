"""How flopwatt's suites are asked: their options, the engines there are, and ``ask``, which times a question.

They are ordinary pytest-benchmark tests: ``pytest bench/suites`` works with all of its options, and ``flopwatt bench``
drives the same tests through flopwatt's own measuring. Each of them checks the answer it timed against NumPy's.
"""

import time
from typing import Any

import pytest

from flopwatt.bench.answers.answer import Computation, answer_of
from flopwatt.bench.records.record import Reading
from flopwatt.bench.runner.record import stored_answer
from flopwatt.bench.runner.run import choose
from flopwatt.bench.study.loader import Study
from flopwatt.bench.timing import speeds
from flopwatt.bench.timing.case import Case, describe
from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.questions import Question, Result


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("flopwatt")
    group.addoption(
        "--engine", action="append", metavar="NAME", help="auto, all or an engine; repeatable. Default: all there are."
    )
    group.addoption("--dtype", action="append", metavar="NAME", help="float64 or float32; repeatable. Default: both.")
    group.addoption("--threads", type=int, metavar="N", help="CPU threads; all cores unless given.")
    group.addoption("--quick", action="store_true", help="The small cases only.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes ``engine`` or ``dtype`` runs on each that is asked for."""
    if "engine" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--engine") or ["all"]
        metafunc.parametrize("engine", list(dict.fromkeys(name for each in asked for name in choose(each)[0])))
    if "dtype" in metafunc.fixturenames:
        metafunc.parametrize("dtype", metafunc.config.getoption("--dtype") or ["float64", "float32"])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Engines beside peers and the machine's limits, where suites timed them in this run."""
    session = getattr(config, "_benchmarksession", None)
    found = speeds.lines(speeds.of_pytest(session.benchmarks)) if session else []
    if found:
        terminalreporter.section("speeds")
        terminalreporter.write("\n".join(found) + "\n")


class Params(dict[str, Any]):
    """A test's parameters; pytest-benchmark's ``--benchmark-group-by=param:NAME`` asks for those of other tests too."""

    def __missing__(self, name: str) -> None:
        return None


@pytest.fixture(autouse=True)
def _groupable(request: pytest.FixtureRequest) -> None:
    if "benchmark" in request.fixturenames:
        timer = request.getfixturevalue("benchmark")
        timer.params = Params(timer.params or {})


class Ask:
    """Times one question of a study on one engine: compiled and warmed up first, its answer checked afterwards."""

    prepared: dict[tuple[Any, ...], tuple[Any, float]] = {}  # noqa: RUF012 - kept from pass to pass: compiled once
    expected: dict[tuple[Any, ...], Result] = {}  # noqa: RUF012

    def __init__(self, benchmark: Any, threads: int | None):
        self.benchmark = benchmark
        self.threads = threads

    def __call__(self, which: Study, question: str, engine: str, dtype: str) -> Result:
        asked = next(each for each in which.questions if each.name == question)
        settings = Settings(dtype, self.threads)
        prepared, seconds = self._prepare(which, asked, engine, settings)
        first = prepared.run()  # what is compiled or loaded at the first call must not decide how many rounds are timed
        case = Case(engine, dtype, which.points, first.evaluated, self.threads, compile_seconds=seconds, prepared=prepared)
        describe(self.benchmark, case)
        self.benchmark.group = f"{which.name}: {question}"
        result: Result = self.benchmark(prepared.run)
        self._check(case, which, asked, result)
        return result

    def _prepare(self, which: Study, question: Question, engine: str, settings: Settings) -> tuple[Any, float]:
        key = (which.digest, question.name, engine, settings.dtype, self.threads)
        if key not in self.prepared:
            start = time.perf_counter()
            made = engines.get(engine).prepare(which.problem, question, settings)
            self.prepared[key] = made, time.perf_counter() - start
        return self.prepared[key]

    def _check(self, case: Case, which: Study, question: Question, result: Result) -> None:
        """Equal to NumPy's answer as flopwatt defines equal; the values go into the record."""
        key = (which.digest, question.name, case.dtype)
        if key not in self.expected:
            self.expected[key] = engines.get("numpy").prepare(which.problem, question, Settings(case.dtype)).run()
        found = agreement(which.problem, question, result, self.expected[key], case.dtype)
        assert not found.wrong, f"{case.engine} disagrees with numpy: {found.wrong} (largest difference {found.error:.2g})"
        case.max_relative_error = Reading(found.error)
        answer = answer_of(which.problem, question, result, Computation(case.engine, case.dtype, which.sources))
        case.answers = (stored_answer(question, answer),)


@pytest.fixture
def ask(benchmark: Any, request: pytest.FixtureRequest) -> Ask:
    """Time a question: ``ask(study, question, engine, dtype)`` returns the engine's result."""
    return Ask(benchmark, request.config.getoption("--threads"))
