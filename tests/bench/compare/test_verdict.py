"""What is called slower, and how often wrongly; what others on the machine, energy and memory have to do with it."""

import dataclasses

import pytest
from made_records import quiet_processes, record, timed, verdict

from flopwatt.bench.compare.change import RecordHistory
from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.options import ComparisonOptions
from flopwatt.bench.compare.result import Pair
from flopwatt.bench.compare.thresholds import MetricLimits, Thresholds
from flopwatt.bench.compare.verdict import judge, judge_records, uncompared_row
from flopwatt.bench.machine.noise import Noise
from flopwatt.bench.records.record import Energy, Memory, Reading


@pytest.mark.slow
@pytest.mark.parametrize("count", [10, 40])
def test_no_change_is_hardly_ever_called_slower(count):
    """200 benchmarks, 1% noise, no change, three times over: at most 5% of 200 called slower; here none or one."""
    for seed in range(3):
        sides = [record(*(timed(f"b{i}", count=count, seed=(seed, side)) for i in range(200))) for side in "ab"]
        outcome = compare([sides[0]], [sides[1]])
        assert outcome.counts.get("slower", 0) <= 1
        assert outcome.counts.get("faster", 0) <= 1
        assert outcome.counts["same"] >= 198
        assert (outcome.pooled.verdict, outcome.exit_code) == ("same", 0)


def test_a_slow_down_of_all_is_found_together_where_each_is_unsure():
    """Noise of 30%: what takes 1.3 times as long everywhere shows in few."""
    base = record(*(timed(f"b{i}", count=15, spread=0.3, seed="a") for i in range(30)))
    slow = record(*(timed(f"b{i}", median=0.013, count=15, spread=0.3, seed="b") for i in range(30)))
    outcome = compare([base], [slow])
    assert outcome.counts["unsure"] > 15
    assert (outcome.pooled.verdict, outcome.pooled.fails, outcome.exit_code) == ("slower", True, 1)
    assert outcome.pooled.change.ratio == pytest.approx(1.3, rel=0.1)
    assert compare([base], [base]).exit_code == 0


def test_a_few_slow_ones_among_many_are_found_and_named():
    base = record(*(timed(f"b{i}", seed="a") for i in range(200)))
    slow = record(*(timed(f"b{i}", median=0.015 if i in (7, 70) else 0.01, seed="b") for i in range(200)))
    outcome = compare([base], [slow])
    assert {row.name for row in outcome.failed} == {"test_it[b7]", "test_it[b70]"}
    assert outcome.failed == outcome.rows[:2]
    assert outcome.exit_code == 1
    assert all(row.fails[0].startswith(("time +4", "time +5")) for row in outcome.failed)


def test_noise_of_a_busy_machine_is_unsure_and_not_slower():
    row = verdict(timed("a", spread=0.3, seed=1), timed("a", spread=0.3, seed=2))
    assert (row.verdict, row.reason) == ("unsure", "too noisy to tell a change of 10% from none")
    assert not row.fails
    assert row.blind
    assert row.detectable > 0.3


def test_faster_same_and_slower():
    base = timed("a")
    assert verdict(base, timed("a", 0.007, seed=1)).verdict == "faster"
    assert verdict(base, timed("a", 0.0101, seed=1)).verdict == "same"
    slower = verdict(base, timed("a", 0.013, seed=1))
    assert slower.verdict == "slower"
    assert slower.time.ratio == pytest.approx(1.3, rel=0.02)
    low, high = slower.time.interval()
    assert low < 1.3 < high


def test_a_machine_that_was_slower_is_no_slow_down():
    """Everything took 1.5 times as long beside the candidate, the loops of known work too."""
    row = verdict(timed("a"), timed("a", 0.015, seed=1, **quiet_processes(20, speed=1 / 1.5)))
    assert row.verdict == "same"
    assert row.speed == pytest.approx(1.5)
    assert row.candidate == pytest.approx(0.015, rel=0.02)  # as it was measured


def test_a_sure_change_below_the_margin_is_the_same():
    wide = Thresholds(MetricLimits(time=0.01, margin=0.2))
    row = verdict(timed("a", spread=0.001), timed("a", 0.0115, spread=0.001, seed=1), thresholds=wide)
    assert row.adjusted_p < 0.01
    assert row.verdict == "same"


@pytest.mark.parametrize(("candidate", "expected"), [(1.0, "unsure"), (1.3, "unsure"), (3.0, "slower"), (0.3, "faster")])
def test_one_process_alone_tells_only_what_no_machine_does_by_itself(candidate, expected):
    """Neither the same nor a slow-down of 30%: two such records of one commit differ by that much."""
    row = verdict(timed("a", 1.0, 9), timed("a", candidate, 9))
    assert row.verdict == expected
    assert row.detectable > 0.5


@pytest.mark.parametrize("count", [1, 4])
def test_a_handful_of_samples_carries_no_verdict_alone(count):
    row = verdict(timed("a", 1.0, count), timed("a", 9.0, count))
    assert (row.verdict, row.reason) == ("unsure", "a handful of samples of one process says nothing alone")
    assert not row.fails
    pair_with_past = pair(timed("a", 1.0, count), timed("a", 9.0, count))
    sides = record(pair_with_past.baseline), record(pair_with_past.candidate)
    past = RecordHistory([record(timed("a", 1.0, count, seed=i)) for i in range(8)])
    judged, _ = judge([dataclasses.replace(pair_with_past, records=sides)], judge_records(past, ComparisonOptions()))
    assert judged[0].verdict == "slower"  # eight records say what such samples are worth


def test_where_nobody_counted_what_others_did_the_samples_say_little():
    uncounted = [timed("a", median, noise=None, seed=median) for median in (0.01, 0.013)]
    assert verdict(*uncounted).verdict == "unsure"
    assert verdict(timed("a", 0.01), timed("a", 0.013)).verdict == "slower"


def crowded(median, cpu, share, **changes):
    return timed("a", median, cpu_seconds=Reading(cpu), **{**changes, "noise": Noise(other_cpu_share=share)})


@pytest.mark.parametrize(
    ("cpu", "before", "share", "expected"),
    [
        (0.010, 0.0, 0.4, "unsure"),  # twice the time, the same work: it waited
        (0.0103, 0.0, 0.4, "unsure"),
        (0.019, 0.0, 0.4, "slower"),  # twice the work
        (0.010, 0.0, 0.01, "slower"),  # nobody else was there: it sleeps or waits of itself
        (0.010, 0.4, 0.4, "slower"),  # the same crowd on both sides
        (0.010, 0.4, 0.0, "slower"),  # it was the baseline that waited
        (0.010, 0.0, 0.1, "slower"),  # a tenth of the processor cannot make it twice as slow
    ],
)
def test_waiting_for_a_crowded_processor_is_not_a_slow_down(cpu, before, share, expected):
    row = verdict(crowded(0.01, 0.01, before), crowded(0.02, cpu, share, seed=1))
    assert row.verdict == expected
    assert ("other processes used the processor unequally" in row.reason) == (expected == "unsure")
    assert bool(row.fails) == (expected == "slower")


def test_gpus_do_not_wait_for_the_processor():
    sides = crowded(0.01, 0.01, 0.0), crowded(0.02, 0.01, 0.6, seed=1)
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
    rows, _ = judge(pairs, judge_records(RecordHistory(), ComparisonOptions()))
    assert [(row.name, row.verdict) for row in rows] == [
        ("test_it[b]", "incomparable"),
        ("test_it[c]", "wrong"),
        ("test_it[a]", "same"),
    ]
    assert rows[1].fails == ("wrong answer: cost is 1, it was 2",)
    assert judge([], judge_records(RecordHistory(), ComparisonOptions())) == ([], None)


def test_one_sided_benchmarks_have_a_row_without_times():
    row = uncompared_row(timed("a"), "missing", "it is not in the candidate")
    assert (row.name, row.verdict, row.reason, row.time, row.fails) == (
        "test_it[a]", "missing", "it is not in the candidate", None, (),
    )  # fmt: skip
    assert row.params["case"] == "a"


def test_many_tests_at_once_need_stronger_evidence_than_one():
    """A change that is called alone is not as one of a hundred of which the others are the same."""
    changed = timed("x"), timed("x", 0.011, seed=1)
    judge_times = judge_records(RecordHistory(), ComparisonOptions())
    ((one,), _) = judge([pair(*changed)], judge_times)
    assert one.verdict == "slower"
    others = [pair(timed(f"b{i}", seed="a"), timed(f"b{i}", seed="b")) for i in range(100)]
    many = {row.name: row for row in judge([pair(*changed), *others], judge_times)[0]}
    assert many["test_it[x]"].verdict == "unsure"
    assert many["test_it[x]"].adjusted_p > one.adjusted_p
    assert many["test_it[x]"].detectable > one.detectable
