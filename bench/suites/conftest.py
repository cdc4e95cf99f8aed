"""The options of flopwatt's suites, the engines and dtypes that they run on, and ``ask``, which times a study's question.

They are ordinary pytest-benchmark tests: ``pytest bench/suites`` works with all of its options, and ``flopwatt bench``
drives the same tests through flopwatt's own measuring. Each of them checks the answer it timed against the reference's.
"""

from typing import Any

import pytest

from flopwatt.bench.records.record import Reading
from flopwatt.bench.runner.run import choose
from flopwatt.bench.study.loader import Study
from flopwatt.bench.suites.timing import TimedQuestion, hold
from flopwatt.bench.timing import speeds
from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.questions import Result


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("flopwatt")
    group.addoption(
        "--engine", action="append", metavar="NAME", help="auto, all or an engine; repeatable. Default: all there are."
    )
    group.addoption("--dtype", action="append", metavar="NAME", help="float64 or float32; repeatable. Default: both.")
    group.addoption("--threads", type=int, metavar="N", help="CPU threads; all cores unless given.")
    group.addoption("--quick", action="store_true", help="The small cases only.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``engine`` or ``dtype`` on each that is asked for."""
    if "engine" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--engine") or ["all"]
        metafunc.parametrize("engine", list(dict.fromkeys(name for choice in asked for name in choose(choice)[0])))
    if "dtype" in metafunc.fixturenames:
        metafunc.parametrize("dtype", metafunc.config.getoption("--dtype") or ["float64", "float32"])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print engines beside peers and the machine's limits, where suites timed them in this run."""
    session = getattr(config, "_benchmarksession", None)
    lines = speeds.lines(speeds.of_pytest(session.benchmarks)) if session else []
    if lines:
        terminalreporter.section("speeds")
        terminalreporter.write("\n".join(lines) + "\n")


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
    """What times one question of a study on one engine: compiled and warmed up first, its answer checked afterwards."""

    expected: dict[tuple[str, str, str], Result] = {}  # noqa: RUF012 - kept from pass to pass

    def __init__(self, benchmark: Any, threads: int | None):
        self.benchmark = benchmark
        self.threads = threads

    def __call__(self, study: Study, name: str, engine: str, dtype: str) -> Result:
        question = next(question for question in study.questions if question.name == name)
        timed = TimedQuestion(study.digest, study.problem, question, engine, Settings(dtype, self.threads))
        case = timed.begin(self.benchmark)
        self.benchmark.group = f"{study.name}: {name}"
        result: Result = self.benchmark(case.prepared.run)
        case.max_relative_error = Reading(self._check(timed, result))
        timed.keep_answer(case, result, study.sources)
        return result

    def _check(self, timed: TimedQuestion, result: Result) -> float:
        """Assert that the result is the reference's, as flopwatt defines equal; returns the largest relative difference."""
        problem, question, dtype = timed.problem, timed.question, timed.settings.dtype
        key = (timed.study, question.name, dtype)
        if key not in self.expected:
            self.expected[key] = engines.get(engines.REFERENCE).prepare(problem, question, Settings(dtype)).run()
        return hold(agreement(problem, question, result, self.expected[key], dtype), timed.engine)


@pytest.fixture
def ask(benchmark: Any, request: pytest.FixtureRequest) -> Ask:
    """Time a question: ``ask(study, question, engine, dtype)`` returns the engine's result."""
    return Ask(benchmark, request.config.getoption("--threads"))
