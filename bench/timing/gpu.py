"""Timing on an NVIDIA GPU: CUDA events beside the wall clock, the L2 cache flushed between samples, clocks and throttling.

Each GPU engine is timed through its own library, so that its events are on its own stream. Everything that touches the
hardware goes through a ``Timer`` and an NVML ``NvmlDevice``, which tests replace.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..machine.nvml import Clocks, Nvml, NvmlDevice
from ..records.gpu_state import GpuState
from ..records.record import Phase
from ..stats.inference import interval_of

PHASES = ("copy_in", "kernel", "copy_out")


class Timer(Protocol):
    """CUDA events of one library on one device."""

    bus: str | None  # the device's PCI bus id, by which NVML knows it
    l2_bytes: int

    def mark(self) -> Any:
        """Record an event now, on the stream that the engine uses."""
        ...

    def seconds(self, first: Any, last: Any) -> float:
        """Return the device's time between two events (s); waits for the last."""
        ...

    def synchronize(self) -> None:
        """Wait until the device has done all it was given."""
        ...

    def flush(self) -> None:
        """Overwrite more memory than the L2 cache holds."""
        ...


class CupyTimer:
    """Events through CuPy."""

    def __init__(self, number: int):
        import cupy

        self.cupy, self.device = cupy, cupy.cuda.Device(number)
        self.bus: str | None = cupy.cuda.runtime.deviceGetPCIBusId(number)
        self.l2_bytes = int(self.device.attributes["L2CacheSize"])
        with self.device:
            self.scratch = cupy.empty(max(3 * self.l2_bytes, 1), cupy.uint8)

    def mark(self) -> Any:
        """Record an event on CuPy's current stream."""
        with self.device:
            event = self.cupy.cuda.Event()
            event.record()
        return event

    def seconds(self, first: Any, last: Any) -> float:
        """Return the device's time between two events (s); waits for the last."""
        last.synchronize()
        return float(self.cupy.cuda.get_elapsed_time(first, last)) / 1e3

    def synchronize(self) -> None:
        """Wait until the device has done all it was given."""
        self.device.synchronize()

    def flush(self) -> None:
        """Overwrite three times as much memory as the L2 cache holds."""
        with self.device:
            self.scratch.fill(0)
            self.device.synchronize()


class NumbaTimer:
    """Events through numba-cuda. Its simulator, which runs kernels one after the other, has none: the host's clock serves."""

    def __init__(self, number: int):
        import importlib

        import numpy as np

        importlib.import_module("...kernels.emit.gpu.cuda_math", __package__)  # mends NumPy's names that numba-cuda misses
        cuda: Any = importlib.import_module("numba.cuda")
        self.cuda = cuda
        self.simulated = bool(importlib.import_module("numba").config.ENABLE_CUDASIM)
        cuda.select_device(number)
        device = cuda.get_current_device()
        self.l2_bytes = int(getattr(device, "L2_CACHE_SIZE", 0))
        self.bus = self._bus(device)
        self.zeros = np.zeros(3 * self.l2_bytes, np.uint8)
        self.scratch = cuda.to_device(self.zeros) if self.l2_bytes else None

    @staticmethod
    def _bus(device: Any) -> str | None:
        identity: dict[str, int] = getattr(device, "get_device_identity", dict)()
        if not identity:
            return None
        return f"{identity['pci_domain_id']:08x}:{identity['pci_bus_id']:02x}:{identity['pci_device_id']:02x}.0"

    def mark(self) -> Any:
        """Record an event on numba-cuda's default stream; in the simulator, read the host's clock."""
        if self.simulated:
            return time.perf_counter()
        event = self.cuda.event()
        event.record()
        return event

    def seconds(self, first: Any, last: Any) -> float:
        """Return the time between two events (s); waits for the last."""
        if self.simulated:
            return float(last - first)
        last.synchronize()
        return float(first.elapsed_time(last)) / 1e3

    def synchronize(self) -> None:
        """Wait until the device has done all it was given."""
        self.cuda.synchronize()

    def flush(self) -> None:
        """Overwrite three times as much memory as the L2 cache holds, where the device says how much that is."""
        if self.scratch is not None:
            self.scratch.copy_to_device(self.zeros)
            self.cuda.synchronize()


def timer_for(engine: str, number: int) -> Timer:
    """Make the timer of a GPU engine's own library, on the device of that number."""
    return CupyTimer(number) if engine == "cupy" else NumbaTimer(number)


def nvml_device(library: Nvml, bus: str | None, number: int) -> NvmlDevice | None:
    """Find NVML's handle of a CUDA device: by its PCI bus id, since the two may number devices differently.

    Parameters
    ----------
    library
        The opened NVML; where there is none, neither is a handle.
    bus
        The device's PCI bus id, as its timer has it; None where that is not known.
    number
        The device's number, which serves where the bus id does not.
    """
    if library.library is None:
        return None
    if bus is not None:
        try:
            return NvmlDevice(library.library, library.library.nvmlDeviceGetHandleByPciBusId(bus.encode()))
        except (library.library.NVMLError, AttributeError):
            pass
    try:
        return library.device(number)
    except library.library.NVMLError:
        return None


@dataclass
class GpuProbe:
    """Around every sample: a flushed L2, events, and the throttle reasons before and after. A `sampler.Probe`."""

    timer: Timer
    device: NvmlDevice | None
    index: int = 0
    flush: bool = True
    event_seconds: list[float] = field(default_factory=list)
    throttled: list[int] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)
    first: Clocks | None = None
    last: Clocks | None = None
    peak_bytes: int | None = None
    _events: list[Any] = field(default_factory=list)

    def before(self) -> None:
        """Flush the L2 cache, where that is asked for, and read the clock."""
        if self.flush:
            self.timer.flush()
        self._clocks = self._read()
        self.first = self.first or self._clocks

    def start(self) -> None:
        """Record the first event."""
        self._events = [self.timer.mark()]

    def stop(self) -> None:
        """Record the second event and wait for it."""
        self._events.append(self.timer.mark())
        self.timer.synchronize()

    def after(self, calls: int) -> None:
        """Keep the device's seconds a call, whether the sample was throttled, and the memory in use."""
        self.event_seconds.append(self.timer.seconds(*self._events) / calls)
        self.last = self._read()
        why = {*(self._clocks.throttle or ()), *(self.last.throttle or ())}
        if why:
            self.reasons |= why
            self.throttled.append(len(self.event_seconds) - 1)
        used = None if self.device is None else self.device.memory_used()
        if used is not None:
            self.peak_bytes = max(used, self.peak_bytes or 0)

    def _read(self) -> Clocks:
        return Clocks(None, None) if self.device is None else self.device.clocks()

    def state(self) -> GpuState:
        """Return what the record keeps of all samples so far."""
        first, last = self.first or Clocks(None, None), self.last or Clocks(None, None)
        return GpuState(
            index=self.index,
            sm_mhz_before=first.sm_mhz,
            sm_mhz_after=last.sm_mhz,
            throttle_before=first.throttle,
            throttle_after=last.throttle,
            throttle_seen=tuple(sorted(self.reasons)),
            throttled_samples=tuple(self.throttled),
            l2_flushed=self.flush,
            event_seconds=interval_of(self.event_seconds) if self.event_seconds else None,
        )


class _TracedDevice:
    """An engine's device whose copies and launches are put between events."""

    _PHASE: Mapping[str, str] = {"upload": "copy_in", "outputs": "copy_in", "launch": "kernel", "download": "copy_out"}

    def __init__(self, device: Any, timer: Timer):
        self._device, self._timer = device, timer
        self.marks: list[tuple[str, Any, Any]] = []

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._device, name)
        return self._between_events(self._PHASE[name], attribute) if name in self._PHASE else attribute

    def _between_events(self, phase: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def call_marked(*args: Any, **named: Any) -> Any:
            first = self._timer.mark()
            result = call(*args, **named)
            self.marks.append((phase, first, self._timer.mark()))
            return result

        return call_marked


def measure_phases(prepared: Any, timer: Timer, runs: int = 10) -> dict[str, Phase]:
    """Time copy-in, kernel and copy-out of a prepared GPU question by events, in runs that are not samples.

    Parameters
    ----------
    prepared
        The engine's prepared question; its ``device`` (or that of its ``inner``) is what events are put around.
    timer
        Records the events.
    runs
        How often it is run.

    Returns
    -------
    dict
        By each of ``PHASES``, the median of its seconds a run; null with the reason where the prepared object has no
        ``device``, or nothing of that phase happened.
    """
    owner = getattr(prepared, "inner", prepared)
    if not hasattr(owner, "device"):
        return dict.fromkeys(PHASES, Phase(None, "the engine shows no device to put events around"))
    device, seconds_by_phase = owner.device, {phase: [0.0] * runs for phase in PHASES}
    try:
        for i in range(runs):
            traced = owner.device = _TracedDevice(device, timer)
            prepared.run()
            timer.synchronize()
            for phase, first, last in traced.marks:
                seconds_by_phase[phase][i] += timer.seconds(first, last)
    finally:
        owner.device = device
    return {
        phase: Phase(interval_of(seconds), clock="event") if any(seconds) else Phase(None, "there was none", "event")
        for phase, seconds in seconds_by_phase.items()
    }


def inputs_fit_l2(prepared: Any, timer: Timer) -> bool:
    """Tell whether the question's inputs would stay in the L2 cache from one sample to the next."""
    arrays = getattr(getattr(prepared, "inner", prepared), "arrays", ())
    return sum(int(getattr(array, "nbytes", 0)) for array in arrays) <= timer.l2_bytes
