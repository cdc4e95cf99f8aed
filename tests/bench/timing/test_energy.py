"""Energy: counters read over a window, shared out among the calls; null and the reason where there is no meter."""

import time
from types import SimpleNamespace

import pytest

from flopwatt.bench.machine.nvml import NvmlDevice, open_nvml
from flopwatt.bench.timing.energy import Meters, NvmlCounter, NvmlPower, Rapl, integrate, meters_for, rapl

pytestmark = pytest.mark.alone


class NvmlError(Exception):
    pass


class FakeGpu:
    """A GPU that draws 300 W: an energy counter (if it has one) and a power reading that follow the real clock."""

    NVMLError = NvmlError
    watts = 300.0

    def __init__(self, counter=True, power=True):
        self.counter, self.power = counter, power
        self.start = time.perf_counter()

    def nvmlInit(self):
        pass

    def nvmlDeviceGetTotalEnergyConsumption(self, handle):
        if not self.counter:
            raise NvmlError("Not Supported")
        return int((time.perf_counter() - self.start) * self.watts * 1e3) + 10**6

    def nvmlDeviceGetPowerUsage(self, handle):
        if not self.power:
            raise NvmlError("Not Supported")
        return int(self.watts * 1e3)


def device(**options):
    return NvmlDevice(open_nvml(lambda: FakeGpu(**options)).library, 0)


def nap():
    time.sleep(0.01)


@pytest.mark.parametrize(
    ("options", "meter", "name"),
    [({}, NvmlCounter, "nvml energy counter"), ({"counter": False}, NvmlPower, "nvml power samples")],
)
def test_a_gpus_joules_by_counter_or_by_sampled_power(options, meter, name, tmp_path):
    meters = meters_for("cupy", device(**options), root=tmp_path)
    assert isinstance(meters.gpu, meter)
    energy = meters.measure(nap, "cupy", points=10**6, window=0.3)
    assert energy.gpu_meter == name
    assert energy.gpu.value == pytest.approx(300 * 0.0102, rel=0.1)  # 300 W for a nap of 10 ms
    assert energy.per_billion_points.value == pytest.approx(energy.gpu.value * 1000)
    second = energy.gpu_by_power
    assert second.reason if "counter" in options else second.value == pytest.approx(energy.gpu.value, rel=0.1)
    assert energy.cpu.value is None
    assert "no RAPL" in energy.cpu.reason


def test_power_is_of_the_moment_where_the_driver_tells_it_apart():
    class Modern(FakeGpu):
        NVML_FI_DEV_POWER_INSTANT = 186
        status = 0

        def nvmlDeviceGetFieldValues(self, handle, fields):
            assert fields == [186]
            return [SimpleNamespace(nvmlReturn=self.status, value=SimpleNamespace(uiVal=412_000))]

    modern = Modern()
    assert NvmlDevice(modern, 0).instant_watts() == 412.0
    modern.status = 3
    assert NvmlDevice(modern, 0).instant_watts() == 300.0  # not supported: the mean
    assert device().instant_watts() == 300.0


def test_a_gpu_without_either_says_so(tmp_path):
    energy = meters_for("cupy", device(counter=False, power=False), root=tmp_path).measure(nap, "cupy", 1)
    assert (energy.gpu.value, energy.gpu.reason) == (None, "NVML gives neither energy nor power of this GPU")
    assert energy.per_billion_points.value is None


def test_no_gpu_says_why(tmp_path):
    assert (
        meters_for("cupy", None, "NVML does not start: no driver", root=tmp_path).gpu_reason == "NVML does not start: no driver"
    )
    assert meters_for("numba", device(), root=tmp_path).gpu_reason == "the engine uses no GPU"


def test_a_counter_that_stands_still_is_null_and_never_zero():
    class Still(FakeGpu):
        def nvmlDeviceGetTotalEnergyConsumption(self, handle):
            return 5

    meters = Meters(None, NvmlCounter(NvmlDevice(Still(), 0)), "no RAPL")
    energy = meters.measure(nap, "cupy", 1, window=0.05)
    assert (energy.gpu.value, energy.gpu.reason) == (None, "the nvml energy counter did not move")


@pytest.mark.parametrize("power", [True, False])
def test_the_power_thread_ends(power):
    meter = NvmlPower(device(power=power))
    meter.start()
    joules = meter.stop()
    assert (joules is not None) == power
    assert not meter.thread.is_alive()


def test_the_integral_of_power():
    assert integrate([(0.0, 100.0), (1.0, 100.0), (3.0, 200.0)]) == pytest.approx(100 + 300)


@pytest.fixture
def powercap(tmp_path):
    """Two packages, one of which has a part that must not be counted twice."""

    def write(one, two):
        for name, value in {"intel-rapl:0": one, "intel-rapl:1": two, "intel-rapl:0:0": 10**9}.items():
            zone = tmp_path / "sys/class/powercap" / name
            zone.mkdir(parents=True, exist_ok=True)
            (zone / "energy_uj").write_text(f"{value}\n")
            (zone / "max_energy_range_uj").write_text("1000000000\n")
        return tmp_path

    return write


def test_rapl_adds_the_packages_and_minds_the_wrap(powercap):
    meter, reason = rapl(powercap(5_000_000, 999_000_000))
    assert isinstance(meter, Rapl)
    assert reason == ""
    meter.start()
    powercap(7_500_000, 1_000_000)
    assert meter.stop() == pytest.approx(2.5 + 2.0)


def test_rapl_joules_are_shared_out_among_the_calls(powercap):
    root = powercap(0, 0)
    state = {"calls": 0}

    def call():
        state["calls"] += 1
        powercap(state["calls"] * 3_000_000, 0)

    energy = meters_for("numba", None, root=root).measure(call, "numba", points=10**9, window=0.05)
    assert state["calls"] > 1
    assert energy.cpu.value == pytest.approx(3.0)
    assert energy.per_billion_points.value == pytest.approx(3.0)
    assert energy.cpu_meter == "rapl"


def test_rapl_that_cannot_be_read_says_so(powercap):
    """Root reads every file; a folder in the counter's place is read by nobody."""
    root = powercap(0, 0)
    file = root / "sys/class/powercap/intel-rapl:0/energy_uj"
    file.unlink()
    file.mkdir()
    meter, reason = rapl(root)
    assert meter is None
    assert "cannot be read" in reason


def test_without_a_meter_nothing_is_repeated(tmp_path):
    calls = []
    energy = meters_for("numba", None, root=tmp_path).measure(lambda: calls.append(1), "numba", 1)
    assert calls == []
    assert energy.per_billion_points.reason == "the processor (or the virtual machine) shows no RAPL counters"
