"""Drives pytest-benchmark suites through flopwatt's own measuring: the pytest plugin behind ``flopwatt bench``.

The suites stay ordinary pytest-benchmark tests. This plugin runs all of them several times over (passes) and takes the
place of the ``benchmark`` fixture's calls, so that each test's function is sampled by `measure.Sampler`.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from ..machine.info import GPU_ENGINES, this_machine
from ..machine.noise import Moment, moment, noise
from ..machine.nvml import nvml
from ..machine.peak_memory import peak_bytes, reset_peak
from ..records.record import Benchmark, Energy, Memory, Phase, Reading, Scalar
from ..stats.inference import MedianInterval
from .case import Case, case_of
from .energy import meters_for
from .gpu import GpuProbe, inputs_fit_l2, nvml_device, phases, timer_for
from .sampler import Policy, Sampler, Timed


class Server(Protocol):
    """Says which benchmark takes its next pass, and is told what is known of it afterwards (or why it failed)."""

    def requests(self, names: list[str]) -> Iterator[str]: ...

    def reply(self, outcome: Benchmark | str) -> None: ...


@dataclass
class Collected:
    """What the passes gathered about one benchmark."""

    fixture: Any
    sampler: Sampler
    before: Moment
    after: Moment | None = None
    case: Case = field(default_factory=Case)
    host_peak: int | None = None
    host_above: int | None = None
    probe: GpuProbe | None = None
    phases: dict[str, Phase] = field(default_factory=dict)
    energy: Energy = field(default_factory=Energy)
    failed: bool = False


@dataclass(eq=False)
class Harness:
    """The plugin. ``benchmarks`` has the results after the session; ``failures`` what went wrong, by test."""

    policy: Policy
    report: Callable[[int, int, int, str], None] | None = None  # the pass, its benchmark's number, how many, its name
    server: Server | None = None
    collected: dict[str, Collected] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    selected: int = 0
    interrupted: bool = False

    # --- pytest's hooks -----------------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if "benchmark" in getattr(item, "fixturenames", ())]
        self.selected = len(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Every item once in each pass, in turn forwards and backwards; or one pass of one item whenever asked."""
        if self.server is not None:
            self._serve(session, self.server)
            return True
        for number in range(self.policy.passes):
            items = [item for item in session.items if item.nodeid not in self.failures and not self._spent(item)]
            items = items if number % 2 == 0 else items[::-1]
            for i, item in enumerate(items):
                if self.report:
                    self.report(number, i, len(items), item.name)
                following = items[i + 1] if i + 1 < len(items) else None
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return True

    def _spent(self, item: pytest.Item) -> bool:
        found = self.collected.get(item.nodeid)
        return found is not None and found.sampler.spent

    def _serve(self, session: pytest.Session, server: Server) -> None:
        items = {item.name: item for item in session.items}
        for name in server.requests(list(items)):
            item = items[name]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            why = self.failures.pop(item.nodeid, None)
            found = self.collected.get(item.nodeid)
            server.reply(_benchmark(found) if found is not None and why is None else why or "it timed nothing")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        fixture: Any = getattr(item, "funcargs", {}).get("benchmark")
        if isinstance(fixture, BenchmarkFixture):
            fixture.__class__ = _Measured
            vars(fixture)["harness"] = self
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failures[report.nodeid] = _why(report)

    def pytest_keyboard_interrupt(self) -> None:
        self.interrupted = True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failures[report.nodeid] = _why(report)

    # --- measuring ----------------------------------------------------------------------------------------------------

    def measure(self, fixture: Any, timed: Timed) -> Any:
        """One pass over one benchmark."""
        found = self.collected.get(fixture.fullname)
        if found is None:
            found = Collected(fixture, Sampler(self.policy), moment())
            self.collected[fixture.fullname] = found
            self._first(found, case_of(fixture), timed)
        found.fixture = fixture
        at_first = peak_bytes() if reset_peak() else None
        found.sampler.take_pass(timed, found.probe)
        peak = peak_bytes()
        if peak is not None:
            found.host_peak = max(peak, found.host_peak or 0)
            found.host_above = None if at_first is None else max(peak - at_first, found.host_above or 0)
        found.after = moment()
        return found.sampler.result

    def _first(self, found: Collected, case: Case, timed: Timed) -> None:
        """What is measured once, before the first pass: the GPU's phases, and energy where there is a meter."""
        found.sampler.warm_up(timed)
        found.case, device = case, None
        if case.engine in GPU_ENGINES:
            timer = timer_for(case.engine, case.device)
            device = nvml_device(nvml(), timer.bus, case.device)
            found.probe = GpuProbe(timer, device, case.device, flush=inputs_fit_l2(case.prepared, timer))
            found.phases = phases(case.prepared, timer)
        found.energy = meters_for(case.engine, device, nvml().reason).measure(timed.once, case.engine, case.work)

    def benchmarks(self) -> tuple[Benchmark, ...]:
        """Every benchmark that was measured and whose test did not fail."""
        return tuple(_benchmark(found) for name, found in self.collected.items() if name not in self.failures)


class _Measured(BenchmarkFixture):  # type: ignore[misc]
    """pytest-benchmark's fixture, whose calls are measured here; rounds and iterations are flopwatt's to choose."""

    harness: Harness

    def __call__(self, function_to_benchmark: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._mode = "benchmark(...)"
        return self.harness.measure(self, Timed(lambda: function_to_benchmark(*args, **kwargs)))

    def pedantic(
        self,
        target: Callable[..., Any],
        args: Any = (),
        kwargs: Any = None,
        setup: Callable[[], Any] | None = None,
        teardown: Callable[..., Any] | None = None,
        rounds: int = 1,
        warmup_rounds: int = 0,
        iterations: int = 1,
    ) -> Any:
        self._mode = "benchmark.pedantic(...)"
        return self.harness.measure(self, _pedantic(target, tuple(args), dict(kwargs or {}), setup, teardown))


def _pedantic(
    target: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    setup: Callable[[], Any] | None,
    teardown: Callable[..., Any] | None,
) -> Timed:
    """pedantic's meaning: ``setup`` may return the arguments, and ``teardown`` is given them."""
    current = [(args, kwargs)]

    def make() -> Callable[[], Any]:
        made = setup() if setup is not None else None
        current[0] = made or (args, kwargs)
        now_args, now_kwargs = current[0]
        return lambda: target(*now_args, **now_kwargs)

    def end() -> None:
        if teardown is not None:
            now_args, now_kwargs = current[0]
            teardown(*now_args, **now_kwargs)

    plain = setup is None and teardown is None
    return Timed(lambda: target(*args, **kwargs), None if plain else make, None if plain else end)


def _why(report: Any) -> str:
    """What went wrong, in a line: the exception's message, else what pytest marks with an E."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else str(report.longrepr)
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line for line in lines if line.startswith("E ")]
    return (marked or lines or ["failed"])[0].removeprefix("E ").strip()


def _benchmark(found: Collected) -> Benchmark:
    fixture, sampler, case = found.fixture, found.sampler, case_of(found.fixture)
    stop = sampler.stop()
    return Benchmark(
        name=fixture.name,
        fullname=fixture.fullname,
        group=fixture.group,
        param=fixture.param,
        params={key: _scalar(value) for key, value in (fixture.params or {}).items()},
        samples=tuple(sampler.samples),
        blocks=tuple(sampler.blocks),
        cpu_blocks=tuple(max(sum(one) / len(one), 1e-9) for one in sampler.passes(sampler.cpu)),
        iterations=sampler.iterations,
        extra=dict(fixture.extra_info),
        options={"timer": "perf_counter", "disable_gc": True, "warmup": True},
        engine=case.engine,
        dtype=case.dtype,
        points=case.points,
        evaluated=case.evaluated,
        threads=case.threads,
        phases=_phases(found),
        stop=stop,
        cpu_seconds=Reading(sum(sampler.cpu) / len(sampler.cpu)),
        noise=noise(
            found.before,
            found.after or moment(),
            this_machine().cpu.governor,
            interval=stop.interval,
            precision=stop.precision,
            passes=sampler.passes(sampler.samples),
        ),
        energy=found.energy,
        memory=_memory(found),
        gpu=found.probe.state() if found.probe else None,
        answers=case.answers,
        max_relative_error=case.max_relative_error,
    )


def _scalar(value: Any) -> Scalar:
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _phases(found: Collected) -> dict[str, Phase]:
    """Compilation and the first call; on a GPU what the events told, on a CPU why there is nothing to tell."""
    first, compiling = found.sampler.first_call, found.case.compile_seconds
    own = {
        "compile": Phase(MedianInterval(compiling)) if compiling else Phase(None, "the suite compiles nothing apart"),
        "first_call": Phase(MedianInterval(first)) if first else Phase(None, "not timed"),
    }
    on_host = Phase(None, "the data is in the host's memory")
    rest = found.phases or {"copy_in": on_host, "kernel": Phase(None, "the whole call: stats.data"), "copy_out": on_host}
    return {**own, **rest}


def _memory(found: Collected) -> Memory:
    host, above = (_bytes(count, "the system does not tell") for count in (found.host_peak, found.host_above))
    if found.probe is None:
        return Memory(host, above, Reading(None, "the engine uses no GPU"))
    return Memory(host, above, _bytes(found.probe.peak_bytes, nvml().reason or "NVML does not tell"))


def _bytes(count: int | None, reason: str) -> Reading:
    return Reading(None, reason) if count is None else Reading(float(count))
