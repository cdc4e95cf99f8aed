"""A record of several processes: each takes one pass of everything, forwards and backwards in turn."""

import dataclasses

import pytest
from made_records import record, timed

from flopwatt.bench.errors import InputError
from flopwatt.bench.machine.noise import DisturbanceKind, Noise
from flopwatt.bench.records.record import Stop
from flopwatt.bench.timing.processes import run_processes
from flopwatt.bench.timing.sampler import Policy
from flopwatt.bench.timing.serving import NOTHING_TIMED


class Processes:
    """Starts made-up processes; ``answers`` has what each benchmark answers: seconds of its samples, or a reason."""

    def __init__(self, answers, broken=None):
        self.answers, self.broken, self.log, self.energy = answers, broken or {}, [], []

    def __call__(self, energy):
        self.energy.append(energy)
        return Process(self)


class Process:
    def __init__(self, processes):
        self.processes, self.names, self.broken = processes, [], processes.broken
        self.processes.log.append("start")

    def start(self):
        self.names = list(self.processes.answers)

    def take_pass(self, name):
        self.processes.log.append(name)
        answer = self.processes.answers[name]
        if isinstance(answer, str):
            return answer
        number = self.processes.log.count("start")
        benchmark = timed(name, samples=tuple(answer * (1 + 0.001 * i + 0.01 * number) for i in range(5)), blocks=(5,))
        return record(
            dataclasses.replace(benchmark, stop=Stop("budget", 0.01, 1.0), noise=Noise(other_cpu_share=0.01 * number))
        )

    def close(self):
        self.processes.log.append("close")


POLICY = Policy(precision=0.1, budget_seconds=1.0, passes=5)


def test_each_process_is_a_block_and_the_order_turns():
    processes = Processes({"a": 0.01, "b": 0.02})
    benchmarks, _ = run_processes(processes, POLICY)
    assert processes.log[:8] == ["start", "a", "b", "close", "start", "b", "a", "close"]
    assert processes.log.count("start") == 5
    assert processes.energy == [True, False, False, False, False]  # a second a benchmark, where there is a meter
    assert [benchmark.blocks for benchmark in benchmarks] == [(5,) * 5] * 2
    assert benchmarks[0].noise.other_cpu_share == pytest.approx(0.03)  # the median of the processes


def test_precision_is_that_of_all_samples_together():
    ((loose,), _) = run_processes(Processes({"a": 0.01}), POLICY)
    assert (loose.stop.why, loose.stop.budget_seconds) == ("precision", 1.0)
    ((tight,), _) = run_processes(Processes({"a": 0.01}), dataclasses.replace(POLICY, precision=1e-4))
    assert tight.stop.why == "budget"
    assert [item.kind for item in tight.noise.disturbances] == [DisturbanceKind.IMPRECISION]


def test_long_calls_end_the_passes_once_their_budget_is_spent():
    processes = Processes({"long": 1.0, "short": 0.001})
    run_processes(processes, POLICY)
    assert (processes.log.count("long"), processes.log.count("short")) == (3, 5)
    alone = Processes({"long": 1.0})
    run_processes(alone, POLICY)
    assert alone.log.count("start") == alone.log.count("close") == 3


def test_failures_are_kept_and_skips_are_not():
    processes = Processes({"bad": "it broke", "skipped": NOTHING_TIMED, "good": 0.01})
    benchmarks, failures = run_processes(processes, POLICY)
    assert failures == {"bad": "it broke"}
    assert [benchmark.params["case"] for benchmark in benchmarks] == ["good"]
    assert (processes.log.count("bad"), processes.log.count("skipped")) == (1, 1)


def test_a_suite_that_cannot_be_collected_is_a_failure_beside_those_that_run():
    broken = {"test_x.py": "ModuleNotFoundError: no such module"}
    _, failures = run_processes(Processes({"good": 0.01}, broken), POLICY)
    assert failures == broken


def test_a_run_that_timed_nothing_is_no_result():
    with pytest.raises(InputError, match="no benchmark was timed: its tests were skipped"):
        run_processes(Processes({"skipped": NOTHING_TIMED}), POLICY)
