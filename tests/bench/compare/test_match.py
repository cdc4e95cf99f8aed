"""Comparing: what is called slower and how often wrongly, the verdicts, the thresholds."""

import dataclasses
import random
import time

import pytest
from made_records import MACHINE, record, timed

from flopwatt.bench.compare.answers import disagreement
from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.thresholds import MetricLimits, Thresholds, load_thresholds, share
from flopwatt.bench.errors import InputError, Parameter
from flopwatt.bench.machine.info import Cpu, Machine
from flopwatt.bench.machine.noise import Noise
from flopwatt.bench.records.record import Energy, Memory, Reading, StoredAnswer, Values


def verdict(baseline, candidate, thresholds=None, **options):
    (row,) = compare([record(baseline)], [record(candidate)], thresholds, **options).rows
    return row


# --- how often it is right --------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("count", [8, 40])
def test_a_slow_down_of_5_percent_under_1_percent_noise_is_found(count):
    base = record(*(timed(f"b{i}", count=count, seed="a") for i in range(200)))
    slow = record(*(timed(f"b{i}", median=0.0105, count=count, seed="b") for i in range(200)))
    outcome = compare([base], [slow])
    assert outcome.counts["slower"] >= 190
    assert outcome.exit_code == 0  # 5% is within the default threshold of 10% ...
    assert compare([base], [slow], Thresholds(MetricLimits(time=0.03))).exit_code == 1  # ... and beyond one of 3%


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


# --- the verdicts -----------------------------------------------------------------------------------------------------


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


def test_benchmarks_match_by_parameters_and_not_by_position():
    names = [f"b{i}" for i in range(10)]
    base = record(*(timed(name, 0.01 * (i + 1)) for i, name in enumerate(names)))
    shuffled = list(base.benchmarks)
    random.Random(1).shuffle(shuffled)
    reordered = [
        dataclasses.replace(one, params=dict(reversed(one.params.items())), name="test_it[other id]") for one in shuffled
    ]
    outcome = compare([base], [record(*reordered)])
    assert outcome.counts == {"same": 10}


def test_missing_and_new():
    outcome = compare([record(timed("a"), timed("gone"))], [record(timed("a"), timed("fresh"))])
    assert {row.name: row.verdict for row in outcome.rows} == {
        "test_it[gone]": "missing",
        "test_it[fresh]": "new",
        "test_it[a]": "same",
    }
    assert outcome.exit_code == 0
    strict = compare([record(timed("a"), timed("gone"))], [record(timed("a"))], strict=True)
    assert strict.exit_code == 4


def test_nothing_in_common_never_passes():
    outcome = compare([record(timed("a"))], [record(timed("b"))])
    assert outcome.exit_code == 3
    assert compare([record()], [record()]).exit_code == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dtype": "float32"}, "dtype float64 and float32"),
        ({"dtype": "float32", "params": {"case": "a", "engine": "numpy", "dtype": "float32"}}, "dtype float64 and float32"),
        ({"points": 2000}, "points 1000 and 2000"),
        ({"extra": {"first_pass_of": ["a", "b"]}}, "a first pass for itself alone and for a, b"),
    ],
)
def test_incomparable_benchmarks(change, reason):
    row = verdict(timed("a"), timed("a", 0.02, **change))
    assert (row.verdict, row.reason, row.fails) == ("incomparable", reason, ())


def test_another_dtype_beside_its_own_is_new():
    other = timed("a", dtype="float32", params={"case": "a", "engine": "numpy", "dtype": "float32"})
    outcome = compare([record(timed("a"))], [record(timed("a"), other)])
    assert [row.verdict for row in outcome.rows] == ["new", "same"]


def test_other_machines_and_clock_policies_are_incomparable():
    powersave = dataclasses.replace(MACHINE, cpu=dataclasses.replace(MACHINE.cpu, governor="powersave"))
    outcome = compare([record(timed("a"))], [record(timed("a"), machine=powersave)])
    assert outcome.rows[0].verdict == "incomparable"
    assert "governor" in outcome.rows[0].reason
    assert outcome.exit_code == 3
    assert compare([record(timed("a"))], [record(timed("a"), machine=powersave)], across_machines=True).exit_code == 0


def test_of_several_machines_the_same_one_is_compared():
    other = Machine("intel-xeon-8-cores", Cpu("Intel Xeon", "x86_64", 8, 8, 8))
    baseline = [record(timed("a", 0.001), machine=other), record(timed("a"))]
    assert compare(baseline, [record(timed("a"))]).counts == {"same": 1}


def test_of_several_records_the_newest_counts():
    assert compare([record(timed("a", 0.5)), record(timed("a"))], [record(timed("a", 9)), record(timed("a"))]).counts == {
        "same": 1
    }


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
    row = verdict(*in_turn(1.2, 1.2, share=0.6), paired=True, significant=0.001)
    assert row.verdict == "slower"
    assert row.cpu.low < 1.2 < row.cpu.high
    assert row.fails[0].startswith("CPU time +")
    assert "by its own CPU time" in row.reason
    assert verdict(*in_turn(1.2, 1.2, share=0.01), paired=True, significant=0.001).verdict == "unsure"


def test_in_turn_an_equal_cpu_time_does_not_make_it_the_same():
    """It may sleep or wait for a lock: then only the wall time shows it."""
    for seed in range(20):
        row = verdict(*in_turn(1.0, 1.0, share=0.6, seed=seed), paired=True, significant=0.001)
        assert row.verdict in ("unsure", "same")
        assert not row.fails


def test_passes_taken_in_turn_and_gpus_need_no_cpu_time():
    sides = crowded(0.01, 0.01, 0.6), crowded(0.02, 0.01, 0.6, seed=1)
    assert verdict(*sides, paired=True).verdict == "slower"
    gpu = [dataclasses.replace(side, engine="cupy") for side in sides]
    assert verdict(*gpu).verdict == "slower"


# --- wrong answers ----------------------------------------------------------------------------------------------------


def answering(*data, dtype="float64", kind="value", **changes):
    answers = (StoredAnswer("cheapest", {"cost": Values("USD", data, len(data), None, kind)}),)
    return timed("a", dtype=dtype, answers=answers, **changes)


@pytest.mark.parametrize(
    ("one", "other", "dtype", "wrong"),
    [
        (1.0, 1.0 + 1e-13, "float64", False),
        (1.0, 1.0 + 1e-11, "float64", True),
        (1.0, 1.0 + 1e-6, "float32", False),
        (1.0, 1.0 + 1e-4, "float32", True),
        (None, None, "float64", False),
        (None, 1.0, "float64", True),
        (1.0, None, "float64", True),
        (float("inf"), float("inf"), "float64", False),
        (float("inf"), 1.0, "float64", True),
        (0.0, 0.0, "float64", False),
        (0.0, 1e-300, "float64", True),
    ],
)
def test_an_answer_is_wrong_beyond_the_dtypes_tolerance(one, other, dtype, wrong):
    row = verdict(answering(5.0, one, dtype=dtype), answering(5.0, other, dtype=dtype))
    assert (row.verdict == "wrong") == wrong
    assert bool(row.fails) == wrong
    if wrong:
        assert "cheapest: cost is" in row.reason


def test_a_wrong_answer_fails_on_another_machine_too():
    outcome = compare([record(answering(1.0))], [record(answering(2.0), machine=Machine("b", Cpu("other")))])
    assert (outcome.counts, outcome.exit_code) == ({"wrong": 1}, 1)


def test_bins_and_counts_and_ties_have_their_own_tolerance():
    assert not disagreement(answering(1.0, kind="binned"), answering(1.015, kind="binned"))
    assert disagreement(answering(1.0, kind="binned"), answering(1.02, kind="binned"))
    assert not disagreement(answering(1e9, kind="count"), answering(1e9 + 5, kind="count"))
    assert disagreement(answering(100.0, kind="count"), answering(101.0, kind="count"))
    assert not disagreement(answering(1.0, kind="tied"), answering(7.0, kind="tied"))


def test_an_answer_of_another_shape_and_an_error_against_numpy_are_wrong():
    assert "it had 1" in disagreement(answering(1.0), answering(1.0, 2.0))
    assert "off the NumPy engine by 0.001" in disagreement(answering(1.0), answering(1.0, max_relative_error=Reading(1e-3)))


# --- energy, memory and thresholds ------------------------------------------------------------------------------------


def test_energy_and_memory_have_thresholds_of_their_own():
    def using(joules, peak):
        return timed("a", energy=Energy(per_billion_points=Reading(joules)), memory=Memory(Reading(peak)))

    row = verdict(using(100.0, 1e9), using(115.0, 1.1e9))
    assert (row.verdict, row.fails) == ("same", ("energy +15.0% (threshold 10%)",))
    assert row.memory.ratio == pytest.approx(1.1)
    assert verdict(using(100.0, 1e9), using(115.0, 1.3e9), Thresholds(MetricLimits(energy=0.2))).fails == (
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


def test_thresholds_from_a_file(tmp_path):
    path = tmp_path / "limits.toml"
    path.write_text(
        'time = "30%"\n[[benchmarks]]\nname = "test_it[[]tight*"\ntime = 0.05\n'
        '[[benchmarks]]\nwhere = { engine = "numba" }\ntime = "60%"\n'
    )
    thresholds = load_thresholds(path, MetricLimits())
    names = ["tight", "plain"]
    base = record(*(timed(name) for name in names))
    slow = record(*(timed(name, 0.012, seed=1) for name in names))
    assert [row.name for row in compare([base], [slow], thresholds).failed] == ["test_it[tight]"]
    numba = timed("tight", params={"engine": "numba"})
    assert thresholds.of(numba) == MetricLimits(time=0.6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tme = 0.1", "unknown key 'tme'; did you mean 'time'"),
        ("time = 'fast'", "'fast' is no share; write 10% or 0.1"),
        ("time = -1", "no share"),
        ("time = true", "no share"),
        ("time =", "not valid TOML"),
        ("benchmarks = 3", "benchmarks must be a list, not 3"),
        ("[benchmarks]\nname = 3", r"benchmarks must be a list of tables; write \[\[benchmarks\]\], not \[benchmarks\]"),
        ("[[benchmarks]]\nname = 3", r"benchmarks\[0\].name must be text, not 3"),
        ("[[benchmarks]]\nwher = {}", r"benchmarks\[0\]: unknown key 'wher'; did you mean 'where'"),
    ],
)
def test_a_wrong_thresholds_file(tmp_path, text, message):
    path = tmp_path / "limits.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_thresholds(path, MetricLimits())
    with pytest.raises(InputError, match="cannot be read"):
        load_thresholds(tmp_path / "none.toml", MetricLimits())


@pytest.mark.parametrize(
    ("text", "value"), [("10%", 0.1), ("0.1", 0.1), ("10", 0.1), (0.05, 0.05), ("2.5 %", 0.025), ("1", 0.01)]
)
def test_shares(text, value):
    assert share(text, Parameter("threshold")) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "x", "0", "-5%", "nan", "1e400", "2000%"])
def test_wrong_shares(text):
    with pytest.raises(InputError, match=r"^threshold: "):
        share(text, Parameter("threshold"))


@pytest.mark.alone
def test_comparing_is_quick_for_large_records():
    base = record(*(timed(f"b{i}", count=1000) for i in range(100)))
    cand = record(*(timed(f"b{i}", count=1000, seed=1) for i in range(100)))
    start = time.perf_counter()
    assert compare([base], [cand]).counts == {"same": 100}
    assert time.perf_counter() - start < 10
