"""Joules of a call: NVML's energy counter (or power, sampled), and RAPL on a CPU that has it; else null and the reason.

The counters move every millisecond (RAPL) to every tenth of a second (NVML), so energy is not taken from single samples but
over a window of its own in which the call is repeated.
"""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..machine.info import GPU_ENGINES
from ..machine.nvml import NvmlDevice
from ..records.record import Energy, Reading

WINDOW_SECONDS = 1.0
POWER_INTERVAL_SECONDS = 0.02  # between two samples of power


class Meter(Protocol):
    """Reads energy over a window; ``name`` goes into the record."""

    name: str

    def start(self) -> None:
        """Begin the window."""
        ...

    def stop(self) -> float | None:
        """Return the energy since ``start`` (J), or None where it could not be read."""
        ...


class Rapl:
    """The packages' counters under /sys/class/powercap; they wrap at ``max_energy_range_uj``."""

    name = "rapl"

    def __init__(self, zones: list[Path]):
        self.zones = zones
        self.before: list[int] = []

    def start(self) -> None:
        """Read every package's counter."""
        self.before = [int((zone / "energy_uj").read_text(encoding="utf-8")) for zone in self.zones]

    def stop(self) -> float | None:
        """Return the energy of all packages since ``start`` (J); None where no counter moved."""
        joules = 0.0
        for zone, before in zip(self.zones, self.before, strict=True):
            used = int((zone / "energy_uj").read_text(encoding="utf-8")) - before
            if used < 0:
                used += int((zone / "max_energy_range_uj").read_text(encoding="utf-8"))
            joules += used / 1e6
        return joules if joules > 0 else None  # a counter that stands still measures nothing


class NvmlCounter:
    """The GPU's own energy counter."""

    name = "nvml energy counter"

    def __init__(self, device: NvmlDevice):
        self.device = device
        self.before: float | None = None

    def start(self) -> None:
        """Read the counter."""
        self.before = self.device.energy_joules()

    def stop(self) -> float | None:
        """Return the energy since ``start`` (J); None where the counter was not read or did not move."""
        after = self.device.energy_joules()
        if after is None or self.before is None or after <= self.before:
            return None
        return after - self.before


class NvmlPower:
    """The GPU's power of the moment, sampled by a thread and integrated: the only meter, or one beside the counter."""

    name = "nvml power samples"

    def __init__(self, device: NvmlDevice, clock: Callable[[], float] = time.perf_counter):
        self.device = device
        self.clock = clock
        self.readings: list[tuple[float, float]] = []
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Take the first sample, and one every ``POWER_INTERVAL_SECONDS`` from now on, in a thread."""
        self.readings, self.ended = [], threading.Event()
        self._read()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        while not self.ended.wait(POWER_INTERVAL_SECONDS):
            self._read()

    def _read(self) -> None:
        watts = self.device.instant_watts()
        if watts is not None:
            self.readings.append((self.clock(), watts))

    def stop(self) -> float | None:
        """Take the last sample and return the energy since ``start`` (J); None with fewer than two samples."""
        self.ended.set()
        if self.thread is not None:
            self.thread.join()
        self._read()
        if len(self.readings) < 2:
            return None
        return integrate(self.readings)


def integrate(readings: list[tuple[float, float]]) -> float:
    """Integrate power over time by the trapezoidal rule.

    Parameters
    ----------
    readings
        When (s) and how much (W), in the order taken.

    Returns
    -------
    float
        The energy (J) from the first reading to the last.
    """
    pairs = itertools.pairwise(readings)
    return sum((end - start) * (first + last) / 2 for (start, first), (end, last) in pairs)


@dataclass(frozen=True)
class Meters:
    """The meters this machine has for an engine, and why it lacks the others; ``gpu_check`` is a second one of the GPU."""

    cpu: Meter | None
    gpu: Meter | None
    cpu_reason: str = ""
    gpu_reason: str = ""
    gpu_check: Meter | None = None

    def measure(self, call: Callable[[], Any], engine: str, points: int | None, window: float = WINDOW_SECONDS) -> Energy:
        """Repeat a call for a while and share the energy out among the calls.

        Parameters
        ----------
        call
            What is repeated, at least once.
        engine
            Whose call it is: says whether the GPU's energy or the processor's is taken per point.
        points
            The points that a call evaluates; None where that is not known.
        window
            How long the call is repeated (s).

        Returns
        -------
        Energy
            The energy (J) of a call by meter, and of 1e9 points; null with the reason where it could not be measured.
        """
        meters = [meter for meter in (self.cpu, self.gpu, self.gpu_check) if meter is not None]
        joules: dict[str, float | None] = {}
        if meters:
            for meter in meters:
                meter.start()
            start, calls = time.perf_counter(), 0
            while calls == 0 or time.perf_counter() - start < window:
                call()
                calls += 1
            for meter in meters:
                total = meter.stop()
                joules[meter.name] = None if total is None else total / calls
        cpu, gpu = _reading(self.cpu, self.cpu_reason, joules), _reading(self.gpu, self.gpu_reason, joules)
        return Energy(
            gpu=gpu,
            cpu=cpu,
            gpu_meter=self.gpu.name if self.gpu else "",
            cpu_meter=self.cpu.name if self.cpu else "",
            gpu_by_power=_reading(self.gpu_check, "there is no second meter", joules),
            per_billion_points=_per_billion(gpu if engine in GPU_ENGINES else cpu, points),
        )


def _reading(meter: Meter | None, reason: str, joules: dict[str, float | None]) -> Reading:
    if meter is None:
        return Reading(None, reason)
    value = joules[meter.name]
    return Reading(None, f"the {meter.name} did not move") if value is None else Reading(value)


def _per_billion(reading: Reading, points: int | None) -> Reading:
    if reading.value is None or not points:
        return Reading(None, reading.reason or "the number of points is not known")
    return Reading(reading.value / points * 1e9)


def meters_for(engine: str, device: NvmlDevice | None, device_reason: str = "", root: Path = Path("/")) -> Meters:
    """Choose what can be read on this machine: RAPL for the processor, NVML for the GPU that the engine uses.

    Parameters
    ----------
    engine
        The engine whose calls are measured.
    device
        The GPU that it uses, as NVML knows it; None where there is none or NVML does not know it.
    device_reason
        Why NVML does not know it.
    root
        The folder that stands for ``/``, below which RAPL's counters are looked for.
    """
    cpu, cpu_reason = rapl(root)
    if engine not in GPU_ENGINES:
        return Meters(cpu, None, cpu_reason, "the engine uses no GPU")
    if device is None:
        return Meters(cpu, None, cpu_reason, device_reason or "NVML knows no such GPU")
    power = NvmlPower(device) if device.power_watts() is not None else None
    if device.energy_joules() is not None:
        return Meters(cpu, NvmlCounter(device), cpu_reason, gpu_check=power)
    if power is not None:
        return Meters(cpu, power, cpu_reason)
    return Meters(cpu, None, cpu_reason, "NVML gives neither energy nor power of this GPU")


def rapl(root: Path = Path("/")) -> tuple[Rapl | None, str]:
    """Open the processor's energy counters, or say why they cannot be read."""
    folder = root / "sys/class/powercap"
    zones = sorted(zone for zone in folder.glob("intel-rapl:*") if zone.name.count(":") == 1)  # packages, not their parts
    if not zones:
        return None, "the processor (or the virtual machine) shows no RAPL counters"
    try:
        for zone in zones:
            int((zone / "energy_uj").read_text(encoding="utf-8"))
    except PermissionError:
        return None, f"{zones[0]}/energy_uj is readable by root only"
    except (OSError, ValueError):
        return None, f"{zones[0]}/energy_uj cannot be read"
    return Rapl(zones), ""
