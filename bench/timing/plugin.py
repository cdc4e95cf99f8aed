"""Drives pytest-benchmark suites through flopwatt's own measuring: the pytest plugin behind ``flopwatt bench``.

The suites stay ordinary pytest-benchmark tests. This plugin runs all of them several times over (passes) and takes the
place of the ``benchmark`` fixture's calls, so that each test's function is sampled by `sampler.Sampler`.
"""

import os
import statistics
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from ..machine import reference_loops
from ..machine.info import GPU_ENGINES, this_machine
from ..machine.noise import Moment, Sampling, moment, noise
from ..machine.nvml import nvml
from ..machine.peak_memory import peak_bytes, reset_peak
from ..records.commit import Commit
from ..records.record import Benchmark, Energy, Memory, Phase, Reading, Scalar
from ..stats.inference import MedianInterval
from .case import Case, case_of
from .energy import meters_for
from .gpu import GpuProbe, inputs_fit_l2, measure_phases, nvml_device, timer_for
from .parameters import Parameters
from .sampler import Policy, Sampler, Timed
from .serving import NOTHING_TIMED, WITHOUT_ENERGY


class Server(Protocol):
    """Says which benchmark takes its next pass, and is told what is known of it afterwards (or why it failed).

    Attributes
    ----------
    commit
        What is timed; it is set before anything is asked.
    trees
        The checkout that is timed and the one that is timed beside it; None where it is not said.
    """

    commit: Commit
    trees: tuple[Path, Path] | None

    def requests(self, tests: Mapping[str, str], broken: Mapping[str, str]) -> Iterator[str]:
        """Tell which benchmarks there are, then give each that takes its next pass, until none is wanted.

        Parameters
        ----------
        tests
            Names by node ids.
        broken
            Why suites could not be collected, by node id.
        """
        ...

    def reply(self, outcome: Benchmark | str) -> None:
        """Take the benchmark that was asked for, with all its passes so far, or why it failed."""
        ...


@dataclass
class Measurement:
    """What the passes gathered about one benchmark; ``host_peak`` and ``host_above`` are bytes."""

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


@dataclass(eq=False)
class Harness:
    """The plugin. ``benchmarks`` has the results after the session; ``failures`` what went wrong, by test.

    Parameters
    ----------
    policy
        How precise and how long.
    report
        Is told of each test that begins: the pass, the test's position in it, how many there are, and its name.
    server
        Says which benchmark takes a pass; without it all take all passes.
    parameters
        How the tests' parameters are told.
    """

    policy: Policy
    report: Callable[[int, int, int, str], None] | None = None
    server: Server | None = None
    parameters: Parameters = field(default_factory=Parameters)
    measurements: dict[str, Measurement] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    selected: int = 0
    deselected: int = 0
    selection: str = ""  # pytest's options that left tests out
    interrupted: bool = False

    # --- pytest's hooks -----------------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests that use the ``benchmark`` fixture, and count them."""
        items[:] = [item for item in items if "benchmark" in getattr(item, "fixturenames", ())]
        self.selected = len(items)
        self.parameters.note(items)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count the tests that options leave out, and keep which options did."""
        if items:
            options = items[0].config.option
            self.deselected += len(items)
            self.selection = ", ".join(
                f"{flag} {text!r}" for flag, text in (("-k", options.keyword), ("-m", options.markexpr)) if text
            )

    def left_out(self) -> str:
        """Say by which options tests were left out, as a message goes on; empty where none was."""
        return f": {self.selection} left {self.deselected} tests out" if self.deselected and self.selection else ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run every item once in each pass, in turn forwards and backwards; or one pass of one item whenever asked."""
        if self.server is not None:
            if session.items:
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
        measurement = self.measurements.get(item.nodeid)
        return measurement is not None and measurement.sampler.spent

    def _serve(self, session: pytest.Session, server: Server) -> None:
        items = {item.nodeid: item for item in session.items}
        by_name = {item.name: item for item in session.items}  # what an older flopwatt asks by
        for request in server.requests({item.nodeid: item.name for item in session.items}, dict(self.failures)):
            item = items.get(request) or by_name[request]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            failure = self.failures.pop(item.nodeid, None)
            measurement = self.measurements.get(item.nodeid)
            if failure is None and measurement is not None:
                server.reply(_benchmark(measurement, self.parameters.of(measurement.fixture)))
            else:
                server.reply(failure or NOTHING_TIMED)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Let the item's ``benchmark`` fixture measure through this plugin."""
        fixture: Any = getattr(item, "funcargs", {}).get("benchmark")
        if isinstance(fixture, BenchmarkFixture):
            fixture.__class__ = _MeasuredFixture
            vars(fixture)["harness"] = self
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep why a test failed."""
        self._keep_failure(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a suite could not be collected."""
        self._keep_failure(report)

    def _keep_failure(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed:
            self.failures[report.nodeid] = _failure_line(report)

    def pytest_keyboard_interrupt(self) -> None:
        """Remember that the user stopped the session: pytest keeps the exception to itself."""
        self.interrupted = True

    # --- measuring ----------------------------------------------------------------------------------------------------

    def measure(self, fixture: Any, timed: Timed) -> Any:
        """Take one pass over one benchmark, and return what its last call returned."""
        measurement = self.measurements.get(fixture.fullname)
        if measurement is None:
            measurement = Measurement(fixture, Sampler(self.policy), moment())
            self.measurements[fixture.fullname] = measurement
            _measure_once(measurement, case_of(fixture), timed)
        measurement.fixture = fixture
        reference_loops.loops()  # their memory is none of the benchmark's
        at_first = peak_bytes() if reset_peak() else None
        measurement.sampler.take_pass(timed, measurement.probe)
        peak = peak_bytes()
        if peak is not None:
            measurement.host_peak = max(peak, measurement.host_peak or 0)
            measurement.host_above = None if at_first is None else max(peak - at_first, measurement.host_above or 0)
        measurement.after = moment()
        return measurement.sampler.result

    def benchmarks(self) -> tuple[Benchmark, ...]:
        """Return every benchmark that was measured and whose test did not fail."""
        return tuple(
            _benchmark(item, self.parameters.of(item.fixture))
            for name, item in self.measurements.items()
            if name not in self.failures
        )


def _measure_once(measurement: Measurement, case: Case, timed: Timed) -> None:
    """Measure what is measured once, before the first pass: the GPU's phases, and energy where there is a meter."""
    measurement.sampler.warm_up(timed)
    measurement.case, device = case, None
    if case.engine in GPU_ENGINES:
        timer = timer_for(case.engine, case.device)
        device = nvml_device(nvml(), timer.bus, case.device)
        measurement.probe = GpuProbe(timer, device, case.device, flush=inputs_fit_l2(case.prepared, timer))
        measurement.phases = measure_phases(case.prepared, timer)
    if not os.environ.get(WITHOUT_ENERGY):
        meters = meters_for(case.engine, device, nvml().reason)
        measurement.energy = meters.measure(timed.call_once, case.engine, case.work)


class _MeasuredFixture(BenchmarkFixture):  # type: ignore[misc]
    """Pytest-benchmark's fixture, whose calls are measured here; rounds and iterations are flopwatt's to choose."""

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
    """Make what is timed of ``pedantic``'s arguments: ``setup`` may return the arguments, and ``teardown`` is given them."""
    current = [(args, kwargs)]

    def prepare() -> Callable[[], Any]:
        current[0] = (setup() if setup is not None else None) or (args, kwargs)
        now_args, now_kwargs = current[0]
        return lambda: target(*now_args, **now_kwargs)

    def finish() -> None:
        if teardown is not None:
            now_args, now_kwargs = current[0]
            teardown(*now_args, **now_kwargs)

    plain = setup is None and teardown is None
    return Timed(lambda: target(*args, **kwargs), None if plain else prepare, None if plain else finish)


def _failure_line(report: Any) -> str:
    """Word what went wrong in a line: the exception's message, else what pytest marks with an E."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else str(report.longrepr)
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line for line in lines if line.startswith("E ")]
    first, *others = [line.removeprefix("E ").strip() for line in marked or lines or ["failed"]]
    return " ".join([first, *others]) if first.endswith(":") else first


def _benchmark(measurement: Measurement, params: dict[str, Scalar]) -> Benchmark:
    fixture, sampler, case = measurement.fixture, measurement.sampler, case_of(measurement.fixture)
    stop = sampler.stop()
    before, after = measurement.before, measurement.after or moment()
    return Benchmark(
        name=fixture.name,
        fullname=fixture.fullname,
        group=fixture.group,
        param=fixture.param,
        params=params,
        samples=tuple(sampler.samples),
        blocks=tuple(sampler.blocks),
        cpu_blocks=tuple(max(statistics.fmean(seconds), 1e-9) for seconds in sampler.passes(sampler.cpu)),
        iterations=sampler.iterations,
        reference=sampler.reference_times(),
        extra=dict(fixture.extra_info),
        options={"timer": "perf_counter", "disable_gc": True, "warmup": True},
        engine=case.engine,
        dtype=case.dtype,
        points=case.points,
        evaluated=case.evaluated,
        threads=case.threads,
        phases=_phases(measurement),
        stop=stop,
        cpu_seconds=Reading(statistics.fmean(sampler.cpu)),
        noise=noise(
            before,
            after,
            this_machine().cpu.governor,
            Sampling(stop.interval, stop.precision, sampler.passes(sampler.samples)),
        ),
        energy=measurement.energy,
        memory=_memory(measurement),
        gpu=measurement.probe.state() if measurement.probe else None,
        answers=case.answers,
        max_relative_error=case.max_relative_error,
    )


def _phases(measurement: Measurement) -> dict[str, Phase]:
    """Return compilation and the first call; on a GPU what the events told, on a CPU why there is nothing to tell."""
    first, compiling = measurement.sampler.first_call, measurement.case.compile_seconds
    own = {
        "compile": Phase(MedianInterval(compiling)) if compiling else Phase(None, "the suite compiles nothing apart"),
        "first_call": Phase(MedianInterval(first)) if first else Phase(None, "not timed"),
    }
    on_host = Phase(None, "the data is in the host's memory")
    on_cpu = {"copy_in": on_host, "kernel": Phase(None, "the whole call: stats.data"), "copy_out": on_host}
    return {**own, **(measurement.phases or on_cpu)}


def _memory(measurement: Measurement) -> Memory:
    host, above = (_bytes(count, "the system does not tell") for count in (measurement.host_peak, measurement.host_above))
    if measurement.probe is None:
        return Memory(host, above, Reading(None, "the engine uses no GPU"))
    return Memory(host, above, _bytes(measurement.probe.peak_bytes, nvml().reason or "NVML does not tell"))


def _bytes(count: int | None, reason: str) -> Reading:
    return Reading(None, reason) if count is None else Reading(float(count))
