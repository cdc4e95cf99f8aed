"""Studies on a Dask cluster: the bits of one run on 1, 2 and 3 workers, one of which is killed; and what it costs."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from spread_studies import NothingJob, SlowJob, flopwatt, load, write_study

from flopwatt.bench.errors import InputError
from flopwatt.bench.spread.checkpoint import Checkpoint, Origin
from flopwatt.bench.spread.computed_by import computed_here
from flopwatt.bench.spread.dask_spread import DaskSpread
from flopwatt.bench.spread.shared_study import SharedStudy
from flopwatt.bench.study.loader import Study
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings

ORIGIN = Origin("study", "digest", "float64", "numba", computed_here("numba"))
MAX_TASK_SECONDS, MAX_SECONDS = 0.010, 5.0  # of a task, and of a thousand that compute nothing


@pytest.fixture(scope="module")
def cluster() -> Iterator[DaskSpread]:
    spread = DaskSpread("local:2")
    yield spread
    spread.close()


def assert_same_bits(study: Study, spread: DaskSpread) -> None:
    collapsing = SharedStudy(study, "numba", spread, None, lambda line: None).collapsing()
    for question in study.questions:
        expected = engines.get("numba").prepare(study.problem, question, Settings()).run()
        result = collapsing.prepare(study.problem, question, Settings()).run()
        for name, values in expected.values.items():
            np.testing.assert_array_equal(result.values[name], values, err_msg=f"{question.name} {name}")


@pytest.mark.slow
def test_every_kind_on_two_workers(tmp_path: Path, cluster: DaskSpread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.spread.cuts.PART_SECONDS", 1e-3)
    cluster.check_workers("numba")
    assert "numba" in cluster.engines()
    assert_same_bits(load(tmp_path), cluster)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 3])
def test_every_kind_on_another_number_of_workers(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.spread.cuts.PART_SECONDS", 1e-3)
    spread = DaskSpread(f"local:{workers}")
    try:
        assert_same_bits(load(tmp_path), spread)
    finally:
        spread.close()


@pytest.mark.slow
@pytest.mark.parametrize("kept", [False, True])
def test_what_a_killed_worker_had_is_done_again(kept: bool, tmp_path: Path) -> None:
    spread, job = DaskSpread("local:2"), SlowJob()
    if kept:
        spread.checkpoint = Checkpoint(tmp_path / "done", ORIGIN)
    try:
        spread.prepare(job)
        (victim, *_) = spread.client.run(os.getpid).values()
        threading.Timer(0.3, os.kill, (victim, signal.SIGKILL)).start()
        told: list[float] = []
        assert spread.collect(job, told.append).visited.nan == 60
        assert told == sorted(told)
        assert told[-1] == 1.0
        assert victim not in spread.client.run(os.getpid).values()
    finally:
        spread.close()


def start(*command: str, **variables: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **variables}
    return subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )


def start_scheduler() -> tuple[str, subprocess.Popen[bytes]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    return address, start("distributed.cli.dask_scheduler", "--host", address, "--no-dashboard", "--dashboard-address", ":0")


def start_worker(address: str, *options: str, **variables: str) -> subprocess.Popen[bytes]:
    options = ("--nthreads", "1", "--no-dashboard", "--dashboard-address", ":0", *options)
    return start("distributed.cli.dask_worker", address, *options, **variables)


def start_cluster() -> tuple[str, list[subprocess.Popen[bytes]]]:
    address, scheduler = start_scheduler()
    return address, [scheduler, start_worker(address)]


def kill(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.kill()
        process.wait()


OLDER = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "+avx,-avx2,-fma"}  # what LLVM has such a worker compute with


@pytest.mark.slow
def test_what_workers_compute_is_of_their_instruction_set(tmp_path: Path) -> None:
    study, parts = write_study(tmp_path), [tmp_path / "1.fw", tmp_path / "2.fw"]
    address, scheduler = start_scheduler()
    worker = start_worker(address, "--no-nanny", **OLDER)
    try:
        command = ("run", study, "--engine", "numba", "--question", "best")
        result = flopwatt(*command, "--dask", address, "--shard", "1/2", "--out", parts[0])
        assert result.exit_code == 0, result.stderr
        assert flopwatt(*command, "--shard", "2/2", "--out", parts[1]).exit_code == 0
        merged = flopwatt("merge", *parts)
        assert merged.exit_code == 2
        assert "another instruction set may give other last digits" in merged.stderr
    finally:
        kill(worker, scheduler)


@pytest.mark.slow
def test_a_worker_that_comes_later_and_is_unlike_others_computes_nothing() -> None:
    address, scheduler = start_scheduler()
    worker = start_worker(address, "--no-nanny")
    spread = DaskSpread(address)
    try:
        spread.check_workers("numba")
        other = start_worker(address, "--no-nanny", **OLDER)
        try:
            spread.client.wait_for_workers(2, timeout=60)
            with pytest.raises(InputError, match=r"a worker computes on .* unlike others"):
                spread.prepare(SlowJob())
        finally:
            kill(other)
    finally:
        spread.close()
        kill(worker, scheduler)


@pytest.mark.slow
def test_a_worker_without_flopwatt_is_named_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "flopwatt").mkdir()
    (tmp_path / "flopwatt/__init__.py").write_text("raise ImportError('there is none')\n")
    address, scheduler = start_scheduler()
    worker = start_worker(address, "--no-nanny", PYTHONPATH=str(tmp_path))
    try:
        result = flopwatt("run", write_study(tmp_path), "--dask", address)
        assert result.exit_code == 2
        (line,) = result.stderr.strip().splitlines()
        assert line.startswith("Error: --dask: ")
        assert "has no flopwatt that works (" in line
        assert "there is none" in line
    finally:
        kill(worker, scheduler)


@pytest.mark.slow
def test_a_worker_is_waited_for_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.spread.dask_spread.PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr("flopwatt.bench.spread.dask_spread.WORKER_SECONDS", 1.0)
    address, scheduler = start_scheduler()
    try:
        said, error = flopwatt("run", write_study(tmp_path), "--dask", address).stderr.splitlines()
        assert said == f"{address} has no worker yet; waiting up to 1 s for the first (Ctrl+C ends it)"
        assert error == f"Error: --dask: {address} has no worker; start some"
    finally:
        kill(scheduler)


@pytest.mark.slow
def test_a_question_that_begins_when_all_workers_are_lost_waits_for_one() -> None:
    address, (scheduler, worker) = start_cluster()
    spread = DaskSpread(address)
    try:
        kill(worker)
        for process in spread.client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.workers)):
            spread.client.retire_workers([process], close_workers=True)
        deadline = time.monotonic() + 30
        while spread.client.nthreads() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not spread.client.nthreads()
        worker = start_worker(address, "--no-nanny")
        assert spread.steps(SlowJob()) == 60
    finally:
        spread.close()
        kill(worker, scheduler)


@pytest.mark.slow
def test_a_cluster_that_is_gone_before_the_work_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.spread.dask_spread.CONNECT_SECONDS", 2.0)
    address, processes = start_cluster()
    spread = DaskSpread(address)
    kill(*processes)
    try:
        for ask in (lambda: spread.check_workers("numba"), lambda: spread.prepare(SlowJob())):
            with pytest.raises(InputError, match="dask: the cluster is gone"):
                ask()
    finally:
        spread.close()


@pytest.mark.slow
def test_a_checkpoint_outlives_the_scheduler(tmp_path: Path) -> None:
    origin, job = ORIGIN, SlowJob()
    address, processes = start_cluster()
    try:
        spread = DaskSpread(address, checkpoint=Checkpoint(tmp_path / "done", origin))
        spread.prepare(job)
        threading.Timer(0.5, processes[0].kill).start()
        with pytest.raises(InputError, match=r"dask: the cluster is gone .* checkpoint the same command goes on"):
            spread.collect(job)
        spread.close()
    finally:
        for process in processes:
            process.kill()
    kept = Checkpoint(tmp_path / "done", origin)
    done = sum(stored.high - stored.low for stored in kept.states(job, 0, 60, 60))
    assert 0 < done < 60
    again = DaskSpread("local:1", checkpoint=kept)
    try:
        again.prepare(job)
        assert again.collect(job).visited.nan == 60
        assert again.collect(job).visited.nan == 60  # of which nothing is left to be done
    finally:
        again.close()


@pytest.mark.alone
def test_a_task_costs_some_milliseconds(cluster: DaskSpread) -> None:
    job = NothingJob(1000)
    cluster.prepare(job)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        assert cluster.collect(job).visited.nan == 1000
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < MAX_SECONDS
    assert min(seconds) / 1000 < MAX_TASK_SECONDS


def test_an_address_where_nothing_listens_is_refused_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flopwatt.bench.spread.dask_spread.CONNECT_SECONDS", 0.5)
    result = flopwatt("run", write_study(tmp_path), "--dask", "tcp://127.0.0.1:9", "--question", "best")
    assert result.exit_code == 2
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("Error: --dask: nothing that is Dask's answers at tcp://127.0.0.1:9 (")


def test_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = flopwatt("run", write_study(tmp_path), "--dask", "local:2")
    assert result.stderr == (
        "Error: --dask: needs dask.distributed, which is not installed; pip install 'flopwatt[distributed]'\n"
    )
