"""A measured system as a record, so that two calibrations compare as benchmarks do."""

from ..records.record import Benchmark, Record
from .measure import System


def record_of(system: System, number: int) -> Record:
    """Return a record with every sample as a benchmark's: products by precision and size, the copy, the launch.

    Parameters
    ----------
    system
        What was measured.
    number
        Which GPU it was measured on, counted from 0.
    """
    benchmarks = [
        Benchmark(
            name="product",
            group="calibrate",
            samples=item.samples,
            engine="cublasLt",
            dtype=item.precision,
            params={"precision": item.precision, **item.shape._asdict(), "device": number},
            extra={"flops_per_second": item.rate, "predicted_seconds": item.predicted},
        )
        for item in system.products
    ]
    sizes = {"copy": (system.copy_samples, {"bytes": system.copy_bytes}), "launch": (system.launch_samples, {})}
    for name, (samples, params) in sizes.items():
        benchmarks.append(
            Benchmark(name=name, group="calibrate", samples=samples, engine="cupy", params={**params, "device": number})
        )
    options = {"chip": system.chip, "given": dict(system.given), "watts": system.watts, "absent": dict(system.absent)}
    return Record(benchmarks=tuple(benchmarks), kind="bench", subject="calibrate", options=options)
