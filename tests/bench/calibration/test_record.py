"""A measured system as a record."""

from pathlib import Path

from made_gpu import made_system

from flopwatt.bench.calibration.record import record_of
from flopwatt.bench.records.store import load, save


def test_the_record_has_every_sample(tmp_path: Path) -> None:
    system = made_system()
    record = record_of(system, 0)
    assert len(record.benchmarks) == len(system.products) + 2
    again = load(save(record, tmp_path, "made"))
    assert [b.samples for b in again.benchmarks] == [b.samples for b in record.benchmarks]
    assert len({b.key for b in record.benchmarks}) == len(record.benchmarks)
