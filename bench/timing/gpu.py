"""Timing on an NVIDIA GPU: CUDA events beside the wall clock, the L2 cache flushed between samples, clocks and throttling.

Each GPU engine is timed through its own library, so that its events are on its own stream. Everything that touches the
hardware goes through a ``Timer`` and an NVML ``NvmlDevice``, which tests replace.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..machine.nvml import Clocks, Nvml, NvmlDevice
from ..records.record import GpuState, Phase
from ..stats.inference import interval_of

PHASES = ("copy_in", "kernel", "copy_out")


class Timer(Protocol):
    """CUDA events of one library on one device."""

    bus: str | None  # the device's PCI bus id, by which NVML knows it
    l2_bytes: int

    def mark(self) -> Any:
        """An event, recorded now on the stream that the engine uses."""
        ...

    def seconds(self, first: Any, last: Any) -> float:
        """The device's time between two events; waits for the last."""
        ...

    def synchronize(self) -> None: ...

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
        with self.device:
            event = self.cupy.cuda.Event()
            event.record()
        return event

    def seconds(self, first: Any, last: Any) -> float:
        last.synchronize()
        return float(self.cupy.cuda.get_elapsed_time(first, last)) / 1e3

    def synchronize(self) -> None:
        self.device.synchronize()

    def flush(self) -> None:
        with self.device:
            self.scratch.fill(0)
            self.device.synchronize()


class NumbaTimer:
    """Events through numba-cuda. Its simulator, which runs kernels one after the other, has none: the host's clock serves."""

    def __init__(self, number: int):
        import importlib

        import numpy as np

        importlib.import_module("...kernels.engines.cuda_math", __package__)  # mends NumPy's names that numba-cuda misses
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
        if self.simulated:
            return time.perf_counter()
        event = self.cuda.event()
        event.record()
        return event

    def seconds(self, first: Any, last: Any) -> float:
        if self.simulated:
            return float(last - first)
        last.synchronize()
        return float(first.elapsed_time(last)) / 1e3

    def synchronize(self) -> None:
        self.cuda.synchronize()

    def flush(self) -> None:
        if self.scratch is not None:
            self.scratch.copy_to_device(self.zeros)
            self.cuda.synchronize()


def timer_for(engine: str, number: int) -> Timer:
    """The timer of a GPU engine's own library."""
    return CupyTimer(number) if engine == "cupy" else NumbaTimer(number)


def nvml_device(library: Nvml, bus: str | None, number: int) -> NvmlDevice | None:
    """NVML's handle of a CUDA device: by its PCI bus id, since the two may number devices differently."""
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
    """Around every sample: a flushed L2, events, and the throttle reasons before and after. A `measure.Probe`."""

    timer: Timer
    device: NvmlDevice | None
    index: int = 0
    flush: bool = True
    event_seconds: list[float] = field(default_factory=list)
    throttled: list[int] = field(default_factory=list)
    first: Clocks | None = None
    last: Clocks | None = None
    peak_bytes: int | None = None
    _events: list[Any] = field(default_factory=list)

    def before(self) -> None:
        if self.flush:
            self.timer.flush()
        self._clocks = self._read()
        self.first = self.first or self._clocks

    def start(self) -> None:
        self._events = [self.timer.mark()]

    def stop(self) -> None:
        self._events.append(self.timer.mark())
        self.timer.synchronize()

    def after(self, calls: int) -> None:
        self.event_seconds.append(self.timer.seconds(*self._events) / calls)
        self.last = self._read()
        if self._clocks.throttle or self.last.throttle:
            self.throttled.append(len(self.event_seconds) - 1)
        used = None if self.device is None else self.device.memory_used()
        if used is not None:
            self.peak_bytes = max(used, self.peak_bytes or 0)

    def _read(self) -> Clocks:
        return Clocks(None, None) if self.device is None else self.device.clocks()

    def state(self) -> GpuState:
        first, last = self.first or Clocks(None, None), self.last or Clocks(None, None)
        return GpuState(
            index=self.index,
            sm_mhz_before=first.sm_mhz,
            sm_mhz_after=last.sm_mhz,
            throttle_before=first.throttle,
            throttle_after=last.throttle,
            throttled_samples=tuple(self.throttled),
            l2_flushed=self.flush,
            event_seconds=interval_of(self.event_seconds) if self.event_seconds else None,
        )


class _Traced:
    """An engine's device whose copies and launches are put between events."""

    _PHASE: Mapping[str, str] = {"upload": "copy_in", "zeros": "copy_in", "launch": "kernel", "download": "copy_out"}

    def __init__(self, device: Any, timer: Timer):
        self._device, self._timer = device, timer
        self.marks: list[tuple[str, Any, Any]] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._device, name)
        return self._between(self._PHASE[name], found) if name in self._PHASE else found

    def _between(self, phase: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def marked(*args: Any) -> Any:
            first = self._timer.mark()
            result = call(*args)
            self.marks.append((phase, first, self._timer.mark()))
            return result

        return marked


def phases(prepared: Any, timer: Timer, runs: int = 10) -> dict[str, Phase]:
    """Seconds of copy-in, kernel and copy-out of a prepared GPU question, from events, in runs that are not samples.

    Where the engine's prepared object has no ``device`` to put events around, each is null with that reason.
    """
    owner = getattr(prepared, "inner", prepared)
    if not hasattr(owner, "device"):
        return dict.fromkeys(PHASES, Phase(None, "the engine shows no device to put events around"))
    device, found = owner.device, {phase: [0.0] * runs for phase in PHASES}
    try:
        for i in range(runs):
            traced = owner.device = _Traced(device, timer)
            prepared.run()
            timer.synchronize()
            for phase, first, last in traced.marks:
                found[phase][i] += timer.seconds(first, last)
    finally:
        owner.device = device
    return {
        phase: Phase(interval_of(seconds), clock="event") if any(seconds) else Phase(None, "there was none", "event")
        for phase, seconds in found.items()
    }


def inputs_fit_l2(prepared: Any, timer: Timer) -> bool:
    """Whether the question's inputs would stay in the L2 cache from one sample to the next."""
    arrays = getattr(getattr(prepared, "inner", prepared), "arrays", ())
    return sum(int(getattr(array, "nbytes", 0)) for array in arrays) <= timer.l2_bytes
