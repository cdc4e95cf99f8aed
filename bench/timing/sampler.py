"""Timing one call: warm-up apart, then samples until the median is known precisely enough or the time is spent.

Samples come in passes, so that a pass of every benchmark can be taken before the next pass of any: what drifts in the
machine then shows among a benchmark's own samples and not as a difference between benchmarks or runs.
"""

import gc
import itertools
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..machine.reference_loops import VERSION, ReferenceLoops
from ..records.record import Stop
from ..records.reference import Reference
from ..stats.inference import MedianInterval, interval_of

CONTINUATION = 1.25  # so many times the samples at which the interval was narrow enough are taken: see stats.inference.READ_AT
MIN_SAMPLES = 10  # samples before an interval is trusted
MIN_PASSES = 3  # before a spent budget ends the passes: fewer do not show a drift
LONG_SECONDS = 0.05  # a call of this length warms itself up
MIN_SAMPLE_SECONDS = 1e-4  # seconds; shorter calls are repeated within a sample


@dataclass(frozen=True)
class Policy:
    """How precise and how long.

    Parameters
    ----------
    precision
        The half width of the median's interval, relative to the median, at which sampling may end.
    budget_seconds
        The time (s) for all passes of a benchmark together.
    passes
        How many passes.
    most
        The samples that a benchmark takes at most.
    """

    precision: float = 0.01
    budget_seconds: float = 5.0
    passes: int = 10
    most: int = 1000

    @property
    def pass_seconds(self) -> float:
        """The time for one pass of a benchmark (s)."""
        return self.budget_seconds / self.passes


class Probe(Protocol):
    """What else is measured around a sample."""

    def before(self) -> None:
        """Prepare for a sample, outside the timed region."""
        ...

    def start(self) -> None:
        """Begin, first thing inside the timed region."""
        ...

    def stop(self) -> None:
        """End, last thing inside the timed region."""
        ...

    def after(self, calls: int) -> None:
        """Read what was measured of so many calls, outside the timed region."""
        ...


@dataclass(frozen=True)
class Timed:
    """What is timed: ``call``, or where every call needs data made anew, what ``setup`` returns, for one call each."""

    call: Callable[[], Any]
    setup: Callable[[], Callable[[], Any]] | None = None
    teardown: Callable[[], Any] | None = None

    def prepare(self) -> Callable[[], Any]:
        """Set up and return the call to make next."""
        return self.call if self.setup is None else self.setup()

    def finish(self) -> None:
        """Tear down what the last call needed."""
        if self.teardown is not None:
            self.teardown()

    def call_once(self) -> Any:
        """Make one call that is not timed, and return what it returns."""
        result = self.prepare()()
        self.finish()
        return result


@dataclass
class Sampler:
    """Collects the samples of one benchmark over its passes. Seconds a call throughout.

    Parameters
    ----------
    policy
        When to end.
    clock, cpu_clock
        Read the time, and the process's CPU time of all threads (s).
    samples, cpu
        What the calls took on either clock, in the order taken.
    blocks
        How many samples each pass took.
    first_call
        What the first call took; None before it.
    iterations
        How many calls make a sample.
    narrow_at
        How many samples there were when the interval was narrow enough first.
    result
        What the last call returned.
    reference
        The loops that are timed beside the samples.
    """

    policy: Policy
    clock: Callable[[], float] = time.perf_counter
    cpu_clock: Callable[[], float] = time.process_time
    samples: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    first_call: float | None = None
    iterations: int = 1
    narrow_at: int | None = None
    result: Any = None
    reference: ReferenceLoops = field(default_factory=ReferenceLoops)
    _spare: tuple[float, float] | None = None  # the sample that decided how many calls make one

    def take_pass(self, timed: Timed, probe: Probe | None = None) -> None:
        """Take one pass: a warm-up call, unless calls are so long that it would tell nothing, then samples."""
        self.reference.begin_block()  # first: its traces in the caches are gone after the warm-up
        if self.first_call is None or self._last_seconds() < LONG_SECONDS:
            self.warm_up(timed)
        # no pass may say much less than the others: where early ones are precise enough, later ones still take half of theirs
        min_samples = max(1, math.ceil(MIN_SAMPLES / self.policy.passes), max(self.blocks, default=0) // 2)
        start, taken = self.clock(), 0
        if self._spare is not None and probe is None:
            self._keep(*self._spare)
            start, taken = start - self.samples[-1] * self.iterations, 1
        self._spare = None
        while taken == 0 or not self._is_pass_over(start, taken, min_samples):
            self._sample(timed, probe)
            self.reference.beside_sample()
            taken += 1
        self.blocks.append(taken)

    def _is_pass_over(self, start: float, taken: int, min_samples: int) -> bool:
        """Tell whether a pass is over: its time or the samples ran out, or the interval is narrow enough."""
        if len(self.samples) >= self.policy.most or self.clock() - start >= self.policy.pass_seconds:
            return True
        return taken >= min_samples and self.enough()

    def _last_seconds(self) -> float:
        """Return how long the last call took that is known not to have compiled anything."""
        if self.samples:
            return self.samples[-1]
        return self._spare[0] if self._spare else 0.0

    @property
    def spent(self) -> bool:
        """Whether calls are so long that the passes so far took the whole budget."""
        return len(self.blocks) >= MIN_PASSES and sum(self.samples) * self.iterations >= self.policy.budget_seconds

    def warm_up(self, timed: Timed) -> None:
        """Make a call that is no sample; of the first one the time is kept apart."""
        start = self.clock()
        self.result = timed.call_once()
        seconds = self.clock() - start
        if self.first_call is None:
            self.first_call = seconds
            self._choose_iterations(timed)

    def _choose_iterations(self, timed: Timed) -> None:
        """Set how many calls make a sample: judged after the first call, which may have compiled something."""
        repeats = timed.setup is None and timed.teardown is None
        while True:
            self._sample(timed, None)
            self._spare = self.samples.pop(), self.cpu.pop()
            seconds = self._spare[0] * self.iterations
            if seconds >= MIN_SAMPLE_SECONDS or not repeats:
                return
            wanted = math.ceil(self.iterations * 1.5 * MIN_SAMPLE_SECONDS / max(seconds, 1e-9))
            self.iterations = min(self.iterations * 10, wanted)

    def _sample(self, timed: Timed, probe: Probe | None) -> None:
        call = timed.prepare()
        if probe is not None:
            probe.before()
        repeat = range(self.iterations)
        with no_collection():
            cpu, start = self.cpu_clock(), self.clock()
            if probe is not None:
                probe.start()
            for _ in repeat:
                self.result = call()
            if probe is not None:
                probe.stop()
            seconds = self.clock() - start
            cpu = self.cpu_clock() - cpu
        self._keep(max(seconds, 1e-9) / self.iterations, cpu / self.iterations)
        if probe is not None:
            probe.after(self.iterations)
        timed.finish()

    def _keep(self, seconds: float, cpu: float) -> None:
        self.samples.append(seconds)
        self.cpu.append(cpu)

    def passes(self, values: list[float]) -> list[list[float]]:
        """Split the samples (or ``cpu``) by pass."""
        ends = list(itertools.accumulate(self.blocks))
        return [values[end - count : end] for end, count in zip(ends, self.blocks, strict=True)]

    def reference_times(self) -> Reference:
        """Return what the reference loops took, the median of each pass."""
        return Reference(VERSION, self.reference.medians())

    def interval(self) -> MedianInterval:
        """Return the median so far and its 95% confidence interval (none with fewer than six samples)."""
        return interval_of(self.samples)

    def enough(self) -> bool:
        """Tell whether the interval has become narrow enough, and a quarter more samples were taken since."""
        count = len(self.samples)
        if self.narrow_at is None and count >= MIN_SAMPLES and self._is_narrow(self.interval()):
            self.narrow_at = count
        return self.narrow_at is not None and count >= self.narrow_at * CONTINUATION

    def stop(self) -> Stop:
        """Tell which of the two ended it: the interval is narrow enough as it stands, or time (or samples) ran out."""
        interval = self.interval()
        narrow = len(self.samples) >= MIN_SAMPLES and self._is_narrow(interval)
        return Stop("precision" if narrow else "budget", self.policy.precision, self.policy.budget_seconds, interval)

    def _is_narrow(self, interval: MedianInterval) -> bool:
        return interval.width is not None and interval.width <= self.policy.precision


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from running inside; afterwards it is as before."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
