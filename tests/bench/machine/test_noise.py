"""What disturbs a measurement is named, with its size; a quiet machine disturbs nothing."""

import random

import pytest

from flopwatt.bench.machine.noise import Moment, Sampling, moment, noise
from flopwatt.bench.stats.inference import MedianInterval

STAT = "cpu  {} 0 0 {} 0 0 0 {} 0 0\ncpu0 1 2 3\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "proc").mkdir()

    def write(busy, idle, steal, load):
        (tmp_path / "proc/stat").write_text(STAT.format(busy, idle, steal))
        (tmp_path / "proc/loadavg").write_text(f"{load} 0.10 0.05 1/87 5724\n")
        return tmp_path

    return write


def test_a_quiet_machine_gives_no_reasons(root):
    before = moment(root(1000, 1000, 0, 0.1))
    after = moment(root(1001, 2000, 0, 0.2))
    disturbed = noise(before, after, "performance", Sampling(MedianInterval(1.0, 0.995, 1.005), 0.01))
    assert disturbed.reasons == ()
    assert (disturbed.load_before, disturbed.load_after, disturbed.steal_share) == (0.1, 0.2, 0.0)


def test_what_disturbs_is_named(root):
    before = moment(root(1000, 1000, 0, 9.5))
    after = moment(root(1500, 1300, 200, 9.5))
    disturbed = noise(before, after, "powersave", Sampling(MedianInterval(1.0, 0.9, 1.1), 0.01))
    assert disturbed.steal_share == pytest.approx(0.2)
    assert disturbed.other_cpu_share == pytest.approx(0.5, abs=0.1)
    texts = " | ".join(disturbed.reasons)
    for words in ("other processes used", "steal", "load average of 9.50", "'powersave'", "±10.0%, wider than the ±1.0%"):
        assert words in texts


def test_this_processs_own_time_is_not_others():
    before = Moment(0.0, 100.0, 0.0, 1000.0, own=50.0)
    after = Moment(0.0, 110.0, 0.0, 1020.0, own=60.0)
    assert noise(before, after).other_cpu_share == 0.0


def test_a_system_without_proc_says_nothing(tmp_path):
    silent = noise(moment(tmp_path), moment(tmp_path))
    assert (silent.load_before, silent.steal_share, silent.other_cpu_share, silent.reasons) == (None, None, None, ())


def test_passes_that_drift_are_named():
    draw = random.Random(4)
    steady = [[draw.gauss(1, 0.01) for _ in range(10)] for _ in range(5)]
    drifting = [[value + 0.2 * i for value in samples] for i, samples in enumerate(steady)]
    still = Moment(None, None, None, None, 0.0)
    assert noise(still, still, sampling=Sampling(passes=steady)).reasons == ()
    drift = noise(still, still, sampling=Sampling(passes=drifting))
    assert drift.reasons == ("the passes differ by more than their samples explain",)
