"""A GPU through CuPy, as `calibrate` measures it."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..machine import streams
from ..machine.nvml import Nvml, NvmlDevice
from ..timing.gpu import nvml_device
from .cublaslt import Cublas, GemmShape, Product, load
from .measured_device import MeasuredDevice

MIN_SECONDS = 0.05  # of one sample: enough that the clock's ramp does not matter
# Calls that are recorded and started as one: launched one by one from Python, an H200's small products all took 17 us.
RECORDED = 32
POWER_INTERVAL = 0.05


class CupyGpu(MeasuredDevice):
    """One GPU. Times come from CUDA events around as many calls as make a sample long enough.

    Products and copies are recorded as a CUDA graph, in which a GPU goes from one kernel to the next without the host.
    """

    def __init__(self, number: int, library: Nvml):
        import cupy

        self.cupy, self.device = cupy, cupy.cuda.Device(number)
        properties = cupy.cuda.runtime.getDeviceProperties(number)
        self.name: str = properties["name"].decode()
        self.memory_bytes = int(properties["totalGlobalMem"])
        self.bus: str | None = cupy.cuda.runtime.deviceGetPCIBusId(number)
        self.nvml: NvmlDevice | None = nvml_device(library, self.bus, number)
        with self.device:
            ones = cupy.ones((16, 16), cupy.float16)
            (ones @ ones).sum().get()  # loads CuPy's BLAS, and cuBLASLt with it
            self.cublas = Cublas(load())

    def _allocate(self, size: int, fill: int | NDArray[np.uint8]) -> Any:
        memory = self.cupy.cuda.alloc(size)
        if isinstance(fill, int):
            memory.memset(fill, size)
            return memory
        whole = self.cupy.ndarray(size, np.uint8, memory)
        done = min(size, fill.size)
        whole[:done] = self.cupy.asarray(fill[:done])
        while done < size:  # twice as much each time
            more = min(done, size - done)
            whole[done : done + more] = whole[:more]
            done += more
        return memory

    def _recorded(self, call: Callable[[int], Any], repeats: int) -> list[float]:
        """Time a call, which is given the stream's address, as a graph of `RECORDED` of them; seconds of one, by sample."""
        stream = self.cupy.cuda.Stream(non_blocking=True)
        self.device.synchronize()  # operands were written on another stream
        with stream:
            call(int(stream.ptr))
            stream.synchronize()
            stream.begin_capture()
            for _ in range(RECORDED):
                call(int(stream.ptr))
            graph = stream.end_capture()
            return [seconds / RECORDED for seconds in self._samples(graph.launch, repeats)]

    def _samples(self, call: Callable[[], None], repeats: int) -> list[float]:
        call()
        self.device.synchronize()
        calls = 1
        while self._timed(call, calls) < MIN_SECONDS and calls < 2**16:
            calls *= 2
        return [self._timed(call, calls) / calls for _ in range(repeats)]

    def _timed(self, call: Callable[[], None], calls: int) -> float:
        first, last = self.cupy.cuda.Event(), self.cupy.cuda.Event()
        first.record()
        for _ in range(calls):
            call()
        last.record()
        last.synchronize()
        return float(self.cupy.cuda.get_elapsed_time(first, last)) / 1e3

    def product_seconds(self, kind: str, shape: GemmShape, repeats: int) -> list[float]:
        """Time one product of matrices; seconds of one call, by sample. Raises CublasError for a kind it has not."""
        with self.device:
            product = Product(self.cublas, kind, shape, self._allocate)
            try:
                return self._recorded(product.run, repeats)
            finally:
                self.device.synchronize()
                product.close()

    def copy_seconds(self, size: int, repeats: int) -> list[float]:
        """Time reading and writing ``size`` bytes each; seconds of one call, by sample."""
        with self.device:
            copy = streams.scaling(size)
            return self._recorded(lambda stream: copy(), repeats)

    def launch_seconds(self, repeats: int) -> list[float]:
        """Time one small kernel to the next; seconds, by sample."""
        with self.device:
            value = self.cupy.zeros(1, self.cupy.float32)
            return self._samples(lambda: value.fill(0), repeats)

    def load_watts(self, kind: str, size: int, seconds: float) -> float | None:
        """Measure the mean power in watts while large products run, None where the driver does not tell."""
        if self.nvml is None or self.nvml.power_watts() is None:
            return None
        with self.device:
            product = Product(self.cublas, kind, GemmShape(size, size, size), self._allocate)
            readings, done = [], threading.Event()
            stream = int(self.cupy.cuda.get_current_stream().ptr)

            def watch() -> None:
                time.sleep(seconds / 3)  # the driver's power is a moving mean
                while not done.wait(POWER_INTERVAL):
                    watts = self.nvml.power_watts() if self.nvml is not None else None
                    if watts is not None:
                        readings.append(watts)

            thread = threading.Thread(target=watch)
            thread.start()
            end = time.perf_counter() + seconds
            try:
                while time.perf_counter() < end:
                    for _ in range(16):
                        product.run(stream)
                    self.device.synchronize()
            finally:
                done.set()
                thread.join()
                product.close()
        return sum(readings) / len(readings) if readings else None
