"""NVIDIA's management library: what GPUs there are, their clocks, throttling, power and energy, or why that is not known.

Everything goes through an object of the shape of the module ``pynvml`` (nvidia-ml-py), so that tests can bring their own.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# nvmlClocksEventReasons*: bits that mean the clock was held below what was asked for. Idle (1), application clocks (2) and
# a display's setting (0x100) are not throttling: nothing was taken away from the run.
THROTTLE = {
    0x4: "power cap",
    0x8: "hardware slowdown",
    0x10: "sync boost",
    0x20: "software thermal",
    0x40: "hardware thermal",
    0x80: "power brake",
}


@dataclass(frozen=True)
class Clocks:
    """The SM clock in MHz and the reasons why it is held down; None where the driver does not tell."""

    sm_mhz: float | None
    throttle: tuple[str, ...] | None


@dataclass(frozen=True)
class Gpu:
    """One GPU as NVML describes it; a field that the driver does not give is None.

    Parameters
    ----------
    name
        The product's name.
    memory_bytes
        The device memory (bytes).
    compute_capability
        Such as "9.0".
    driver, cuda
        The driver's version and the newest CUDA that it supports.
    power_limit_watts
        The limit on the board's power (W).
    clock_policy
        "default", or the application clock that was set.
    mig
        Whether it is divided into instances (MIG).
    """

    name: str
    memory_bytes: int | None = None
    compute_capability: str | None = None
    driver: str | None = None
    cuda: str | None = None
    power_limit_watts: float | None = None
    clock_policy: str | None = None
    mig: bool | None = None


class Nvml:
    """An initialised NVML. ``reason`` is why there is none; then there are no devices and every reading is None."""

    def __init__(self, library: Any, reason: str = ""):
        self.library = library
        self.reason = reason

    def count(self) -> int:
        """Count the GPUs."""
        return 0 if self.library is None else int(self.library.nvmlDeviceGetCount())

    def device(self, index: int) -> "NvmlDevice":
        """Open the GPU of that number, in NVML's order."""
        return NvmlDevice(self.library, self.library.nvmlDeviceGetHandleByIndex(index))

    def gpus(self) -> tuple[Gpu, ...]:
        """Read what every GPU is."""
        return tuple(self.device(i).describe() for i in range(self.count()))


class NvmlDevice:
    """One GPU's readings. A reading that the driver refuses is None, never 0."""

    def __init__(self, library: Any, handle: Any):
        self.library = library
        self.handle = handle

    def _read(self, function: str, *args: Any) -> Any:
        try:
            return getattr(self.library, function)(*args)
        except (self.library.NVMLError, AttributeError):
            return None

    def energy_joules(self) -> float | None:
        """Read the energy drawn since the driver was loaded (J; Volta and newer); the counter moves every 20 ms or so."""
        millijoules = self._read("nvmlDeviceGetTotalEnergyConsumption", self.handle)
        return None if millijoules is None else millijoules / 1e3

    def power_watts(self) -> float | None:
        """Read the board's power (W): of the last second on average since Ampere, before that of this moment."""
        milliwatts = self._read("nvmlDeviceGetPowerUsage", self.handle)
        return None if milliwatts is None else milliwatts / 1e3

    def instant_watts(self) -> float | None:
        """Read the board's power at this moment (W), where the driver tells it apart from the mean of the last second."""
        values = self._read("nvmlDeviceGetFieldValues", self.handle, [getattr(self.library, "NVML_FI_DEV_POWER_INSTANT", 186)])
        if not values or values[0].nvmlReturn != 0:
            return self.power_watts()
        return float(values[0].value.uiVal) / 1e3

    def memory_used(self) -> int | None:
        """Read the bytes in use on the device, by every process."""
        memory = self._read("nvmlDeviceGetMemoryInfo", self.handle)
        return None if memory is None else int(memory.used)

    def clocks(self) -> Clocks:
        """Read the SM clock now, and why it is held down."""
        sm = self._read("nvmlDeviceGetClockInfo", self.handle, getattr(self.library, "NVML_CLOCK_SM", 1))
        bits = self._read("nvmlDeviceGetCurrentClocksEventReasons", self.handle)
        if bits is None:  # the name before driver 535
            bits = self._read("nvmlDeviceGetCurrentClocksThrottleReasons", self.handle)
        reasons = None if bits is None else tuple(name for bit, name in THROTTLE.items() if bits & bit)
        return Clocks(None if sm is None else float(sm), reasons)

    def describe(self) -> Gpu:
        """Read what the GPU is."""
        memory = self._read("nvmlDeviceGetMemoryInfo", self.handle)
        capability = self._read("nvmlDeviceGetCudaComputeCapability", self.handle)
        limit = self._read("nvmlDeviceGetPowerManagementLimit", self.handle)
        cuda = self._read("nvmlSystemGetCudaDriverVersion_v2")
        mig = self._read("nvmlDeviceGetMigMode", self.handle)
        return Gpu(
            name=_text(self._read("nvmlDeviceGetName", self.handle)) or "NVIDIA GPU",
            memory_bytes=None if memory is None else int(memory.total),
            compute_capability=None if capability is None else f"{capability[0]}.{capability[1]}",
            driver=_text(self._read("nvmlSystemGetDriverVersion")),
            cuda=None if cuda is None else f"{cuda // 1000}.{cuda % 1000 // 10}",
            power_limit_watts=None if limit is None else limit / 1e3,
            clock_policy=self._clock_policy(),
            mig=None if mig is None else bool(mig[0]),
        )

    def _clock_policy(self) -> str | None:
        sm = getattr(self.library, "NVML_CLOCK_SM", 1)
        clock = self._read("nvmlDeviceGetApplicationsClock", self.handle, sm)
        default = self._read("nvmlDeviceGetDefaultApplicationsClock", self.handle, sm)
        if clock is None or default is None:
            return None
        return "default" if clock == default else f"application clock {clock} MHz"


def _text(value: Any) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


def open_nvml(load: Callable[[], Any] | None = None) -> Nvml:
    """Initialise NVML, or say why it is not there. ``load`` imports the library; tests bring a fake."""
    try:
        library = _load() if load is None else load()
    except ImportError:
        return Nvml(None, "the package nvidia-ml-py is not installed")
    try:
        library.nvmlInit()
    except library.NVMLError as error:
        return Nvml(None, f"NVML does not start: {error}")
    return Nvml(library)


def _load() -> Any:
    import pynvml

    return pynvml


@functools.cache
def nvml() -> Nvml:
    """Open this machine's NVML, once."""
    return open_nvml()
