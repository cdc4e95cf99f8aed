"""A GPU through CuPy, as `calibrate` measures it."""

import threading
import time
from collections.abc import Callable
from typing import Any

from ..machine.nvml import Nvml, NvmlDevice
from ..timing.gpu import nvml_device
from .cublaslt import Cublas, GemmShape, Product, load
from .measured_device import MeasuredDevice

MIN_SECONDS = 0.05  # of one sample: enough that launches and the clock's ramp do not matter
POWER_INTERVAL = 0.05


class CupyGpu(MeasuredDevice):
    """One GPU. Times come from CUDA events around as many calls as make a sample long enough."""

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

    def _allocate(self, size: int, fill: int) -> Any:
        memory = self.cupy.cuda.alloc(size)
        memory.memset(fill, size)
        return memory

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
                stream = int(self.cupy.cuda.get_current_stream().ptr)
                return self._samples(lambda: product.run(stream), repeats)
            finally:
                self.device.synchronize()
                product.close()

    def copy_seconds(self, size: int, repeats: int) -> list[float]:
        """Time reading and writing ``size`` bytes each; seconds of one call, by sample."""
        with self.device:
            source = self.cupy.zeros(size // 4, self.cupy.float32)
            target = self.cupy.empty_like(source)
            return self._samples(lambda: self.cupy.multiply(source, 2.0, out=target), repeats)

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
