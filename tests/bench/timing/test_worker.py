"""The processes of two sides are alike in all but the source they run."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.timing.serving import WITHOUT_ENERGY
from flopwatt.bench.timing.worker import Home, Worker, align_names, bare_name, own_worker

PRINT_ENVIRONMENT = "import json, os; print(json.dumps({'names': [json.dumps(dict(os.environ))]}), flush=True); input()"


def environment(monkeypatch, source, bytecode):
    """What a worker's process finds in its environment."""
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: start([sys.executable, "-c", PRINT_ENVIRONMENT], **options))
    worker = Worker("a side", [], Home(source, (source,), bytecode))
    try:
        worker.start()
        return json.loads(worker.names[0])
    finally:
        worker.close()
        monkeypatch.setattr(subprocess, "Popen", start)


def test_both_sides_compile_and_allocate_alike(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    trees = [tmp_path / "one", tmp_path / "other"]
    for tree in trees:
        tree.mkdir()
    one, other = (environment(monkeypatch, tree, tree / "kept") for tree in trees)
    differing = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    assert differing - {"PWD"} == {"PYTHONPATH", "PYTHONPYCACHEPREFIX"}
    assert "PYTHONDONTWRITEBYTECODE" not in one  # a side that compiled its modules anew would differ from one that need not
    assert {"MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"} <= one.keys()
    assert os.environ["PYTHONDONTWRITEBYTECODE"] == "1"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ('print(\'{"refused": "there is no suite x"}\', flush=True)', "there is no suite x"),
        ("import sys; sys.exit('first line\\nlast line')", "last line"),  # it died before it could answer
    ],
)
def test_a_side_that_cannot_time_says_why(monkeypatch, tmp_path, script, why):
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: start([sys.executable, "-c", script], **options))
    worker = Worker("a side", [], Home(tmp_path))
    try:
        with pytest.raises(InputError, match=f"^a side: its benchmarks do not run: {why}$"):
            worker.start()
    finally:
        worker.close()


@pytest.mark.parametrize(("end", "words"), [("os._exit(0)", "exit status 0"), ("os.kill(os.getpid(), 9)", "ended by SIGKILL")])
def test_a_benchmark_that_ends_its_process_is_named(monkeypatch, tmp_path, end, words):
    script = f'import os; print(\'{{"names": ["test_x"]}}\', flush=True); input(); {end}'
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: start([sys.executable, "-c", script], **options))
    worker = Worker("", [], Home(tmp_path))
    try:
        worker.start()
        with pytest.raises(InputError, match=f"^test_x ended its process: {words}$"):
            worker.take_pass("test_x")
    finally:
        worker.close()


SUITE = """
import sys
def test_one(benchmark):
    print("what a benchmark prints is no answer", file=sys.__stdout__, flush=True)
    benchmark(sum, [1, 2])
class TestA:
    def test_one(self, benchmark):
        assert benchmark(sum, [1, 2]) == 4
"""


@pytest.mark.alone
def test_benchmarks_of_one_name_are_asked_for_by_their_node_ids(monkeypatch, tmp_path):
    for name in ("test_a.py", "test_b.py"):
        (tmp_path / name).write_text(SUITE)
    monkeypatch.chdir(tmp_path)
    worker = own_worker("this tree", ["test_a.py", "test_b.py", "--budget=0.01", "--passes=1", "--serve"])
    try:
        worker.start()
        assert worker.names == [f"test_{file}.py::{test}" for file in "ab" for test in ("test_one", "TestA::test_one")]
        record = worker.take_pass("test_b.py::test_one")
        assert [one.fullname for one in record.benchmarks] == ["test_b.py::test_one"]
        assert worker.take_pass("test_a.py::TestA::test_one") == "assert 3 == 4"
        assert worker.take_pass("test_a.py::test_one").benchmarks[0].fullname == "test_a.py::test_one"
    finally:
        worker.close()
    assert worker.process.returncode == 0


def asking(names: list[str]) -> Any:
    """A worker that has started, without a process."""
    worker = object.__new__(Worker)
    worker.names, worker._bare = names, {}
    sent = list[str]()
    worker.process = SimpleNamespace(stdin=SimpleNamespace(write=sent.append, flush=lambda: None))
    worker._receive = lambda _: {"failed": sent.pop()}
    return worker


def test_an_older_flopwatts_bare_names_are_taken_for_the_node_ids_that_only_one_has():
    newer = asking(["a.py::test_x[1::2]", "a.py::T::test_y", "b.py::test_y"])
    older = asking(["test_x[1::2]", "test_y", "test_z"])
    align_names([newer, older])
    assert newer.names == ["a.py::test_x[1::2]", "a.py::T::test_y", "b.py::test_y"]
    assert older.names == ["a.py::test_x[1::2]", "test_y", "test_z"]
    assert older.take_pass("a.py::test_x[1::2]") == json.dumps("test_x[1::2]") + "\n"  # it is asked by what it knows
    assert newer.take_pass("b.py::test_y") == json.dumps("b.py::test_y") + "\n"


@pytest.mark.parametrize("name", ["test_x", "test_x[a::b/c]", "test_x[[1]]"])
def test_a_bare_name_is_what_pytest_calls_the_item(name):
    assert bare_name(f"folder/test_a.py::TestA::{name}") == name


def test_a_process_is_told_to_leave_energy_to_another(tmp_path):
    assert WITHOUT_ENERGY not in Home(tmp_path).environment()
    assert Home(tmp_path, energy=False).environment()[WITHOUT_ENERGY] == "1"
