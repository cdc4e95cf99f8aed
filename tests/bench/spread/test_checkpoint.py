"""Checkpoints: what is killed goes on, and what is of something else is refused by name."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from spread_studies import NothingJob, answers, flopwatt, write_study

from flopwatt.bench.errors import InputError
from flopwatt.bench.spread.checkpoint import Checkpoint, Origin
from flopwatt.bench.spread.computed_by import computed_here
from flopwatt.bench.spread.job_spread import HereSpread
from flopwatt.bench.spread.part_file import StoredState
from flopwatt.kernels.engines import Settings

KILLS = 4
ORIGIN = Origin("study", "digest", "float64", "numba", computed_here("numba"))


class FailingJob(NothingJob):
    """Fails at its n-th part."""

    def begin(self, settings: Settings) -> Any:
        parts, job = super().begin(settings), self
        original = parts.partial

        def partial(low: int, high: int) -> Any:
            object.__setattr__(job, "left", job.left - 1)  # type: ignore[attr-defined]
            if job.left < 0:  # type: ignore[attr-defined]
                raise KeyboardInterrupt
            return original(low, high)

        parts.partial = partial  # type: ignore[method-assign]
        return parts


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    rounds = 0
    while True:
        rounds += 1
        job = FailingJob(100)
        object.__setattr__(job, "left", 7)
        object.__setattr__(job, "expected", 1e6)
        spread = HereSpread(Settings(), Checkpoint(tmp_path / "done", ORIGIN))
        try:
            state = spread.collect(job)
        except KeyboardInterrupt:
            continue
        break
    assert state.visited.nan == 100
    assert rounds == 15  # seven parts of a hundred each time
    told: list[float] = []
    spread = HereSpread(Settings(), Checkpoint(tmp_path / "done", ORIGIN))
    assert spread.collect(FailingJobOfNone(), told.append).visited.nan == 100
    assert told == [1.0]


def test_joining_files_removes_nothing_that_another_has_not(tmp_path: Path) -> None:
    """As where shards of another number were kept in the same folder."""
    job, kept = NothingJob(100), Checkpoint(tmp_path / "done", ORIGIN)
    parts = job.begin(Settings())
    for low, high in ((0, 20), (20, 50), (33, 66)):
        kept.keep(StoredState(job.key, job.scope(), low, high, 100, parts.partial(low, high)))
    assert [(one.low, one.high) for one in kept.states(job, 0, 100, 100)] == [(0, 50)]
    assert [(one.low, one.high) for one in kept.states(job, 33, 66, 100)] == [(33, 66)]


class FailingJobOfNone(NothingJob):
    """Is done already: nothing may be begun of it but the number of its steps."""

    def begin(self, settings: Settings) -> Any:
        parts = super().begin(settings)
        parts.steps = 100
        parts.partial = None  # type: ignore[assignment,method-assign]
        return parts


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"study": "another"}, "of the study 'study', not of 'another'"),
        ({"digest": "another"}, "of the study 'study' with another text"),
        ({"dtype": "float32"}, "in float64, not in float32"),
        ({"engine": "numpy"}, "by the engine numba, not by numpy"),
        ({"computed_by": replace(ORIGIN.computed_by, code="0")}, "by flopwatt "),
        ({"computed_by": replace(ORIGIN.computed_by, instructions="vax")}, "not on vax"),
    ],
)
def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    Checkpoint(tmp_path / "done", ORIGIN)
    with pytest.raises(InputError, match="checkpoint: ") as caught:
        Checkpoint(tmp_path / "done", replace(ORIGIN, **changes))
    assert told in str(caught.value)


def test_a_folder_of_other_files_and_a_full_disk_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="is a folder with other files"):
        Checkpoint(tmp_path, ORIGIN)
    kept = Checkpoint(tmp_path / "done", ORIGIN)
    job = NothingJob(10)
    HereSpread(Settings(), kept).collect(job)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("flopwatt.bench.spread.checkpoint.write_states", full)
    other = NothingJob(10)
    object.__setattr__(other, "key", "x" * 64)
    with pytest.raises(InputError, match=r"No space left on device.*what it holds stands"):
        HereSpread(Settings(), kept).collect(other)
    monkeypatch.undo()
    assert kept.states(job, 0, 10, 10)


def count_states(folder: Path) -> int:
    """How many files of states were ever written: those that were joined are gone."""
    return sum(1 for _ in folder.glob("*/*.fw"))


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_has_the_bits_of_one(tmp_path: Path) -> None:
    study = write_study(tmp_path)
    expected = answers(flopwatt("run", study, "--engine", "numba", "--json"))
    # Parts of some milliseconds, so that there is much to be killed at.
    quick = "from flopwatt.bench.spread import cuts; cuts.PART_SECONDS = 1e-4; from flopwatt.__main__ import main; main()"
    command = [
        sys.executable,
        "-c",
        quick,
        "run",
        str(study),
        "--engine",
        "numba",
        "--checkpoint",
        str(tmp_path / "done"),
        "--json",
    ]
    delays, states = random.Random(1), 0
    for _ in range(KILLS):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and count_states(tmp_path / "done") <= states:
            time.sleep(0.002)
        time.sleep(delays.uniform(0.0, 0.03))
        assert process.poll() is None  # there was something left to be done
        process.send_signal(signal.SIGKILL)
        process.wait()
        states = count_states(tmp_path / "done")
    assert answers(flopwatt("run", study, "--engine", "numba", "--checkpoint", tmp_path / "done", "--json")) == expected
