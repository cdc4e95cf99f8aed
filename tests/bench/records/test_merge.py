"""Several processes' records of one benchmark as one: every sample kept, a block for each process."""

import pytest

from flopwatt.bench.machine.noise import Disturbance, Noise
from flopwatt.bench.records.merge import merge_benchmarks
from flopwatt.bench.records.record import Benchmark, Memory, Reading, Stop
from flopwatt.bench.records.summary import SampleSummary
from flopwatt.bench.stats.inference import MedianInterval


def part(*samples, cpu=(), peak=None, share=0.0, reasons=(), error=None):
    return Benchmark(
        name="a",
        samples=samples,
        blocks=(1, len(samples) - 1),
        cpu_blocks=cpu,
        cpu_seconds=Reading(sum(cpu) / len(cpu)) if cpu else Reading(),
        stop=Stop("precision", 0.01, 1.0, MedianInterval(samples[0])),
        noise=Noise(0.5, 1.5, 0.0, share, None, reasons, tuple(Disturbance(reason) for reason in reasons)),
        memory=Memory(Reading(peak)),
        max_relative_error=Reading(error),
    )


def test_samples_blocks_and_extremes():
    both = merge_benchmarks([part(1.0, 2.0, cpu=(1.0, 3.0), peak=10.0, share=0.2, reasons=("x",), error=1e-16),
                   part(3.0, 4.0, 5.0, cpu=(4.0, 6.0), peak=7.0, share=0.1, reasons=("x", "y"), error=None)])  # fmt: skip
    assert both.samples == (1.0, 2.0, 3.0, 4.0, 5.0)
    assert both.blocks == (2, 3)
    assert both.cpu_blocks == (2.0, 5.0)
    assert both.cpu_seconds.value == 3.5
    assert both.stop.why == "fixed"
    assert both.stop.interval.median == 3.0
    assert both.noise.other_cpu_share == pytest.approx(0.15)
    assert both.noise.reasons == ("x", "y")
    assert [each.kind for each in both.noise.disturbances] == ["x", "y"]
    assert both.memory.host_peak_bytes.value == 10.0
    assert both.memory.device_peak_bytes.value is None
    assert both.max_relative_error.value == pytest.approx(1e-16)


def test_what_one_process_lacks_is_lacking():
    assert merge_benchmarks([part(1.0, 2.0, cpu=(1.0,)), part(1.0, 2.0)]).cpu_blocks == ()
    assert merge_benchmarks([part(1.0, 2.0)]).samples == (1.0, 2.0)


def test_a_summary_has_no_samples_to_add():
    alone = Benchmark(name="a", summary=SampleSummary("median", 1.0))
    assert merge_benchmarks([alone, alone]) == alone
    assert merge_benchmarks([alone, part(1.0, 2.0)]).samples == (1.0, 2.0)
