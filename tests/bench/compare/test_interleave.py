"""Passes in turn, more of them only where it is unsure; a slow-down outcome, confirmed, and none made up."""

import random

import pytest

from flopwatt.bench.compare.interleave import (
    CONFIRMING_ROUNDS,
    CYCLES,
    LOOKS,
    Side,
    compare_interleaved,
    pass_seconds,
    round_ratios,
)
from flopwatt.bench.compare.options import ComparisonOptions
from flopwatt.bench.errors import InputError
from flopwatt.bench.machine.info import Cpu, Machine
from flopwatt.bench.records.commit import Commit
from flopwatt.bench.records.record import Benchmark, Record

MACHINE = Machine("amd-epyc-2-cores", Cpu("AMD EPYC", "x86_64"))


class World:
    """A made-up machine whose speed drifts, for whoever runs on it; some processes are slower as a whole."""

    def __init__(self, seed=0, drift=0.0, noise=0.02, process=0.0):
        self.random = random.Random(seed)
        self.drift, self.noise, self.process = drift, noise, process
        self.passes, self.speed = 0, 1.0
        self.order, self.energy = [], []

    def mood(self):
        if self.passes % 2 == 0:  # it changes between two passes and the next two, seldom within
            self.speed = self.random.lognormvariate(0, self.drift)
        self.passes += 1
        return self.speed

    def side(self, label, seconds):
        return Side(label, lambda energy: FakeWorker(self, label, seconds, energy))


class FakeWorker:
    """A process that takes so many seconds for each benchmark; None: it fails."""

    def __init__(self, world, label, seconds, energy=False):
        self.world, self.label, self.seconds = world, label, seconds
        world.energy.append((label, energy))
        self.luck = world.random.lognormvariate(0, world.process)
        self.names, self.broken, self.samples = [], {}, {name: [] for name in seconds}

    def start(self):
        self.names = list(self.seconds)
        self.world.order.append((self.label, "start"))

    def close(self):
        self.world.order.append((self.label, "close"))

    def take_pass(self, name):
        world = self.world
        world.order.append((self.label, name))
        if self.seconds[name] is None:
            return "it fails"
        speed = world.mood() * self.luck
        self.samples[name].append([self.seconds[name] * speed * world.random.lognormvariate(0, world.noise) for _ in range(3)])
        flat = tuple(sample for one in self.samples[name] for sample in one)
        blocks = tuple(len(one) for one in self.samples[name])
        benchmark = Benchmark(name=name, samples=flat, blocks=blocks, params={"case": name})
        return Record(
            benchmarks=(benchmark,), machine=MACHINE, commit=Commit(self.label * 40), created="2026-09-28T10:00:00+00:00"
        )


def interleave(baseline, candidate, world=None, **options):
    world = world or World()
    return compare_interleaved(
        world.side("a", baseline), world.side("b", candidate), ComparisonOptions(), "mine", **options
    ), world.order


def test_passes_are_taken_in_turn_and_every_round_starts_new_processes():
    outcome, order = interleave({"one": 0.01}, {"one": 0.01})
    labels = [label for label, name in order if name == "one"]
    assert labels[: 4 * CYCLES] == ["a", "b", "b", "a"] * CYCLES
    assert labels[4 * CYCLES :][: 4 * CYCLES] == ["b", "a", "a", "b"] * CYCLES
    assert [one for one in order if one[1] == "start"][:4] == [("a", "start"), ("b", "start"), ("b", "start"), ("a", "start")]
    assert order.count(("a", "start")) == order.count(("a", "close")) == outcome.rounds == LOOKS[0]
    assert outcome.baseline.benchmarks[0].blocks == (6 * CYCLES,) * LOOKS[0]
    assert outcome.comparison.exit_code == 0
    assert outcome.baseline.subject == outcome.candidate.subject == "mine"


def test_one_process_of_a_side_measures_energy():
    world = World(noise=0.005)
    interleave({"one": 0.01}, {"one": 0.013}, world)
    first, later = world.energy[:2], world.energy[2 : 2 * LOOKS[0]]
    assert first == [("a", True), ("b", True)]
    assert not any(energy for _, energy in later)


def test_a_slow_down_is_found_under_drift():
    names = [f"b{i}" for i in range(10)]
    world = World(drift=0.3, process=0.02)
    outcome, _ = interleave(dict.fromkeys(names, 0.01), {**dict.fromkeys(names, 0.01), "b3": 0.012}, world)
    assert [row.name for row in outcome.comparison.failed] == ["b3"]
    assert outcome.comparison.exit_code == 1


def test_what_is_slower_is_timed_again_alone():
    outcome, order = interleave({"one": 0.01, "two": 0.01}, {"one": 0.013, "two": 0.01}, World(noise=0.005))
    more = outcome.rounds - CONFIRMING_ROUNDS[0]
    assert order.count(("b", "one")) == 2 * CYCLES * outcome.rounds
    assert order.count(("b", "two")) <= 2 * CYCLES * more
    (row,) = outcome.comparison.failed
    assert row.time.ratio == pytest.approx(1.3, rel=0.02)
    assert len(outcome.candidate.benchmarks[0].blocks) == outcome.rounds  # every sample is kept


def test_what_is_not_slower_again_is_unsure():
    """The machine was unfair to one side, as long as the first rounds lasted."""
    world = World(noise=0.005)
    unfair = Side("b", lambda _: FakeWorker(world, "b", {"one": 0.013 if len(begun()) < 5 else 0.01, "two": 0.01}))

    def begun():
        return [one for one in world.order if one == ("b", "start")]

    outcome = compare_interleaved(world.side("a", {"one": 0.01, "two": 0.01}), unfair, ComparisonOptions(), "mine")
    assert outcome.comparison.exit_code == 0
    row = next(row for row in outcome.comparison.rows if row.name == "one")
    assert (row.verdict, row.reason) == ("unsure", "slower at first, which more rounds did not confirm")


def test_more_rounds_only_where_it_is_unsure():
    _, order = interleave({"steady": 0.01, "other": 0.01}, {"steady": 0.01, "other": 0.0109}, World(noise=0.2))
    counts = {name: order.count(("a", name)) // (2 * CYCLES) for name in ("steady", "other")}
    assert set(counts.values()) <= set(LOOKS)
    assert counts["other"] > counts["steady"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "moods", [{}, {"drift": 0.3}, {"noise": 0.2}, {"process": 0.1}, {"drift": 0.3, "noise": 0.1, "process": 0.05}]
)
def test_without_a_change_nothing_fails(moods):
    """Ten benchmarks, fifteen times over, looked at up to four times each."""
    names = [f"b{i}" for i in range(10)]
    for seed in range(15):
        outcome, _ = interleave(dict.fromkeys(names, 0.01), dict.fromkeys(names, 0.01), World(seed, **moods))
        assert outcome.comparison.exit_code == 0
        assert "slower" not in outcome.comparison.counts


def test_a_rounds_ratio_is_that_of_neighbouring_passes():
    assert round_ratios([(0.0, 1.0, 0.0)], [(0.2, 1.2, 5.0)]) == [pytest.approx(0.2)]
    assert round_ratios([(0.0,), (0.0,)], [(0.1,)]) == [0.1]


@pytest.mark.parametrize(("budget", "seconds"), [(0.1, 0.02), (1.0, 0.025), (10.0, 0.25), (100.0, 0.25)])
def test_passes_are_short(budget, seconds):
    assert pass_seconds(budget) == seconds


def test_all_together_have_a_verdict_too():
    outcome, _ = interleave({"one": 0.01, "two": 0.01}, {"one": 0.01, "two": 0.01})
    assert (outcome.comparison.pooled.verdict, outcome.comparison.pooled.count) == ("same", 2)


def test_benchmarks_of_one_side_are_new_or_missing():
    outcome, _ = interleave({"both": 0.01, "gone": 0.01}, {"both": 0.01, "fresh": 0.01})
    assert {row.name: row.verdict for row in outcome.comparison.rows} == {"both": "same", "gone": "missing", "fresh": "new"}


def test_a_benchmark_that_fails_here_and_not_there_is_said():
    outcome, order = interleave({"one": 0.01, "two": 0.01}, {"one": 0.01, "two": None})
    assert outcome.failed == {"two": "it fails"}
    assert order.count(("b", "two")) == 1
    both, _ = interleave({"one": 0.01, "two": None}, {"one": 0.01, "two": None})
    assert (both.failed, both.failed_on_both) == ({}, {"two": "it fails"})


def test_nothing_that_runs_on_both_is_an_error():
    with pytest.raises(InputError, match="no benchmark ran on both sides: one of b: it fails"):
        interleave({"one": 0.01}, {"one": None})
