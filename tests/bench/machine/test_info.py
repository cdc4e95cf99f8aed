"""What machine this is, read from a made-up /proc and /sys and from a made-up NVML."""

import dataclasses
import platform
import re
import socket

import pytest

from flopwatt.bench.machine.info import Cpu, Machine, differences, read_machine, short_name, this_machine
from flopwatt.bench.machine.nvml import Gpu, Nvml, open_nvml

CPUINFO = """processor : 0
model name : AMD EPYC 9575F 64-Core Processor
physical id : 0
core id : 0
cache size : 1024 KB
flags : fpu sse4_2 avx avx2 fma avx512f hypervisor

processor : 1
model name : AMD EPYC 9575F 64-Core Processor
physical id : 0
core id : 0
flags : fpu sse4_2 avx avx2 fma avx512f hypervisor
"""


@pytest.fixture
def root(tmp_path):
    for name, text in {
        "proc/cpuinfo": CPUINFO,
        "proc/meminfo": "MemTotal:       24684092 kB\nMemFree: 1 kB\n",
        "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance\n",
        "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq": "5008000\n",
        "sys/devices/system/cpu/cpufreq/boost": "1\n",
        "sys/fs/cgroup/cpu.max": "100000 100000\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_reads_the_processor_the_memory_and_the_clock_policy(root):
    machine = read_machine(root, Nvml(None, "no driver"))
    cpu = machine.cpu
    assert cpu.model == "AMD EPYC 9575F 64-Core Processor"
    assert (cpu.cores, cpu.usable, cpu.mhz, cpu.governor, cpu.boost, cpu.virtual) == (1, 1, 5008.0, "performance", True, True)
    assert cpu.simd == ("sse4_2", "avx", "avx2", "fma", "avx512f")
    assert machine.memory_bytes == 24684092 * 1024
    assert (machine.gpus, machine.gpu_reason) == ((), "no driver")
    assert machine.name == "amd-epyc-9575f-1-core"


def test_what_a_system_does_not_tell_is_unknown_and_never_zero(tmp_path):
    cpu = read_machine(tmp_path, Nvml(None, "no driver")).cpu
    assert (cpu.cores, cpu.mhz, cpu.governor, cpu.boost, cpu.cache, cpu.virtual) == (None,) * 6


def test_the_hosts_name_is_nowhere():
    text = repr(this_machine()).lower()
    for name in {socket.gethostname().lower(), platform.node().lower()}:
        assert not re.search(rf"\b{re.escape(name)}\b", text)


@pytest.mark.parametrize(
    ("model", "count", "gpus", "name"),
    [
        ("Intel(R) Xeon(R) Platinum 8480C CPU @ 2.00GHz", 56, (), "intel-xeon-platinum-8480c-56-cores"),
        ("Apple M3 Max", 16, (), "apple-m3-max-16-cores"),
        ("AMD EPYC", 1, (), "amd-epyc-1-core"),
        ("any", 16, (Gpu("NVIDIA H200"),) * 8, "nvidia-h200-x8"),
    ],
)
def test_short_names(model, count, gpus, name):
    assert short_name(Cpu(model=model, usable=count), gpus) == name


def test_a_name_of_the_users_own():
    machine = Machine("amd-epyc-2-cores")
    assert machine.with_name("ci-runner").name == "ci-runner"
    assert machine.with_name(None) is machine
    for wrong in ("", "../up", "a/b", ".hidden", "a b", "x" * 65):
        with pytest.raises(ValueError, match="no name for a machine"):
            machine.with_name(wrong)


def test_generations_of_a_processor_that_hides_its_name_differ():
    """Two virtual machines, both "AMD EPYC"."""
    older = Machine("amd-epyc-2-cores", Cpu("AMD EPYC", "x86_64", 2, 2, 2, cache="512 KB", simd=("avx", "avx2")))
    newer = Machine("amd-epyc-2-cores", Cpu("AMD EPYC", "x86_64", 2, 2, 2, cache="1024 KB", simd=("avx", "avx2", "avx512f")))
    assert differences(older, older) == []
    assert differences(older, newer) == [
        "vector instructions 'avx, avx2' and 'avx, avx2, avx512f'",
        "CPU cache '512 KB' and '1024 KB'",
    ]
    assert differences(older, dataclasses.replace(newer, cpu=Cpu("AMD EPYC", "x86_64", 2, 2, 2))) == []


def test_differences_that_decide_about_times():
    one = Machine("a", Cpu("EPYC", "x86_64", usable=2, governor="performance"), gpus=(Gpu("H100", power_limit_watts=700.0),))
    assert differences(one, one) == []
    other = dataclasses.replace(one, cpu=dataclasses.replace(one.cpu, governor="powersave"), packages={"numpy": "3"})
    assert differences(one, other) == ["frequency governor 'performance' and 'powersave'"]
    unknown = dataclasses.replace(one, cpu=dataclasses.replace(one.cpu, governor=None))
    assert differences(one, unknown) == []
    slower = dataclasses.replace(one, gpus=(Gpu("H100", power_limit_watts=350.0),))
    assert differences(one, slower, "numba") == []
    assert differences(one, slower, "cupy") == ["GPU power limit 700 and 350"]
    assert differences(one, dataclasses.replace(one, gpus=one.gpus * 2), "cupy") == ["GPUs '1 x H100' and '2 x H100'"]


class FakeNvmlError(Exception):
    pass


class FakeNvml:
    """One H200 whose driver knows every question but the energy counter's."""

    NVMLError = FakeNvmlError
    NVML_CLOCK_SM = 1

    def __init__(self, starts=True):
        self.starts = starts

    def nvmlInit(self):
        if not self.starts:
            raise FakeNvmlError("Driver Not Loaded")

    def nvmlDeviceGetCount(self):
        return 1

    def nvmlDeviceGetHandleByIndex(self, index):
        return index

    def nvmlDeviceGetName(self, handle):
        return b"NVIDIA H200"

    def nvmlSystemGetDriverVersion(self):
        return "580.95.05"

    def nvmlSystemGetCudaDriverVersion_v2(self):
        return 13010

    def nvmlDeviceGetCudaComputeCapability(self, handle):
        return (9, 0)

    def nvmlDeviceGetPowerManagementLimit(self, handle):
        return 700_000

    def nvmlDeviceGetPowerUsage(self, handle):
        return 123_456

    def nvmlDeviceGetTotalEnergyConsumption(self, handle):
        raise FakeNvmlError("Not Supported")

    def nvmlDeviceGetClockInfo(self, handle, kind):
        return 1980

    def nvmlDeviceGetCurrentClocksEventReasons(self, handle):
        return 0x1 | 0x4 | 0x40

    def nvmlDeviceGetApplicationsClock(self, handle, kind):
        return 1500

    def nvmlDeviceGetDefaultApplicationsClock(self, handle, kind):
        return 1980


def test_a_gpu_is_described_and_what_the_driver_refuses_is_none():
    device = open_nvml(FakeNvml).device(0)
    assert device.describe() == Gpu("NVIDIA H200", None, "9.0", "580.95.05", "13.1", 700.0, "application clock 1500 MHz", None)
    assert device.energy_joules() is None
    assert device.power_watts() == pytest.approx(123.456)
    clocks = device.clocks()
    assert (clocks.sm_mhz, clocks.throttle) == (1980.0, ("power cap", "hardware thermal"))


def test_no_nvml_says_why():
    def missing():
        raise ImportError

    assert open_nvml(missing).reason == "the package nvidia-ml-py is not installed"
    absent = open_nvml(lambda: FakeNvml(starts=False))
    assert "Driver Not Loaded" in absent.reason
    assert absent.gpus() == ()
