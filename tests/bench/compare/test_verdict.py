"""What is called slower, and how often wrongly; what others on the machine, energy and memory have to do with it."""

import dataclasses
import random

import pytest
from made_records import record, timed, verdict

from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.options import ComparisonOptions
from flopwatt.bench.compare.result import Pair
from flopwatt.bench.compare.thresholds import MetricLimits, Thresholds
from flopwatt.bench.compare.verdict import judge, uncompared_row
from flopwatt.bench.machine.noise import Noise
from flopwatt.bench.records.record import Energy, Memory, Reading


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 40])
def test_no_change_is_hardly_ever_called_slower(count):
    """200 benchmarks, 1% noise, no change, three times over: at most 5% of 200 called slower; here none or one."""
    for seed in range(3):
        sides = [record(*(timed(f"b{i}", count=count, seed=(seed, side)) for i in range(200))) for side in "ab"]
        outcome = compare([sides[0]], [sides[1]])
        assert outcome.counts.get("slower", 0) <= 1
        assert outcome.counts.get("faster", 0) <= 1
        assert outcome.counts["same"] >= 198
        assert outcome.exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 40])
def test_a_slow_down_of_5_percent_under_1_percent_noise_is_found(count):
    base = record(*(timed(f"b{i}", count=count, seed="a") for i in range(200)))
    slow = record(*(timed(f"b{i}", median=0.0105, count=count, seed="b") for i in range(200)))
    outcome = compare([base], [slow])
    assert outcome.counts["slower"] >= 190
    assert outcome.exit_code == 0  # 5% is within the default threshold of 10% ...
    tight = ComparisonOptions(Thresholds(MetricLimits(time=0.03)))
    assert compare([base], [slow], tight).exit_code == 1  # ... and beyond one of 3%


def test_a_few_slow_ones_among_many_are_found_and_named():
    base = record(*(timed(f"b{i}", seed="a") for i in range(200)))
    slow = record(*(timed(f"b{i}", median=0.012 if i in (7, 70) else 0.01, seed="b") for i in range(200)))
    outcome = compare([base], [slow])
    assert {row.name for row in outcome.failed} == {"test_it[b7]", "test_it[b70]"}
    assert outcome.failed == outcome.rows[:2]
    assert outcome.exit_code == 1
    assert all(row.fails[0].startswith(("time +19", "time +2")) for row in outcome.failed)


def test_noise_of_a_busy_machine_is_unsure_and_not_slower():
    row = verdict(timed("a", spread=0.3, seed=1), timed("a", spread=0.3, seed=2))
    assert row.verdict == "unsure"
    assert not row.fails


def test_faster_same_and_slower():
    base = timed("a")
    assert verdict(base, timed("a", 0.008, seed=1)).verdict == "faster"
    assert verdict(base, timed("a", 0.0101, seed=1)).verdict == "same"
    slower = verdict(base, timed("a", 0.013, seed=1))
    assert slower.verdict == "slower"
    assert slower.time.value == pytest.approx(1.3, rel=0.02)
    assert slower.time.low < 1.3 < slower.time.high


def test_a_sure_change_below_the_margin_is_the_same():
    row = verdict(timed("a", spread=0.001, count=50), timed("a", 0.0101, spread=0.001, count=50, seed=1))
    assert row.adjusted_p < 1e-6
    assert (row.verdict, row.reason) == ("same", "a change below 2%")


@pytest.mark.parametrize(
    ("baseline", "candidate", "expected"),
    [(1, 1.2, "slower"), (1, 1.05, "same"), (1, 0.5, "faster")],
)
@pytest.mark.parametrize("count", [1, 3])
def test_few_samples_are_judged_by_the_ratio(baseline, candidate, expected, count):
    row = verdict(timed("a", baseline, count), timed("a", candidate, count))
    assert row.verdict == expected
    assert "judged by the ratio alone" in row.reason
    assert bool(row.fails) == (expected == "slower")


def test_few_samples_that_overlap_are_unsure():
    row = verdict(timed("a", samples=(1.0, 2.0, 3.0)), timed("a", samples=(1.5, 2.5, 3.5)))
    assert row.verdict == "unsure"


def crowded(median, cpu, share, **changes):
    return timed("a", median, cpu_seconds=Reading(cpu), noise=Noise(other_cpu_share=share), **changes)


@pytest.mark.parametrize(
    ("cpu", "share", "expected"),
    [
        (0.010, 0.6, "unsure"),  # twice the time, the same work: it waited
        (0.011, 0.6, "unsure"),
        (0.019, 0.6, "slower"),  # twice the work
        (0.010, 0.01, "slower"),  # nobody else was there: it sleeps or waits of itself
    ],
)
def test_waiting_for_a_crowded_processor_is_not_a_slow_down(cpu, share, expected):
    row = verdict(crowded(0.01, 0.01, 0.0), crowded(0.02, cpu, share, seed=1))
    assert row.verdict == expected
    assert ("other processes used up to 60%" in row.reason) == (expected == "unsure")
    assert bool(row.fails) == (expected == "slower")


def test_few_samples_on_a_crowded_processor_say_nothing():
    sides = [timed("a", median, 3, noise=Noise(other_cpu_share=0.6)) for median in (0.01, 0.02)]
    assert verdict(*sides).verdict == "unsure"
    quiet = [timed("a", median, 3, noise=Noise(other_cpu_share=0.0)) for median in (0.01, 0.02)]
    assert verdict(*quiet).verdict == "slower"


def test_on_a_crowded_processor_the_evidence_must_be_stronger():
    """A change that is significant at 5% and not at 0.1% could be the crowd's; the CPU time went along."""
    sides = [timed("a", samples=tuple(0.01 * factor * (1 + 0.04 * i) for i in range(15))) for factor in (1.0, 1.2)]
    quiet = verdict(*sides)
    assert 0.001 < quiet.adjusted_p < 0.05
    assert quiet.verdict == "slower"
    crowd = {"cpu_seconds": Reading(0.01), "noise": Noise(other_cpu_share=0.6)}
    base = dataclasses.replace(sides[0], **crowd)
    assert verdict(base, dataclasses.replace(sides[1], **{**crowd, "cpu_seconds": Reading(0.012)})).verdict == "unsure"


def in_turn(ratio, cpu_ratio, share, passes=13, seed=0):
    """Both sides' passes taken in turn on a machine where waiting makes the wall time noisy and the CPU time is not."""
    draw = random.Random(seed)
    sides = []
    for factor, cpu_factor in ((1.0, 1.0), (ratio, cpu_ratio)):
        wall = tuple(0.01 * factor * draw.lognormvariate(0, 0.4) for _ in range(2 * passes))
        cpu = tuple(0.01 * cpu_factor * draw.lognormvariate(0, 0.03) for _ in range(passes))
        benchmark = timed("a", samples=wall, blocks=(2,) * passes, cpu_blocks=cpu, noise=Noise(other_cpu_share=share))
        sides.append(benchmark)
    return sides


def test_in_turn_the_cpu_time_decides_where_waiting_hides_a_slow_down():
    row = verdict(*in_turn(1.2, 1.2, share=0.6), paired=True, significance=0.001)
    assert row.verdict == "slower"
    assert row.cpu.low < 1.2 < row.cpu.high
    assert row.fails[0].startswith("CPU time +")
    assert "by its own CPU time" in row.reason
    assert verdict(*in_turn(1.2, 1.2, share=0.01), paired=True, significance=0.001).verdict == "unsure"


def test_in_turn_an_equal_cpu_time_does_not_make_it_the_same():
    """It may sleep or wait for a lock: then only the wall time shows it."""
    for seed in range(20):
        row = verdict(*in_turn(1.0, 1.0, share=0.6, seed=seed), paired=True, significance=0.001)
        assert row.verdict in ("unsure", "same")
        assert not row.fails


def test_passes_taken_in_turn_and_gpus_need_no_cpu_time():
    sides = crowded(0.01, 0.01, 0.6), crowded(0.02, 0.01, 0.6, seed=1)
    assert verdict(*sides, paired=True).verdict == "slower"
    gpu = [dataclasses.replace(side, engine="cupy") for side in sides]
    assert verdict(*gpu).verdict == "slower"


def test_energy_and_memory_have_thresholds_of_their_own():
    def using(joules, peak):
        return timed("a", energy=Energy(per_billion_points=Reading(joules)), memory=Memory(Reading(peak)))

    row = verdict(using(100.0, 1e9), using(115.0, 1.1e9))
    assert (row.verdict, row.fails) == ("same", ("energy +15.0% (threshold 10%)",))
    assert row.memory.ratio == pytest.approx(1.1)
    assert verdict(using(100.0, 1e9), using(115.0, 1.3e9), thresholds=Thresholds(MetricLimits(energy=0.2))).fails == (
        "memory +30.0% (threshold 20%)",
    )
    assert verdict(using(None, None), using(None, None)).energy is None


def test_the_devices_memory_is_compared_where_there_is_one():
    def using(device):
        return timed("a", memory=Memory(Reading(1e9), Reading(1e6), Reading(device)))

    assert verdict(using(1e9), using(2e9)).fails == ("memory +100.0% (threshold 20%)",)


@pytest.mark.parametrize(
    ("one", "other", "fails"),
    [
        (Memory(Reading(2e8)), Memory(Reading(3e8)), False),  # compiling first takes so much
        (Memory(Reading(2e8)), Memory(Reading(4e8)), True),
        (Memory(Reading(9e9), Reading(1e6)), Memory(Reading(1e9), Reading(9e6)), False),  # a few pages
        (Memory(Reading(1e9), Reading(1e8)), Memory(Reading(1e9), Reading(2e8)), True),
        (Memory(Reading(1e9), Reading(0.0)), Memory(Reading(1e9), Reading(2e8)), True),
        (Memory(Reading(1e9), Reading(0.0)), Memory(Reading(1e9), Reading(0.0)), False),
    ],
)
def test_memory_may_grow_a_little_beyond_its_share(one, other, fails):
    assert bool(verdict(timed("a", memory=one), timed("a", memory=other)).fails) == fails


def pair(baseline, candidate, **changes):
    return Pair(baseline, candidate, MetricLimits(), **changes)


def test_judging_gives_a_row_for_each_pair_those_that_were_not_timed_first():
    pairs = [
        pair(timed("a"), timed("a", seed=1)),
        pair(timed("b"), timed("b"), reason="points 1 and 2"),
        pair(timed("c"), timed("c"), reason="cost is 1, it was 2", wrong=True),
    ]
    rows = judge(pairs, ComparisonOptions())
    assert [(row.name, row.verdict) for row in rows] == [
        ("test_it[b]", "incomparable"),
        ("test_it[c]", "wrong"),
        ("test_it[a]", "same"),
    ]
    assert rows[1].fails == ("wrong answer: cost is 1, it was 2",)
    assert judge([], ComparisonOptions()) == []


def test_one_sided_benchmarks_have_a_row_without_times():
    row = uncompared_row(timed("a"), "missing", "it is not in the candidate")
    assert (row.name, row.verdict, row.reason, row.time, row.fails) == (
        "test_it[a]", "missing", "it is not in the candidate", None, (),
    )  # fmt: skip
    assert row.params["case"] == "a"


def test_many_tests_at_once_need_stronger_evidence_than_one():
    """A change with p of about 0.02 is called alone, and not as one of a hundred of which the others are the same."""
    changed = [timed("x", samples=tuple(0.01 * f * (1 + 0.04 * i) for i in range(15))) for f in (1.0, 1.18)]
    (one,) = judge([pair(*changed)], ComparisonOptions())
    assert one.verdict == "slower"
    others = [pair(timed(f"b{i}", seed="a"), timed(f"b{i}", seed="b")) for i in range(100)]
    many = {row.name: row for row in judge([pair(*changed), *others], ComparisonOptions())}
    assert many["test_it[x]"].verdict == "unsure"
    assert many["test_it[x]"].adjusted_p > one.adjusted_p
