"""Timing on a GPU, on a fake one: what is put between events, what is flushed, which samples were throttled."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from flopwatt.bench.machine.nvml import Clocks, open_nvml
from flopwatt.bench.timing.gpu import GpuProbe, inputs_fit_l2, measure_phases, nvml_device
from flopwatt.bench.timing.sampler import Policy, Sampler, Timed
from flopwatt.kernels.engines.device import DeviceOutputs


@dataclass
class FakeTimer:
    """A device with a clock of its own, which kernels and copies move."""

    now: float = 0.0
    bus: str | None = "0000:3b:00.0"
    l2_bytes: int = 50_000_000
    said: list[str] = field(default_factory=list)

    def mark(self):
        self.said.append("mark")
        return self.now

    def seconds(self, first, last):
        return last - first

    def synchronize(self):
        self.said.append("synchronize")

    def flush(self):
        self.said.append("flush")


class FakeDevice:
    """An engine's device: every operation takes its time on the timer's clock."""

    def __init__(self, timer):
        self.timer = timer
        self.multiprocessors = 132

    def upload(self, arrays):
        self.timer.now += 1e-5
        return tuple(arrays)

    def outputs(self, columns, fill=None):
        self.timer.now += 2e-5
        return DeviceOutputs(tuple(columns), (), None)

    def launch(self, function, grid, block, args):
        self.timer.now += 1e-3

    def download(self, outputs):
        self.timer.now += 3e-5
        return []


@dataclass
class Array:
    nbytes: int


class FakePrepared:
    """A prepared question that copies in, launches twice and copies out, wrapped as the engines' are."""

    def __init__(self, timer):
        self.inner = self
        self.device = FakeDevice(timer)
        self.arrays = (Array(1000), Array(2000))

    def run(self):
        device = self.device
        device.upload(())
        made = device.outputs([(8, "uint8")], fill=0)
        device.launch(None, 1, 1, ())
        device.launch(None, 1, device.multiprocessors, ())
        return device.download(made)


def test_phases_come_from_events_and_the_device_is_put_back():
    timer = FakeTimer()
    prepared = FakePrepared(timer)
    device = prepared.device
    phases = measure_phases(prepared, timer)
    assert {name: phase.seconds.median for name, phase in phases.items()} == pytest.approx(
        {"copy_in": 3e-5, "kernel": 2e-3, "copy_out": 3e-5}
    )
    assert {phase.clock for phase in phases.values()} == {"event"}
    assert prepared.device is device


def test_the_device_is_put_back_after_an_error():
    timer = FakeTimer()
    prepared = FakePrepared(timer)
    device = prepared.device
    prepared.run = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        measure_phases(prepared, timer)
    assert prepared.device is device


def test_an_engine_without_a_device_says_why():
    phases = measure_phases(object(), FakeTimer())
    assert all(phase.seconds is None and "no device" in phase.reason for phase in phases.values())


def test_whether_inputs_stay_in_the_cache():
    timer = FakeTimer()
    prepared = FakePrepared(timer)
    assert inputs_fit_l2(prepared, timer)
    prepared.arrays = (Array(60_000_000),)
    assert not inputs_fit_l2(prepared, timer)


class Throttling:
    """An NVML device under a power cap during the third and fourth sample."""

    def __init__(self):
        self.reads = 0

    def clocks(self):
        self.reads += 1
        sample = (self.reads - 1) // 2
        return Clocks(1980.0 - 10 * sample, ("power cap",) if sample in (2, 3) else ())

    def memory_used(self):
        return 10**9 + self.reads


def test_samples_under_throttling_are_marked():
    timer, device = FakeTimer(), Throttling()
    probe = GpuProbe(timer, device, index=1)
    prepared = FakePrepared(timer)
    sampler = Sampler(Policy(passes=1), clock=lambda: timer.now, cpu_clock=lambda: 0.0)
    sampler.take_pass(Timed(prepared.run), probe)
    state = probe.state()
    count = len(sampler.samples)
    assert (state.throttled_samples, state.throttle_seen) == ((2, 3), ("power cap",))
    assert (state.sm_mhz_before, state.sm_mhz_after) == (1980.0, 1980.0 - 10 * (count - 1))
    assert (state.throttle_before, state.throttle_after, state.index, state.l2_flushed) == ((), (), 1, True)
    assert state.event_seconds.samples == count
    assert state.event_seconds.median == pytest.approx(sampler.samples[0])
    assert probe.peak_bytes == 10**9 + 2 * count
    assert timer.said[-4:] == ["flush", "mark", "mark", "synchronize"]  # the flush is outside the events


def test_without_nvml_the_clocks_are_unknown_and_not_zero():
    timer = FakeTimer()
    probe = GpuProbe(timer, None, flush=False)
    probe.before()
    probe.start()
    probe.stop()
    probe.after(1)
    state = probe.state()
    assert (state.sm_mhz_before, state.throttle_after, state.throttled_samples, state.l2_flushed) == (None, None, (), False)
    assert probe.peak_bytes is None
    assert "flush" not in timer.said


class BusNvml:
    class NVMLError(Exception):
        pass

    def nvmlInit(self):
        pass

    def nvmlDeviceGetHandleByPciBusId(self, bus):
        if bus != b"0000:3b:00.0":
            raise self.NVMLError
        return "by bus"

    def nvmlDeviceGetHandleByIndex(self, index):
        if index > 1:
            raise self.NVMLError
        return f"index {index}"


def test_nvml_finds_the_device_by_its_bus():
    library = open_nvml(BusNvml)
    assert nvml_device(library, "0000:3b:00.0", 0).handle == "by bus"
    assert nvml_device(library, "0000:99:00.0", 1).handle == "index 1"
    assert nvml_device(library, None, 7) is None
    assert nvml_device(open_nvml(lambda: (_ for _ in ()).throw(ImportError)), None, 0) is None


SIMULATED = """
import json
from flopwatt.bench.timing.gpu import GpuProbe, measure_phases, timer_for
from flopwatt.bench.timing.sampler import Policy, Sampler, Timed
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels import engines

study = load_study("quick", ["axes.chip_count.num=2", "axes.assumptions.draws=4"])
prepared = engines.get("numba-cuda").prepare(study.problem, study.questions[-1], engines.Settings())
timer = timer_for("numba-cuda", 0)
sampler, probe = Sampler(Policy(passes=1, budget_seconds=0.5)), GpuProbe(timer, None)
sampler.take_pass(Timed(prepared.run), probe)
phases = measure_phases(prepared, timer, runs=2)
print(json.dumps([len(sampler.samples), probe.state().event_seconds.median, {n: p.seconds.median for n, p in phases.items()}]))
"""


@pytest.mark.slow
def test_the_numba_cuda_engine_in_the_simulator():
    """The real engine's own copies and launches, on Numba's CUDA simulator."""

    done = subprocess.run(
        [sys.executable, "-c", SIMULATED],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr

    samples, event, phases = json.loads(done.stdout)
    assert samples >= 1
    assert set(phases) == {"copy_in", "kernel", "copy_out"}
    assert 0 < phases["kernel"] < event * 10
    assert phases["kernel"] > phases["copy_out"] > 0
