"""Times suites over several processes, one after the other: what a record's samples are spread over.

Where a process lies in memory makes it faster or slower as a whole, and what else the machine does lasts for seconds; so each
pass over all benchmarks is one process's, and each process is one block of a benchmark's samples.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..errors import InputError
from ..machine.noise import Disturbance, DisturbanceKind, Noise, describe
from ..records.merge import merge_benchmarks
from ..records.record import Benchmark
from ..stats.inference import MedianInterval, interval_of
from .sampler import MIN_PASSES, MIN_SAMPLES, Policy
from .serving import NOTHING_TIMED
from .worker import Worker

Report = Callable[[int, int, int, str], None]


@dataclass
class _Passes:
    """What the processes measured so far, by benchmark."""

    policy: Policy
    parts: dict[str, list[Benchmark]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def wanted(self, names: Sequence[str]) -> list[str]:
        """Leave out what failed, timed nothing, or has spent its budget over enough processes."""
        return [name for name in names if name not in self.failures and name not in self.silent and not self._is_spent(name)]

    def _is_spent(self, name: str) -> bool:
        parts = self.parts.get(name, [])
        spent = sum(sum(part.samples) * part.iterations for part in parts)
        return len(parts) >= MIN_PASSES and spent >= self.policy.budget_seconds

    def keep(self, name: str, outcome: Benchmark | str) -> None:
        if outcome == NOTHING_TIMED:
            self.silent.add(name)
        elif isinstance(outcome, str):
            self.failures[name] = outcome
        else:
            self.parts.setdefault(name, []).append(outcome)

    def benchmarks(self) -> tuple[Benchmark, ...]:
        return tuple(_merge(parts, self.policy) for name, parts in self.parts.items() if name not in self.failures)


def run_processes(
    start: Callable[[bool], Worker], policy: Policy, report: Report | None = None
) -> tuple[tuple[Benchmark, ...], dict[str, str]]:
    """Measure suites over ``policy.passes`` processes, one after the other, in turn forwards and backwards.

    Parameters
    ----------
    start
        Starts a process that serves passes of the suites; is told whether it measures energy, which the first does.
    policy
        How precise and how long; each process takes one pass of each benchmark.
    report
        Is told of each benchmark that begins: the pass, its position in it, how many there are, and its name.

    Returns
    -------
    tuple
        Each benchmark with a block of samples for each process, and by test why others failed.

    Raises
    ------
    InputError
        Where the suites cannot be timed, or time nothing.
    """
    passes = _Passes(policy)
    for number in range(policy.passes):
        worker = start(number == 0)
        try:
            worker.start()
            passes.failures.update(worker.broken)
            names = passes.wanted(worker.names if number % 2 == 0 else worker.names[::-1])
            for i, name in enumerate(names):
                if report:
                    report(number, i, len(names), name)
                outcome = worker.take_pass(name)
                passes.keep(name, outcome if isinstance(outcome, str) else outcome.benchmarks[0])
            if not passes.wanted(worker.names):
                break
        finally:
            worker.close()
    if not passes.parts and not passes.failures:
        raise InputError("no benchmark was timed: its tests were skipped, or never called their benchmark fixture")
    return passes.benchmarks(), passes.failures


def _merge(parts: Sequence[Benchmark], policy: Policy) -> Benchmark:
    """Merge the processes' parts, and tell whether the median is as precise as was asked for."""
    merged = merge_benchmarks(parts)
    interval = interval_of(list(merged.samples))
    narrow = len(merged.samples) >= MIN_SAMPLES and interval.width is not None and interval.width <= policy.precision
    assert merged.stop is not None
    stop = dataclasses.replace(
        merged.stop, why="precision" if narrow else "budget", budget_seconds=policy.budget_seconds, interval=interval
    )
    return dataclasses.replace(
        merged, stop=stop, noise=merged.noise and _with_precision(merged.noise, interval, policy.precision)
    )


def _with_precision(noise: Noise, interval: MedianInterval, precision: float) -> Noise:
    """Add the merged median's imprecision to what disturbed the processes."""
    if interval.width is not None and interval.width <= precision:
        return noise
    disturbances = *noise.disturbances, Disturbance(DisturbanceKind.IMPRECISION, interval.width, precision)
    return dataclasses.replace(noise, disturbances=disturbances, reasons=tuple(map(describe, disturbances)))
