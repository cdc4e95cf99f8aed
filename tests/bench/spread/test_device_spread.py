"""Several GPUs, none of them here: what takes parts, and what becomes of those of one that fails."""

import threading
import time
from typing import Any

import pytest
from spread_studies import CountingParts, NothingJob

from flopwatt.bench.spread.device_spread import DeviceSpread
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.reductions.partials import Partial


class DeviceJob(NothingJob):
    """Notes which device did what, by which thread; devices fail as they are told to."""

    def __init__(self, fails: dict[int, int]):
        super().__init__(40)
        object.__setattr__(self, "fails", fails)
        object.__setattr__(self, "did", [])

    def begin(self, settings: Settings) -> Any:
        return _DeviceParts(self, settings.device)


class _DeviceParts(CountingParts):
    def __init__(self, job: Any, device: int):
        super().__init__(40)
        self.job, self.device, self.thread = job, device, threading.get_ident()

    def partial(self, low: int, high: int) -> Partial:
        assert threading.get_ident() == self.thread  # a package may tell by the thread which GPU is meant
        time.sleep(0.002)
        if sum(device == self.device for device, _ in self.job.did) >= self.job.fails.get(self.device, 999):
            raise RuntimeError("the bus is gone\nand more")
        self.job.did.append((self.device, (low, high)))
        return super().partial(low, high)


def collect(fails: dict[int, int], devices: int = 3) -> tuple[Partial, DeviceJob, list[str]]:
    job, said = DeviceJob(fails), list[str]()
    spread = DeviceSpread(Settings(), range(devices), said.append)
    spread.prepare(job)
    return spread.collect(job), job, said


def test_all_devices_take_parts_and_every_step_is_done_once() -> None:
    state, job, said = collect({})
    assert state.visited.nan == 40
    assert {device for device, _ in job.did} == {0, 1, 2}
    assert sorted(step for _, (low, high) in job.did for step in range(low, high)) == list(range(40))
    assert said == []


def test_a_device_that_fails_gives_its_part_back() -> None:
    state, job, said = collect({1: 2, 2: 0})
    assert state.visited.nan == 40
    assert sorted(step for _, (low, high) in job.did for step in range(low, high)) == list(range(40))
    assert sorted(said) == [
        f"GPU {device} failed and is left out (the bus is gone); the others do what it had" for device in (1, 2)
    ]


def test_the_last_device_that_fails_is_an_error() -> None:
    with pytest.raises(EngineError, match=r"GPU . failed: the bus is gone"):
        collect({0: 3, 1: 1}, devices=2)
